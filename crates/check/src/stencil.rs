//! Difference quotients of a function of one variable around a point.
//!
//! For steps h to either side there are two one-sided slopes, (f(x + h) − f(x)) / h and (f(x) − f(x − h)) / h.
//! Of a smooth function,
//!
//! ```text
//! central quotient  (f(x + h) − f(x − h)) / 2h   =  f′(x) + c₂·h² + c₄·h⁴ + …
//! jump              right slope − left slope      =  c₁·h + c₃·h³ + …
//! ```
//!
//! so the quotient closes at order 2, and the jump vanishes. At a kink the quotient is the *mean* of two slopes, as steady
//! as a derivative: only the jump, which then stays, tells the two apart.
//!
//! Invariant: every quotient is between points that were really used, so that rounding them does not enter; no value that
//! is not finite gets into one.

use crate::noise::Scatter;

/// The rounding error of one value of f, relative to it. f may be a few operations; 2 ulp is what a good elementary
/// function of an exact argument makes.
const VALUE_ROUNDING: f64 = 4.0 * f64::EPSILON;

/// Where f does not move at all its resolution does not show; intermediate results may have half of an f64's digits, √ε.
const UNSEEN_ROUNDING: f64 = 1.5e-8;

/// The spacing of subnormal numbers: below 2⁻¹⁰²² rounding is absolute.
const SUBNORMAL_SPACING: f64 = f64::MIN_POSITIVE * f64::EPSILON;

/// What rounding does to any value of f of this size.
pub(crate) fn value_rounding(size: f64) -> f64 {
    VALUE_ROUNDING * size + SUBNORMAL_SPACING
}

/// A function at a point, with what is known of its noise.
pub(crate) struct Stencil<'f, F> {
    f: &'f mut F,
    x: f64,
    /// f(x).
    centre: f64,
    /// The noise of f, as measured.
    scatter: Scatter,
    /// The largest |f − f(x)| so far, and the least that is not 0.
    spread: f64,
    least_move: f64,
}

/// What one pair of steps shows, or what is extrapolated from several.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quotient {
    /// The central quotient.
    pub(crate) slope: f64,
    /// What rounding and noise of f may have done to it.
    pub(crate) rounding: f64,
    /// Right slope minus left slope.
    pub(crate) jump: f64,
}

impl<'f, F: FnMut(f64) -> f64> Stencil<'f, F> {
    pub(crate) fn new(f: &'f mut F, x: f64, centre: f64, scatter: Scatter, least_move: f64) -> Self {
        Stencil { f, x, centre, scatter, spread: 0.0, least_move }
    }

    /// How far f was from f(x), wherever it was looked at.
    pub(crate) fn spread(&self) -> f64 {
        self.spread
    }

    /// The quotients for a step; nothing where f is not finite or the step vanishes beside x, which makes 0/0.
    pub(crate) fn quotient(&mut self, step: f64) -> Option<Quotient> {
        let (right, left) = (self.x + step, self.x - step);
        let (ahead, behind) = (right - self.x, self.x - left);
        let (above, below) = ((self.f)(right), (self.f)(left));
        let (right_slope, left_slope) = ((above - self.centre) / ahead, (self.centre - below) / behind);
        let jump = right_slope - left_slope;
        // Weighted by the widths, which differ where x ± h were rounded; halves cannot overflow.
        let share = ahead / (ahead + behind);
        let slope = right_slope * share + left_slope * (1.0 - share);
        let moved = (above - self.centre).abs().max((below - self.centre).abs());
        let size = above.abs().max(below.abs()).max(self.centre.abs());
        let noise = self.scatter.noise_of(size);
        let off_centre = (jump * (share - 0.5)).abs();
        // No error is 0, however wide the step.
        let coarseness = (noise.max(self.unseen(moved, size)) / step).max(SUBNORMAL_SPACING);
        let rounding = coarseness + f64::EPSILON * slope.abs() + off_centre;
        let quotient = Quotient { slope, rounding, jump };
        if ![slope, rounding, jump].into_iter().all(f64::is_finite) {
            return None;
        }
        self.spread = self.spread.max(moved);
        if moved > 0.0 {
            self.least_move = self.least_move.min(moved);
        }
        Some(quotient)
    }

    /// What a value may be off by that has moved so far. Where f does not move at all it may be as coarse as the least move that was seen of
    /// it, by wider steps; and where it is 0 and was never seen to move, nobody knows.
    fn unseen(&self, moved: f64, size: f64) -> f64 {
        if moved > 0.0 {
            return value_rounding(size);
        }
        let grid = if self.least_move.is_finite() || size == 0.0 { self.least_move } else { 0.0 };
        grid.max(UNSEEN_ROUNDING * size)
    }
}
