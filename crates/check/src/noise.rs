//! How noisy a function's values are.
//!
//! The k-th differences of a smooth function at a close spacing fade as k grows; those of independent errors of standard
//! deviation σ grow, with mean square σ²·(2k)!/(k!)². So each order gives an estimate of σ, and where three orders in a row
//! give the same one and neighbours differ in sign, it is noise that is being seen. After Hamming, *Introduction to Applied
//! Numerical Analysis* (1971), chapter 6, and Moré and Wild, "Estimating computational noise", *SIAM Journal on Scientific
//! Computing* 33(3), 2011, pp. 1292–1314.
//!
//! A kink among the values would look like noise too, so they are taken on the left and on the right of the point, and both sides have to show it.
//!
//! Invariant: the measure is of f's values, whatever their cause: cancellation inside f, a coarse grid, a ripple.

use crate::stencil::value_rounding;

/// Values on either side of the point.
const VALUES: i32 = 12;

/// Orders of differences that are looked at.
const ORDERS: usize = 6;

/// Orders in a row that have to agree.
const AGREEING: usize = 3;

/// Estimates of σ agree if they are within this factor: of a dozen values, each is good to about a third.
const AGREEMENT: f64 = 4.0;

/// What is taken for the noise, in estimated standard deviations: a few, and as many again since the estimate is rough.
const DEVIATIONS: f64 = 8.0;

/// Noise is told from rounding if it is this many times as large.
const ABOVE_ROUNDING: f64 = 2.0;

/// Noise as it was measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scatter {
    /// How far a value may be off: a few standard deviations.
    pub(crate) noise: f64,
    /// The size of the values it was measured on. Noise that is rounding of some kind grows with them.
    pub(crate) size: f64,
}

impl Scatter {
    /// No noise, whatever the size of the values.
    pub(crate) const NONE: Scatter = Scatter { noise: 0.0, size: f64::INFINITY };

    /// The noise of a value of this size.
    pub(crate) fn noise_of(&self, size: f64) -> f64 {
        self.noise * (size / self.size).max(1.0)
    }
}

/// The noise of f's values near x; none where the differences look like those of a smooth function, or f is not finite.
pub(crate) fn noise(f: &mut impl FnMut(f64) -> f64, x: f64, spacing: f64) -> Scatter {
    let [right, left] = [spacing, -spacing].map(|spacing| {
        let values: Vec<f64> = (1..=VALUES).map(|k| f(x + f64::from(k) * spacing)).collect();
        scatter(&values).unwrap_or(Scatter::NONE)
    });
    if right.noise < left.noise { right } else { left }
}

/// The noise of the values along a line, from their standard deviation σ.
fn scatter(values: &[f64]) -> Option<Scatter> {
    // Beside the largest, so that no square leaves the range of f64.
    let size = values.iter().copied().map(f64::abs).fold(0.0, f64::max);
    if size == 0.0 || !values.iter().all(|value| value.is_finite()) {
        return None;
    }
    let mut differences: Vec<f64> = values.iter().map(|value| value / size).collect();
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
    let noise = size * (DEVIATIONS * deviations.windows(AGREEING).find_map(agreed)?);
    // Rounding is counted with each value, and is no noise of its own.
    (noise > ABOVE_ROUNDING * value_rounding(size)).then_some(Scatter { noise, size })
}

/// The estimate that consecutive orders agree on.
fn agreed(deviations: &[Option<f64>]) -> Option<f64> {
    let deviations: Vec<f64> = deviations.iter().copied().collect::<Option<_>>()?;
    let largest = deviations.iter().copied().fold(0.0, f64::max);
    let smallest = deviations.iter().copied().fold(f64::INFINITY, f64::min);
    (largest <= AGREEMENT * smallest).then_some(largest)
}
