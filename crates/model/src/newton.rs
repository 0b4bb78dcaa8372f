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

use nalgebra::{Cholesky, DMatrix, DVector};

use crate::closed_form::weighted_gram;
use crate::error::{Error, Obstacle};
use crate::objective::Objective;
use crate::solver::{Outcome, separates};

/// A full step that moves no logit by more than this ends the iteration; its square is below an ulp of 1.
const LOGIT_TOLERANCE: f64 = 1e-8;

/// What may be lost to rounding when two values of J are compared, relative to J: sums of up to 10⁶ terms
/// of one sign are this exact.
const OBJECTIVE_ROUNDING: f64 = 1e-10;

/// A column whose part independent of the other columns is less than this share of its sum of squares is taken
/// for a linear combination of them: its coefficient would have no correct digit left beyond about four.
const INDEPENDENT_SHARE: f64 = 1e-12;

/// The step is halved at most this often; after that it no longer changes the point.
const HALVINGS: usize = 40;

/// Minimises J from the origin in at most `limit` steps.
pub(crate) fn minimise(objective: &Objective<'_>, limit: usize) -> Result<Outcome, Error> {
    let mut point = DVector::zeros(objective.data().dimension() + 1);
    let mut history = vec![objective.value(&point)?];
    if let Some(column) = collinear_column(objective) {
        return Ok(Outcome { point, history, obstacle: Some(Obstacle::Collinear { column }) });
    }
    let obstacle = loop {
        if separates(objective, &point)? {
            break Some(Obstacle::Separable);
        }
        let Some(step) = newton_step(objective, &point)? else {
            break Some(Obstacle::SingularHessian);
        };
        let moved = (objective.logits(&(&point + &step))? - objective.logits(&point)?).amax();
        if moved <= LOGIT_TOLERANCE {
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

/// The Cholesky factor of a matrix scaled to a diagonal of ones, and the scale d: A = D⁻¹ L Lᵀ D⁻¹.
fn scaled_cholesky(matrix: DMatrix<f64>) -> Option<(Cholesky<f64, nalgebra::Dyn>, DVector<f64>)> {
    let scale = matrix.diagonal().map(|entry| 1.0 / entry.sqrt());
    let mut scaled = matrix;
    for (j, mut column) in scaled.column_iter_mut().enumerate() {
        column.component_mul_assign(&scale);
        column *= scale[j];
    }
    Cholesky::new(scaled).map(|cholesky| (cholesky, scale))
}

/// A column that the columns before it determine, if the objective leaves it free.
///
/// Looked for at equal weights, where only the columns count and not where the fit has got to.
fn collinear_column(objective: &Objective<'_>) -> Option<String> {
    let data = objective.data();
    let mut gram = weighted_gram(data, &DVector::from_element(data.len(), 0.25 / data.len() as f64));
    for (j, lambda) in objective.penalties().iter().enumerate() {
        gram[(j + 1, j + 1)] += lambda;
    }
    let dependent = first_dependent(gram)?;
    data.feature_names().get(dependent.checked_sub(1)?).cloned()
}

/// The first row whose Cholesky pivot vanishes beside its diagonal entry.
fn first_dependent(mut gram: DMatrix<f64>) -> Option<usize> {
    for j in 0..gram.nrows() {
        let whole = gram[(j, j)];
        let known: f64 = (0..j).map(|k| gram[(j, k)] * gram[(j, k)]).sum();
        let pivot = whole - known;
        if pivot <= INDEPENDENT_SHARE * whole {
            return Some(j);
        }
        let root = pivot.sqrt();
        gram[(j, j)] = root;
        for i in j + 1..gram.nrows() {
            let known: f64 = (0..j).map(|k| gram[(i, k)] * gram[(j, k)]).sum();
            gram[(i, j)] = (gram[(i, j)] - known) / root;
        }
    }
    None
}
