//! On which side of a hyperplane a point of f64s lies, exactly.
//!
//! A finite f64 is ±m·2ᵉ with a whole m < 2⁵³ and e ≥ −1074, so a product of two is a whole multiple of 2⁻²¹⁴⁸ below 2²⁰⁴⁸. Sums of such are kept as whole numbers in limbs of 32
//! bits (Kulisch, *Computer Arithmetic and Validity*, 2nd edition 2013, chapter 8):
//!
//! ```text
//! Σ = 2⁻²¹⁴⁸ · Σₖ limbₖ·2³²ᵏ
//! ```
//!
//! A dot product with its error bound decides most points sooner; this is for what it leaves in doubt.
//!
//! Invariant: nothing is rounded and nothing overflows for any finite numbers, subnormal ones included, as long as there are fewer than 2³⁰ products.

use std::cmp::Ordering;

use chainrule_program::kernels::two_sum;

/// The exponent of the last bit of the smallest product.
const LOWEST: i32 = -2 * 1074;

/// Bits of a limb; the rest of an `i64` is for carries.
const LIMB: usize = 32;
const MASK: i64 = (1 << LIMB) - 1;

/// 4196 bits of a product, 30 more of a sum.
const LIMBS: usize = 4226_usize.div_ceil(LIMB);

/// The sign of b + Σ x·w, and the sum as if computed with twice the precision and rounded.
///
/// The rounded sum S̃ of n products is off by no more than u·|S| + (n·u)²·(|b| + Σ|x·w|) with u = 2⁻⁵³, but for underflow (Ogita, Rump and Oishi, *SIAM Journal on Scientific
/// Computing* 26, 2005): beyond twice that, and 2⁻¹⁰²² for each product that may underflow, its sign is the sum's.
pub(super) fn signed_dot<I: Iterator<Item = (f64, f64)> + Clone>(
    intercept: f64,
    pairs: I,
) -> (Ordering, f64) {
    let dot = Dot::new(intercept, pairs.clone());
    let sign = dot.sign().unwrap_or_else(|| Sum::of(intercept, pairs).sign());
    (sign, dot.value)
}

/// A dot product by rounded operations.
pub(super) struct Dot {
    /// b + Σ x·w as if computed with twice the precision and rounded.
    pub(super) value: f64,
    /// |b| + Σ|x·w|
    pub(super) size: f64,
    /// (n + 2)·ε, by which the sum moves if each number of it is rounded.
    pub(super) unit: f64,
}

impl Dot {
    pub(super) fn new(intercept: f64, pairs: impl Iterator<Item = (f64, f64)>) -> Self {
        let (mut sum, mut lost, mut size, mut count) = (intercept, 0.0, intercept.abs(), 2.0);
        for (x, w) in pairs {
            let product = x * w;
            let of_product = x.mul_add(w, -product);
            let (next, of_sum) = two_sum(sum, product);
            (sum, lost) = (next, lost + (of_sum + of_product));
            size += product.abs();
            count += 1.0;
        }
        Dot { value: sum + lost, size, unit: count * f64::EPSILON }
    }

    /// The sum's sign, unless rounding may have changed it.
    fn sign(&self) -> Option<Ordering> {
        let doubt = self.unit * self.unit * self.size + self.unit / f64::EPSILON * f64::MIN_POSITIVE;
        // NaN and ∞ are in doubt too: products may overflow where their sum does not.
        let is_sure = self.value.abs() > doubt && self.value.is_finite();
        is_sure.then(|| self.value.total_cmp(&0.0))
    }
}

/// A sum of products of f64s.
struct Sum {
    limbs: [i64; LIMBS],
}

impl Sum {
    /// b + Σ x·w of finite numbers.
    fn of(intercept: f64, pairs: impl Iterator<Item = (f64, f64)>) -> Self {
        let mut sum = Sum { limbs: [0; LIMBS] };
        std::iter::once((intercept, 1.0)).chain(pairs).for_each(|(x, w)| sum.add(x, w));
        sum
    }

