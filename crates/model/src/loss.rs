//! The log-loss of one example from its logit, and the derivatives of the lesson in closed form.
//!
//! With s = 1 − 2y (so s = 1 for y = 0 and s = −1 for y = 1) and a = σ(z),
//!
//! ```text
//! L     = −y·ln a − (1 − y)·ln(1 − a)  =  softplus(s·z)
//! dL/dz = a − y                        =  s·σ(s·z)
//! da/dz = a·(1 − a)                    =  σ(z)·σ(−z)
//! dL/da = −y/a + (1 − y)/(1 − a)       =  s / σ(−s·z)
//! ```
//!
//! The left-hand sides are the textbook's; in floating point they cancel or turn into 0·∞ for large |z|. The
//! right-hand sides are the same numbers, and keep full relative precision wherever the result is representable.
//!
//! Invariant: labels are 0 or 1; every function here is a formula, none takes a derivative.

use chainrule_graph::Real;
use chainrule_program::functions;

/// The log-loss of an example with this logit and label, at any [`Real`]: also as nodes of a graph.
///
/// ```
/// use chainrule_model::log_loss;
///
/// assert_eq!(log_loss(&0.0, &1.0), 2.0_f64.ln());
/// assert_eq!(log_loss(&1000.0, &1.0), 0.0); // e⁻¹⁰⁰⁰ is below the smallest f64
/// assert_eq!(log_loss(&-1000.0, &1.0), 1000.0); // the textbook formula gives ∞
/// ```
pub fn log_loss<R: Real>(logit: &R, label: &R) -> R {
    (side(label) * logit).softplus()
}

/// dL/dz = a − y, without cancellation.
///
/// ```
/// // At z = 40 the textbook's a − y is 0; the truth is −e⁻⁴⁰, up to a factor 1 − e⁻⁴⁰.
/// assert_eq!(chainrule_model::residual(40.0, 1.0), -4.248354255291589e-18);
/// ```
pub fn residual(logit: f64, label: f64) -> f64 {
    let side = side(&label);
    side * (side * logit).sigmoid()
}

/// da/dz = a(1 − a), without cancellation.
pub fn probability_by_logit(logit: f64) -> f64 {
    logit.sigmoid() * (-logit).sigmoid()
}

/// dL/da = −y/a + (1 − y)/(1 − a) at a = σ(z), without cancellation; ±∞ where it exceeds the largest f64.
pub fn loss_by_probability(logit: f64, label: f64) -> f64 {
    let side = side(&label);
    // 1/σ(t) = 1 + e⁻ᵗ.
    side * ((side * logit).exp() + 1.0)
}

/// s = 1 − 2y.
fn side<R: Real>(label: &R) -> R {
    R::constant(1.0) - R::constant(2.0) * label
}

/// The same for many examples at once, without branches: L, dL/dz and da/dz share e^(−|t|) with t = s·z.
///
/// ```text
/// L = max(t, 0) + ln(1 + e^(−|t|)),   σ(t) = 1/(1 + e^(−|t|)) or e^(−|t|)/(1 + e^(−|t|)),   a(1 − a) = e^(−|t|)/(1 + e^(−|t|))²
/// ```
#[derive(Clone, Copy)]
pub(crate) struct Example {
    side: f64,
    /// t
    turned: f64,
    /// e^(−|t|)
    small: f64,
}

impl Example {
    #[inline(always)]
    pub(crate) fn at(logit: f64, label: f64) -> Self {
        let side = 1.0 - 2.0 * label;
        let turned = side * logit;
        Example { side, turned, small: functions::exp(-turned.abs()) }
    }

    /// L
    #[inline(always)]
    pub(crate) fn loss(self) -> f64 {
        let larger = if self.turned > 0.0 { self.turned } else { 0.0 };
        larger + functions::ln_1p(self.small)
    }

    /// dL/dz
    #[inline(always)]
    pub(crate) fn residual(self) -> f64 {
        let numerator = if self.turned >= 0.0 { 1.0 } else { self.small };
        self.side * (numerator / (1.0 + self.small))
    }

    /// da/dz
    #[inline(always)]
    pub(crate) fn curvature(self) -> f64 {
        let share = 1.0 / (1.0 + self.small);
        self.small * share * share
    }
}
