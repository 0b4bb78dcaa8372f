//! How noisy a function's values are.
//!
//! The k-th differences of a smooth function at a close spacing fade as k grows; those of independent errors of standard
//! deviation σ grow, with mean square σ²·(2k)!/(k!)². So each order gives an estimate of σ, and where three orders in a row
//! give the same one and neighbours differ in sign, it is noise that is being seen. After Hamming, *Introduction to Applied
//! Numerical Analysis* (1971), chapter 6, and Moré and Wild, "Estimating computational noise", *SIAM Journal on Scientific
//! Computing* 33(3), 2011, pp. 1292–1314.
//!
//! A kink among the values would look like noise too, so they are taken from the left and from the right, where both have to show it.
//!
//! Invariant: the measure is of f's values, whatever their cause: cancellation inside f, a coarse grid, a ripple.

/// Values on either side of the point.
const VALUES: i32 = 9;

/// Orders of differences that are looked at.
const ORDERS: usize = 6;

/// Orders in a row that have to agree.
const AGREEING: usize = 3;

/// Estimates of σ agree if they are within this factor: of so few values, each is good to about a half.
const AGREEMENT: f64 = 4.0;

/// Errors of one value beyond this many standard deviations are not expected.
const DEVIATIONS: f64 = 6.0;

/// The noise of f's values near x, a few standard deviations; nothing if the differences look like those of a smooth
/// function, or f is not finite there.
pub(crate) fn noise(f: &mut impl FnMut(f64) -> f64, x: f64, spacing: f64) -> Option<f64> {
    let mut on_side = |sign: f64| scatter((1..=VALUES).map(|k| f(x + sign * f64::from(k) * spacing)).collect());
    Some(DEVIATIONS * on_side(1.0)?.min(on_side(-1.0)?))
}

/// σ of the values along a line.
fn scatter(mut differences: Vec<f64>) -> Option<f64> {
    if !differences.iter().all(|value| value.is_finite()) {
        return None;
    }
    let mut gain = 1.0;
    let mut deviations = Vec::with_capacity(ORDERS);
    for order in 1..=ORDERS {
        differences = differences.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let order = order as f64;
        gain *= 2.0 * (2.0 * order - 1.0) / order; // (2k)!/(k!)² from its predecessor
        let mean_square = differences.iter().map(|d| d * d).sum::<f64>() / differences.len() as f64;
        let alternates = differences.iter().any(|&d| d > 0.0) && differences.iter().any(|&d| d < 0.0);
        deviations.push(alternates.then(|| (mean_square / gain).sqrt()));
    }
    deviations.windows(AGREEING).find_map(agreed)
}

/// The estimate that consecutive orders agree on.
fn agreed(deviations: &[Option<f64>]) -> Option<f64> {
    let deviations: Vec<f64> = deviations.iter().copied().collect::<Option<_>>()?;
    let largest = deviations.iter().copied().fold(0.0, f64::max);
    let smallest = deviations.iter().copied().fold(f64::INFINITY, f64::min);
    (largest <= AGREEMENT * smallest).then_some(largest)
}
