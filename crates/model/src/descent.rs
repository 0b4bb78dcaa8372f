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

use crate::error::{Error, Obstacle};
use crate::objective::Objective;
use crate::quasi_newton::{Look, Watch};
use crate::solver::{Outcome, Place, Problem};

/// A descent has arrived at a gradient this much smaller than √(mean ‖x̃‖²), the largest that residuals of at most 1 can
/// make. For a Hessian whose smallest eigenvalue is μ the point is then within ‖∇J‖/μ of the optimum.
const GRADIENT_TOLERANCE: f64 = 1e-13;

/// Descends from a point until the gradient vanishes, in at most `limit` steps.
pub(crate) fn minimise(
    objective: &Objective<'_>,
    start: DVector<f64>,
    limit: usize,
    watch: Watch<'_>,
) -> Result<Outcome, Error> {
    let (mut descent, length) = Descent::from(objective, start)?;
    let arrived = GRADIENT_TOLERANCE * length;
    let obstacle = loop {
        if descent.place.gradient.norm() <= arrived {
            break None;
        }
        if descent.history.len() > limit {
            break Some(Obstacle::IterationLimit);
        }
        if let Some(stop) = watch(&descent.look())? {
            break stop.obstacle();
        }
        descent.step(objective)?;
    };
    Ok(Outcome::at(descent.place, descent.history, obstacle))
}

/// Takes exactly `steps` steps from the origin: a trajectory that claims no optimum.
pub(crate) fn trajectory(objective: &Objective<'_>, steps: usize) -> Result<Outcome, Error> {
    let (mut descent, _) = Descent::from(objective, DVector::zeros(objective.size()))?;
    for _ in 0..steps {
        descent.step(objective)?;
    }
    Ok(Outcome::at(descent.place, descent.history, None))
}

/// A descent on its way.
struct Descent {
    rate: f64,
    place: Place,
    history: Vec<f64>,
}

impl Descent {
    /// Beside it √(mean ‖x̃‖²).
    fn from(objective: &Objective<'_>, start: DVector<f64>) -> Result<(Self, f64), Error> {
        let gram = objective.mean_gram();
        let curvature = gram.symmetric_eigenvalues().max() / 4.0 + objective.ridge().largest();
        let place = Place::at(objective, start)?;
        let history = vec![place.value];
        Ok((Descent { rate: 1.0 / curvature, place, history }, gram.trace().sqrt()))
    }

    fn look(&self) -> Look<'_> {
        Look { place: &self.place, steps: self.history.len() - 1, decrement: f64::INFINITY }
    }

    fn step(&mut self, objective: &Objective<'_>) -> Result<(), Error> {
        let next = &self.place.point - &self.place.gradient * self.rate;
        self.place = Place::at(objective, next)?;
        self.history.push(self.place.value);
        Ok(())
    }
}
