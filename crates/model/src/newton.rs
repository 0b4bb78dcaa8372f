//! Newton's method, which on this objective is iteratively reweighted least squares.
//!
//! ```text
//! δ = −(∇²J)⁻¹ ∇J,    point ← point + t·δ    with t = 1, ½, ¼, … until J does not rise
//! ```
//!
//! It has converged when a full step moves no logit by more than [`LOGIT_TOLERANCE`]. The gradient's size is no
//! criterion: on separable data it falls below any bound while each step still moves the logits by about 1.
//!
//! Invariant: the point returned as converged is one further step beyond the criterion, and convergence is quadratic
//! there, so its logits are right to about the square of the tolerance, or to rounding.

use nalgebra::DVector;

use crate::error::{Error, Obstacle};
use crate::inference::scaled_cholesky;
use crate::objective::Objective;
use crate::solver::{Outcome, separates};

/// A full step that moves no logit by more than this ends the iteration; its square is below an ulp of 1.
const LOGIT_TOLERANCE: f64 = 1e-8;

/// What may be lost to rounding when two values of J are compared, relative to J: sums of up to 10⁶ terms
/// of one sign are this exact.
const OBJECTIVE_ROUNDING: f64 = 1e-10;

/// One example in so many, in turn.
const PARTS: [usize; 2] = [100, 10];

/// A part has at least so many examples, and so many for each coefficient.
const SMALLEST_PART: usize = 1_000;
const EXAMPLES_A_COEFFICIENT: usize = 20;

/// A part that needs more steps than this is no help.
const PART_STEPS: usize = 25;

/// The step is halved at most this often; after that it no longer changes the point.
const HALVINGS: usize = 40;

/// Minimises J from the origin in at most `limit` steps.
pub(crate) fn minimise(objective: &Objective<'_>, limit: usize) -> Result<Outcome, Error> {
    let origin = DVector::zeros(objective.data().dimension() + 1);
    from(objective, start(objective, origin)?, LOGIT_TOLERANCE, limit)
}

/// A point from which few steps are left: the minimum over one example in a hundred, then over one in ten, each from the last.
///
/// A minimum over n examples is off by what chance makes of n, some √(d/n) in each logit, so nothing is gained by looking closer; and over the whole
/// data each step costs ten times as much. Whatever comes of a part, steps over all examples decide.
fn start(objective: &Objective<'_>, origin: DVector<f64>) -> Result<DVector<f64>, Error> {
    let mut point = origin;
    for share in PARTS {
        let size = objective.data().len() / share;
        if size < SMALLEST_PART.max(EXAMPLES_A_COEFFICIENT * point.len()) {
            continue;
        }
        let part = objective.data().every(share);
        let by_chance = (point.len() as f64 / size as f64).sqrt();
        // Parts that separate, or have one class alone, say nothing of the whole.
        let outcome = from(&objective.over(&part), point.clone(), by_chance / 10.0, PART_STEPS)?;
        point = if outcome.obstacle.is_none() { outcome.point } else { point };
    }
    Ok(point)
}

/// Minimises J from a point in at most `limit` steps, until a full step moves no logit by more than `tolerance`.
fn from(
    objective: &Objective<'_>,
    start: DVector<f64>,
    tolerance: f64,
    limit: usize,
) -> Result<Outcome, Error> {
    let mut point = start;
    let mut history = vec![objective.value(&point)?];
    let obstacle = loop {
        if separates(objective, &point)? {
            break Some(Obstacle::Separable);
        }
        let Some(step) = newton_step(objective, &point)? else {
            break Some(Obstacle::SingularHessian);
        };
        let moved = objective.logits(&step)?.amax(); // logits are linear
        if moved <= tolerance {
            point += step;
            history.push(objective.value(&point)?);
            break None;
        }
        if history.len() > limit {
            break Some(Obstacle::IterationLimit);
        }
        let Some((next, value)) = lower(objective, &point, &step, history[history.len() - 1])? else {
            break Some(Obstacle::NoDescent);
        };
        point = next;
        history.push(value);
    };
    Ok(Outcome { point, history, obstacle })
}

/// −(∇²J)⁻¹ ∇J, or nothing if the Hessian is not positive definite to working precision.
fn newton_step(objective: &Objective<'_>, point: &DVector<f64>) -> Result<Option<DVector<f64>>, Error> {
    let gradient = objective.gradient(point)?;
    let step = scaled_cholesky(objective.hessian(point)?)
        .map(|(cholesky, scale)| -cholesky.solve(&gradient.component_mul(&scale)).component_mul(&scale));
    Ok(step.filter(|step| step.iter().all(|entry| entry.is_finite())))
}

/// The first point on the way along a step at which J is not larger, and J there.
fn lower(
    objective: &Objective<'_>,
    point: &DVector<f64>,
    step: &DVector<f64>,
    value: f64,
) -> Result<Option<(DVector<f64>, f64)>, Error> {
    let mut share = 1.0;
    for _ in 0..HALVINGS {
        let next = point + step * share;
        let there = objective.value(&next)?;
        if there <= value + OBJECTIVE_ROUNDING * value.abs() {
            return Ok(Some((next, there)));
        }
        share /= 2.0;
    }
    Ok(None)
}
