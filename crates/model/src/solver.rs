//! What the solvers have in common: their names, how they end, and the proof that there is nothing to find.
//!
//! Invariant: an outcome without obstacle met its solver's criterion for an optimum.

use nalgebra::DVector;

use crate::error::{Error, Obstacle};
use crate::objective::Objective;

/// How to look for the minimum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Solver {
    /// Newton's method; a few steps, each of which solves a linear system.
    #[default]
    Newton,
    /// Gradient descent with a safe step, until the gradient vanishes; many cheap steps.
    GradientDescent,
}

/// Where a solver ended: the point, J at the start and after each step, and what stood in the way of an optimum.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) point: DVector<f64>,
    pub(crate) history: Vec<f64>,
    pub(crate) obstacle: Option<Obstacle>,
}

impl Outcome {
    /// An end before the first step.
    pub(crate) fn at_origin(objective: &Objective<'_>, obstacle: Obstacle) -> Result<Self, Error> {
        let point = DVector::zeros(objective.data().dimension() + 1);
        let history = vec![objective.value(&point)?];
        Ok(Outcome { point, history, obstacle: Some(obstacle) })
    }
}

/// Whether the hyperplane at `point` proves that an unpenalised objective has no minimum: every example lies on its
/// class's side, so all losses fall for ever as the point is scaled up.
pub(crate) fn separates(objective: &Objective<'_>, point: &DVector<f64>) -> Result<bool, Error> {
    if !objective.is_unpenalised() {
        return Ok(false);
    }
    let logits = objective.logits(point)?;
    let on_its_side = |(&z, &y): (&f64, &f64)| if y > 0.5 { z > 0.0 } else { z < 0.0 };
    Ok(logits.iter().zip(objective.data().labels().iter()).all(on_its_side))
}
