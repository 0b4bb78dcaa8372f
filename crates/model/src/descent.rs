//! Gradient descent, the lesson's own algorithm: w ← w − α·∂J/∂w, b ← b − α·∂J/∂b.
//!
//! The step α = 1/K is safe where K bounds the curvature: ∇²J ≼ K·I with
//!
//! ```text
//! K = λ_max( (1/4m) Σᵢ x̃⁽ⁱ⁾x̃⁽ⁱ⁾ᵀ ) + max λⱼ        since a(1 − a) ≤ 1/4
//! ```
//!
//! Then J falls at every step by at least α/2·‖∇J‖² (Nesterov, *Introductory Lectures on Convex Optimization*,
//! 2004, section 1.2.3).
//!
//! Invariant: the history never rises, beyond the rounding of J.

use nalgebra::DVector;

use crate::closed_form::weighted_gram;
use crate::error::Error;
use crate::objective::Objective;

/// The points of a descent: the last one, and J at all of them.
pub(crate) struct Trajectory {
    pub(crate) point: DVector<f64>,
    pub(crate) history: Vec<f64>,
    /// Whether the gradient fell to the tolerance that was asked for.
    pub(crate) settled: bool,
}

/// Takes at most `limit` steps from the origin, or until ‖∇J‖ ≤ `tolerance`·√(mean of ‖x̃‖²), which is the largest
/// gradient that residuals of at most 1 can make.
pub(crate) fn descend(objective: &Objective<'_>, limit: usize, tolerance: f64) -> Result<Trajectory, Error> {
    let data = objective.data();
    let gram = weighted_gram(data, &DVector::from_element(data.len(), 1.0 / data.len() as f64));
    let smallest = tolerance * gram.trace().sqrt();
    let step = 1.0 / (gram.symmetric_eigenvalues().max() / 4.0 + objective.largest_penalty());
    let mut point = DVector::zeros(data.dimension() + 1);
    let mut history = vec![objective.value(&point)?];
    let mut gradient = objective.gradient(&point)?;
    while history.len() <= limit && gradient.norm() > smallest {
        point.axpy(-step, &gradient, 1.0);
        history.push(objective.value(&point)?);
        gradient = objective.gradient(&point)?;
    }
    Ok(Trajectory { point, history, settled: gradient.norm() <= smallest })
}
