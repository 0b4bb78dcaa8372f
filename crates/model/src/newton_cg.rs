//! Newton's method without a matrix: the step solves ∇²J·δ = −∇J by conjugate gradients, each iteration one product of the Hessian with a direction.
//!
//! The system is solved to a residual of min(½, √(‖∇J‖/‖∇J₀‖))·‖∇J‖, so that far away little work is spent and near the end the convergence is
//! superlinear (Nocedal and Wright, *Numerical Optimization*, 2nd edition 2006, section 7.1). Norms are taken in, and the iteration is preconditioned by, the diagonal of about
//! the Hessian's entries.
//!
//! Invariant: the value never rises, beyond its rounding; a point returned without obstacle has a gradient that rounding keeps from falling, or one
//! that is nothing beside its roundings.

use nalgebra::DVector;

use crate::error::{Error, Obstacle};
use crate::quasi_newton::{Judgement, Look, Watch, judged};
use crate::solver::{Goal, Outcome, Place, Problem};

/// Minimises from a point in at most `limit` steps.
pub(crate) fn minimise(
    problem: &impl Problem,
    start: DVector<f64>,
    goal: Goal,
    limit: usize,
    watch: Watch<'_>,
) -> Result<Outcome, Error> {
    let diagonal = problem.curvatures();
    let mut place = Place::at(problem, start)?;
    let first = length(&place.gradient, &diagonal);
    let mut history = vec![place.value];
    let mut before: Option<f64> = None;
    let obstacle = loop {
        let now = length(&place.gradient, &diagonal);
        let wanted = now * (now / first).sqrt().min(0.5);
        let step = solved(problem, &place, &diagonal, wanted)?;
        let decrement = (-place.gradient.dot(&step)).max(0.0).sqrt();
        let factor = before.map(|before: f64| decrement / before);
        match judged(goal, problem.gap_bound(&place), problem.unit(&place), decrement, factor) {
            Judgement::Arrived | Judgement::Rounding => break None,
            Judgement::OneStepMore => {
                let Some(last) = place.lower(problem, &step, 1)? else { break None };
                if history.len() > limit {
                    break Some(Obstacle::IterationLimit);
                }
                history.push(last.value);
                place = last;
                break None;
            }
            Judgement::GoOn => {}
        }
        if let Some(stop) = watch(&Look { place: &place, steps: history.len() - 1, decrement })? {
            break stop.obstacle();
        }
        if history.len() > limit {
            break Some(Obstacle::IterationLimit);
        }
        let next = match place.lower(problem, &step, usize::MAX)? {
            // Where curvatures vanish the step is beyond every measure, and that of steepest descent is not.
            None => place.lower(problem, &-place.gradient.component_div(&diagonal), usize::MAX)?,
            next => next,
        };
        let Some(next) = next else { break Some(Obstacle::NoDescent) };
        history.push(next.value);
        (place, before) = (next, Some(decrement));
    };
    Ok(Outcome::at(place, history, obstacle))
}

/// −(∇²J)⁻¹∇J up to a residual of this length; the direction of steepest descent where the Hessian has no curvature along it.
fn solved(
    problem: &impl Problem,
    place: &Place,
    diagonal: &DVector<f64>,
    wanted: f64,
) -> Result<DVector<f64>, Error> {
    let mut step = DVector::zeros(problem.size());
    let mut residual = -place.gradient.clone();
    let mut preconditioned = residual.component_div(diagonal);
    let mut direction = preconditioned.clone();
    let mut squared = residual.dot(&preconditioned);
    for _ in 0..problem.size() {
        if squared.sqrt() <= wanted {
            break;
        }
        let product = problem.hessian_vector(&place.point, &direction)?;
        let curvature = direction.dot(&product);
        if curvature.is_nan() || curvature <= 0.0 {
            return Ok(if step.amax() > 0.0 { step } else { direction });
        }
        let share = squared / curvature;
        step.axpy(share, &direction, 1.0);
        residual.axpy(-share, &product, 1.0);
        preconditioned = residual.component_div(diagonal);
        let next = residual.dot(&preconditioned);
        direction = &preconditioned + direction * (next / squared);
        squared = next;
    }
    Ok(step)
}

/// ‖v‖ in the diagonal's inverse.
fn length(vector: &DVector<f64>, diagonal: &DVector<f64>) -> f64 {
    vector.dot(&vector.component_div(diagonal)).sqrt()
}
