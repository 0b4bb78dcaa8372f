//! The lesson's third part: ∂J/∂w and ∂J/∂b over whole datasets, graph against closed form.
//!
//! Invariant: the error is relative to the largest component of the gradient, since a component in which the examples
//! cancel has no relative precision of its own.

use chainrule_data::certified::{breast_cancer_ridge, spector};
use chainrule_data::{Dataset, Separable};
use chainrule_model::{Gradient, LogisticRegression, Objective};
use nalgebra::DVector;

use crate::error::Error;
use crate::verify::{Check, Effort, Emit};

/// Two orders of summation of up to 569 terms: 569 · 1.1e-16 at most, and a digit for the terms themselves.
const SUMMATION: f64 = 1e-12;

/// Fifty steps, each of which adds the error of a gradient.
const TRAJECTORY: f64 = 1e-10;

const DIMENSIONS: [usize; 6] = [2, 3, 5, 10, 30, 100];
const MARGINS: [f64; 3] = [1e-3, 0.1, 2.0];
const SEEDS: [u64; 3] = [1, 2, 3];
const EXAMPLES: usize = 60;

pub(in crate::verify) fn checks(_: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    for dimension in DIMENSIONS {
        let mut check = gradient_check(format!("∂J/∂w, ∂J/∂b on separable data, d = {dimension}"));
        for (margin, seed) in MARGINS.iter().flat_map(|&margin| SEEDS.map(|seed| (margin, seed))) {
            let made = Separable::new(EXAMPLES, dimension).margin(margin).seed(seed).generate()?;
            compare_gradients(&mut check, &made.dataset, 0.0)?;
        }
        emit(check);
    }
    for certified in [spector()?, breast_cancer_ridge()?] {
        let mut check = gradient_check(format!("∂J/∂w, ∂J/∂b on {}", certified.name));
        compare_gradients(&mut check, &certified.dataset, certified.lambda)?;
        emit(check);
    }
    emit(trajectories()?);
    Ok(())
}

fn gradient_check(name: String) -> Check {
    Check::new(name, "graph", "closed form", SUMMATION)
}

fn compare_gradients(check: &mut Check, data: &Dataset, lambda: f64) -> Result<(), Error> {
    for point in points(data.dimension() + 1) {
        let by = |route| Objective::new(data, lambda, route).and_then(|objective| objective.gradient(&point));
        let (graph, closed_form) = (by(Gradient::Graph)?, by(Gradient::ClosedForm)?);
        let scale = closed_form.amax();
        for (&found, &expected) in graph.iter().zip(closed_form.iter()) {
            check.compare_at_scale(found, expected, scale);
        }
    }
    Ok(())
}

/// The origin, a moderate point and one with large logits.
fn points(size: usize) -> impl Iterator<Item = DVector<f64>> {
    let pattern =
        move |scale: f64| DVector::from_fn(size, |j, _| scale * ((j * 7 + 3) % 11) as f64 - 5.0 * scale);
    [0.0, 0.1, 3.0].into_iter().map(pattern)
}

/// Gradient descent on separable data, where it has no optimum to run into: the same path by both gradients.
fn trajectories() -> Result<Check, Error> {
    let mut check = Check::new("50 descent steps on separable data", "graph", "closed form", TRAJECTORY);
    for seed in SEEDS {
        let made = Separable::new(EXAMPLES, 2).margin(0.1).seed(seed).generate()?;
        let by = |route| LogisticRegression::new().gradient(route).descend(&made.dataset, 50);
        let (graph, closed_form) = (by(Gradient::Graph)?, by(Gradient::ClosedForm)?);
        for (&found, &expected) in graph.history().iter().zip(closed_form.history()) {
            check.compare(found, expected);
        }
    }
    Ok(check)
}
