//! Tails of the normal and the chi-squared distribution.
//!
//! ```text
//! P(|Z| > z) = erfc(z/√2)
//! P(χ²ₖ > x) = e^(−h)·Σ_{i < k/2} hⁱ/i!                                    k even, h = x/2
//!            = erfc(√h) + e^(−h)·Σ_{i = 1}^{(k−1)/2} h^(i−½)/Γ(i + ½)      k odd
//! ```
//!
//! (Abramowitz and Stegun, *Handbook of Mathematical Functions*, 1964, 26.4.4 and 26.4.5.)
//!
//! Invariant: tails are summed from terms of one sign, so that those far out keep their digits.

/// P(|Z| > |z|) for a standard normal Z.
pub(crate) fn normal_tails(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// The q with P(|Z| ≤ q) = level for a standard normal Z, by bisection; not a number unless the level is between 0 and 1.
pub(crate) fn two_sided_quantile(level: f64) -> f64 {
    if !(level > 0.0 && level < 1.0) {
        return f64::NAN;
    }
    let (mut low, mut high) = (0.0, 40.0); // the tails beyond 40 are below the smallest f64
    for _ in 0..128 {
        let middle = 0.5 * (low + high);
        if normal_tails(middle) > 1.0 - level {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// P(χ² > x) for k degrees of freedom; 1 for x ≤ 0.
pub(crate) fn chi_squared_tail(x: f64, k: usize) -> f64 {
    if k == 0 || x <= 0.0 {
        return if x > 0.0 { 0.0 } else { 1.0 };
    }
    let half = x / 2.0;
    let is_odd = k % 2 == 1;
    let shift = if is_odd { 0.5 } else { 0.0 };
    // h^p·e^(−h)/Γ(p + 1), by logarithms, since the factors are out of range long before the term is.
    let term = |power: f64| (power * half.ln() - half - libm::lgamma(power + 1.0)).exp();
    let terms = (0..k / 2).map(|i| term(i as f64 + shift));
    terms.sum::<f64>() + if is_odd { libm::erfc(half.sqrt()) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables of Abramowitz and Stegun, 26.7 and 26.8; and e^(−x/2) for two degrees of freedom.
    #[test]
    fn tails_are_those_of_the_tables() {
        assert!((two_sided_quantile(0.95) - 1.959_963_984_540_054).abs() < 1e-14);
        for (x, k, tail) in [
            (3.841_458_820_694_124, 1, 0.05),
            (5.991_464_547_107_979, 2, 0.05),
            (18.307_038_053_275_146, 10, 0.05),
            (37.652_484_133_482_76, 25, 0.05),
        ] {
            assert!((chi_squared_tail(x, k) / tail - 1.0).abs() < 1e-12, "{k}");
        }
        assert!((chi_squared_tail(1400.0, 2) / (-700.0_f64).exp() - 1.0).abs() < 1e-12);
        assert!((chi_squared_tail(9.0, 1) - normal_tails(3.0)).abs() < 1e-18);
        assert!((chi_squared_tail(2000.0, 2000) - 0.5).abs() < 0.01);
        assert_eq!((chi_squared_tail(0.0, 3), chi_squared_tail(-1.0, 3)), (1.0, 1.0));
    }
}
