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
use crate::metric::Metric;
use crate::objective::Objective;
use crate::quasi_newton::{Look, Watch};
use crate::solver::{Goal, Outcome, Place, Problem};

/// A descent has arrived at a gradient this much smaller than √(mean ‖x̃‖²), the largest that residuals of at most 1 can
/// make. For a Hessian whose smallest eigenvalue is μ the point is then within ‖∇J‖/μ of the optimum.
const GRADIENT_TOLERANCE: f64 = 1e-13;

/// Steps between looks at the Hessian for how near the optimum is: so many, and a share of those taken.
const BETWEEN_LOOKS: usize = 8;

/// Descends from a point until the gradient vanishes, or the gap that is the goal is reached, in at most `limit` steps.
pub(crate) fn minimise(
    objective: &Objective<'_>,
    start: DVector<f64>,
    goal: Goal,
    limit: usize,
    watch: Watch<'_>,
) -> Result<Outcome, Error> {
    let (mut descent, length) = Descent::from(objective, start)?;
    let arrived = GRADIENT_TOLERANCE * length;
    let mut next_look = BETWEEN_LOOKS;
    let obstacle = loop {
        let (steps, is_last) = (descent.history.len() - 1, descent.history.len() > limit);
        if descent.place.gradient.norm() <= arrived {
            break None;
        }
        let may_look = steps >= next_look || is_last;
        if descent.is_near(objective, goal, may_look)? {
            break None;
        }
        if may_look {
            next_look = steps + BETWEEN_LOOKS.max(steps / 4);
        }
        if is_last {
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

    /// Whether the gap that is the goal is reached: by the bound there is, or as far as the Hessian tells, if it may be looked at.
    fn is_near(&self, objective: &Objective<'_>, goal: Goal, may_look: bool) -> Result<bool, Error> {
        let Goal::Gap(share) = goal else { return Ok(false) };
        let wanted = share * objective.unit(&self.place);
        if let Some(gap) = objective.gap_bound(&self.place) {
            return Ok(gap <= wanted);
        }
        if !may_look {
            return Ok(false);
        }
        let metric = Metric::at(objective, &self.place.point)?;
        let squared = metric.map(|metric| self.place.gradient.dot(&metric.solve(&self.place.gradient)));
        Ok(squared.is_some_and(|squared| squared / 2.0 <= wanted))
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
