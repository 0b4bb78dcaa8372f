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

use nalgebra::{DMatrix, DVector};

use crate::closed_form::mean_gram;
use crate::error::{Error, Obstacle};
use crate::objective::Objective;
use crate::solver::{Outcome, separates};

/// A descent has arrived at a gradient this much smaller than √(mean ‖x̃‖²), the largest that residuals of at most 1 can
/// make. For a Hessian whose smallest eigenvalue is μ the point is then within ‖∇J‖/μ of the optimum.
const GRADIENT_TOLERANCE: f64 = 1e-13;

/// Descends from the origin until the gradient vanishes, in at most `limit` steps.
pub(crate) fn minimise(objective: &Objective<'_>, limit: usize) -> Result<Outcome, Error> {
    let gram = mean_gram(objective.data());
    let arrived = GRADIENT_TOLERANCE * gram.trace().sqrt();
    let mut descent = Descent::from_origin(objective, &gram)?;
    let obstacle = loop {
        if separates(objective, &descent.point)? {
            break Some(Obstacle::Separable);
        }
        let gradient = objective.gradient(&descent.point)?;
        if gradient.norm() <= arrived {
            break None;
        }
        if descent.history.len() > limit {
            break Some(Obstacle::IterationLimit);
        }
        descent.step(objective, &gradient)?;
    };
    Ok(Outcome { point: descent.point, history: descent.history, obstacle })
}

/// Takes exactly `steps` steps from the origin: a trajectory that claims no optimum.
pub(crate) fn trajectory(objective: &Objective<'_>, steps: usize) -> Result<Outcome, Error> {
    let mut descent = Descent::from_origin(objective, &mean_gram(objective.data()))?;
    for _ in 0..steps {
        let gradient = objective.gradient(&descent.point)?;
        descent.step(objective, &gradient)?;
    }
    Ok(Outcome { point: descent.point, history: descent.history, obstacle: None })
}

/// A descent on its way.
struct Descent {
    rate: f64,
    point: DVector<f64>,
    history: Vec<f64>,
}

impl Descent {
    fn from_origin(objective: &Objective<'_>, gram: &DMatrix<f64>) -> Result<Self, Error> {
        let curvature = gram.symmetric_eigenvalues().max() / 4.0 + objective.largest_penalty();
        let point = DVector::zeros(gram.nrows());
        Ok(Descent { rate: 1.0 / curvature, history: vec![objective.value(&point)?], point })
    }

    fn step(&mut self, objective: &Objective<'_>, gradient: &DVector<f64>) -> Result<(), Error> {
        self.point.axpy(-self.rate, gradient, 1.0);
        self.history.push(objective.value(&self.point)?);
        Ok(())
    }
}
