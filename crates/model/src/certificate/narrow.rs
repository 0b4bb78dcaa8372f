//! Whether bounds on coefficients are narrow beside standard errors, asked without the Hessian.
//!
//! With the Hessian H of the mean loss and its penalty, a coefficient βⱼ = t·β′ has the standard error √(tᵀH⁻¹t/Σc). Under a penalty this is no
//! standard error, but the same measure. By Cauchy and Schwarz tᵀH⁻¹t ≥ (tᵀu)²/(uᵀHu) for any u, and along a coordinate, with mean a(1 − a) ≤ ¼ and
//! the root mean squares q,
//!
//! ```text
//! Hₖₖ ≤ min(qₖ²/4, max|x′ₖ|²·mean a(1 − a)) + λₖ,     standard error of βⱼ ≥ maxₖ |tₖ|/√(Σc·Hₖₖ)
//! ```
//!
//! Invariant: bounds that are called narrow are.

use super::Certificate;
use super::evidence::Evidence;
use crate::objective::Objective;

/// Bounds of no more than this share of a standard error say all that anyone can use.
const NARROW: f64 = 1e-3;

/// Whether a certificate's bounds are surely within a thousandth of the standard errors, those of the given columns.
pub(crate) fn is_narrow(objective: &Objective<'_>, evidence: &Evidence, proof: &Certificate) -> bool {
    let curvature = evidence.curvature_at_most.min(0.25);
    let curvature_along = |(k, lambda): (usize, &f64)| {
        let (root, largest) = (evidence.mean_squares[k], evidence.largest[k]);
        (root * root / 4.0).min(largest * largest * curvature) + lambda
    };
    let curvatures: Vec<f64> = objective.penalties().iter().enumerate().map(curvature_along).collect();
    let in_units = |error: f64| NARROW * error / objective.examples().total_weight().sqrt();
    let of_weight =
        |(at, (_, scale, _)): (usize, (f64, f64, f64))| in_units(1.0 / scale / curvatures[at].sqrt());
    let moments = || objective.units().moments();
    let by_means = moments().zip(&curvatures).map(|((mean, _, _), curvature)| mean.abs() / curvature.sqrt());
    let of_intercept = in_units(by_means.fold(1.0 / curvature.sqrt(), f64::max));
    let allowed = std::iter::once(of_intercept).chain(moments().enumerate().map(of_weight));
    // Not a number is not narrow.
    proof.coefficients.iter().zip(allowed).all(|(bound, allowed)| *bound <= allowed)
}