    fn add(&mut self, x: f64, w: f64) {
        let ((of_x, by_x), (of_w, by_w)) = (whole(x), whole(w));
        let shift = (by_x + by_w - LOWEST).unsigned_abs() as usize;
        let sign = if x.is_sign_negative() == w.is_sign_negative() { 1 } else { -1 };
        let (mut rest, mut at) = (u128::from(of_x) * u128::from(of_w), shift / LIMB);
        while rest > 0 {
            // Below 2³² and moved by less than 32 bits, so an i64 holds it.
            let shifted = ((rest as i64) & MASK) << (shift % LIMB);
            self.limbs[at] += sign * (shifted & MASK);
            self.limbs[at + 1] += sign * (shifted >> LIMB);
            (rest, at) = (rest >> LIMB, at + 1);
        }
    }

    /// With limbs from 0 to 2³² − 1 below, the last carry's sign is that of all.
    fn sign(&self) -> Ordering {
        let (mut carry, mut is_zero) = (0_i64, true);
        for limb in self.limbs {
            carry += limb;
            is_zero &= carry & MASK == 0;
            carry >>= LIMB;
        }
        if carry == 0 && !is_zero { Ordering::Greater } else { carry.cmp(&0) }
    }
}

/// m and e with |x| = m·2ᵉ.
fn whole(x: f64) -> (u64, i32) {
    const FRACTION: u32 = f64::MANTISSA_DIGITS - 1;
    let bits = x.abs().to_bits();
    let (exponent, fraction) = ((bits >> FRACTION) as i32, bits & ((1 << FRACTION) - 1));
    if exponent == 0 { (fraction, LOWEST / 2) } else { (fraction | 1 << FRACTION, LOWEST / 2 + exponent - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(intercept: f64, pairs: &[(f64, f64)]) -> Ordering {
        let exact = Sum::of(intercept, pairs.iter().copied()).sign();
        assert_eq!(signed_dot(intercept, pairs.iter().copied()).0, exact);
        exact
    }

    #[test]
    fn a_sum_is_known_to_its_last_bit() {
        let tiny = f64::from_bits(1);
        for (intercept, pairs, expected) in [
            (0.0, &[(0.0, 5.0)][..], Ordering::Equal),
            (-0.3, &[(0.1, 1.0), (0.2, 1.0)], Ordering::Greater),
            (-0.25, &[(0.5, 0.25), (0.125, 1.0)], Ordering::Equal),
            (0.0, &[(tiny, tiny)], Ordering::Greater),
            (0.0, &[(tiny, tiny), (-tiny, tiny)], Ordering::Equal),
            (1.0, &[(f64::MAX, f64::MAX), (f64::MAX, -f64::MAX), (tiny, -tiny)], Ordering::Greater),
            (0.0, &[(f64::MAX, f64::MAX), (-f64::MAX, f64::MAX), (tiny, -tiny)], Ordering::Less),
            (-1.0, &[(1.0 + f64::EPSILON, 1.0 - f64::EPSILON)], Ordering::Less),
        ] {
            assert_eq!(sign(intercept, pairs), expected, "{intercept} {pairs:?}");
            let turned: Vec<(f64, f64)> = pairs.iter().map(|&(x, w)| (x, -w)).collect();
            assert_eq!(sign(-intercept, &turned), expected.reverse());
        }
    }

    /// Whole numbers and the powers of two beside them, against i128.
    #[test]
    fn sums_of_whole_numbers_have_the_sign_of_whole_numbers() {
        let mut state = 1_u64;
        let mut drawn = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i128::from(state >> 33) - (1 << 30)
        };
        for _ in 0..1_000 {
            let pairs: Vec<(i128, i128)> = (0..3).map(|_| (drawn(), drawn())).collect();
            let sum: i128 = pairs.iter().map(|(x, w)| x * w).sum();
            // Near the whole sum: the intercept is its negative, rounded to an f64.
            let intercept = -(sum as f64);
            let expected = (intercept as i128 + sum).cmp(&0);
            let of_floats: Vec<(f64, f64)> = pairs.iter().map(|&(x, w)| (x as f64, w as f64)).collect();
            assert_eq!(sign(intercept, &of_floats), expected);
        }
    }
}
