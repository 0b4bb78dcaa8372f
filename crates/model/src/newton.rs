//! Newton's method, which on this objective is iteratively reweighted least squares, begun on parts of large data.
//!
//! ```text
//! δ = −M⁻¹ ∇J,    point ← point + t·δ    with t = 1, ½, ¼, … until J falls;    M: ∇²J, or one computed earlier or of a part
//! ```
//!
//! A minimum over n examples is off by what chance makes of n: about √((d + 1)/n) in the measure of the Hessian. So a small part is fitted to within that, then a larger one
//! from there, and the Hessian of that part is near enough to the whole one's that a few gradients of all examples are left.
//!
//! Invariant: whatever comes of a part, steps over all examples decide, by the same criterion.

use nalgebra::DVector;

use crate::error::Error;
use crate::metric::{Factor, Metric};
use crate::objective::Objective;
use crate::parts::Parts;
use crate::quasi_newton::{First, Manner, Watch, minimise as descend, minimise_from as descend_from};
use crate::solver::{Goal, OBJECTIVE_ROUNDING, Outcome, Place, Problem};

/// A part that needs more steps than this is no help.
const PART_STEPS: usize = 25;

/// A part is fitted to within this share of what chance makes of it.
const SHARE_OF_CHANCE: f64 = 0.15;

/// Steps that are remembered beside M: each is a few products of vectors, next to a pass over the data.
const MEMORY: usize = 8;

/// Where to begin.
pub(crate) struct Begin<'p> {
    pub(crate) start: DVector<f64>,
    /// J there.
    pub(crate) value: f64,
    /// A bound on the Hessian over the smallest part, or over all examples.
    pub(crate) bound: Option<Factor>,
    pub(crate) parts: &'p Parts,
}

/// Minimises J in at most `limit` steps over all examples.
pub(crate) fn minimise(
    objective: &Objective<'_>,
    begin: Begin<'_>,
    goal: Goal,
    limit: usize,
    watch: Watch<'_>,
) -> Result<Outcome, Error> {
    let (start, value) = (begin.start.clone(), begin.value);
    let (point, metric) = by_parts(objective, begin)?;
    let place = Place::at(objective, point)?;
    // A part may know nothing of a column that hardly varies there, and what it makes of it may be far off.
    let is_better = place.value <= value * (1.0 + OBJECTIVE_ROUNDING);
    let (place, metric) =
        if is_better { (place, metric) } else { (Place::at(objective, start)?, First::Hessian) };
    let manner = Manner { metric, has_hessian: true, memory: MEMORY, limit };
    Ok(descend_from(objective, place, manner, goal, watch)?.0)
}

/// The Hessian at the origin. Without offset a(1 − a) is ¼ there, its largest, so that the bound is the Hessian itself.
fn at_origin(objective: &Objective<'_>, bound: Option<Factor>) -> First {
    match bound {
        Some(bound) if objective.examples().offset().is_none() => First::Known(Metric::Factored(bound)),
        _ => First::Hessian,
    }
}

/// A point from which few steps are left, and about the Hessian there.
fn by_parts(objective: &Objective<'_>, begin: Begin<'_>) -> Result<(DVector<f64>, First), Error> {
    let Begin { start: mut point, bound, parts, .. } = begin;
    let mut metric = at_origin(objective, bound);
    for part in parts.iter() {
        let by_chance = (objective.size() as f64 / part.len() as f64).sqrt();
        let manner = Manner { metric, has_hessian: true, memory: MEMORY, limit: PART_STEPS };
        let goal = Goal::Decrement(SHARE_OF_CHANCE * by_chance);
        let of_part = objective.over(part);
        let (outcome, _) = descend(&of_part, point.clone(), manner, goal, &mut |_| Ok(None))?;
        metric = First::Hessian;
        // Parts that separate, or have one class alone, say nothing of the whole.
        if outcome.obstacle.is_none() {
            point = outcome.place.point;
            // It serves the next part too, where it is a bargain.
            metric = metric_of(&of_part, &point)?.map_or(First::Hessian, First::Rough);
        }
    }
    Ok((point, metric))
}

/// A part's Hessian, where columns that do not vary in it count as what they are in the whole: of mean square 1, at the mean curvature. A step along such a column would
/// otherwise go as far as the penalty lets it.
fn metric_of(part: &Objective<'_>, point: &DVector<f64>) -> Result<Option<Metric>, Error> {
    let mut hessian = part.hessian(point)?;
    for j in (1..hessian.nrows()).filter(|&j| part.units().is_rare(j - 1)) {
        hessian[(j, j)] += hessian[(0, 0)];
    }
    Ok(Metric::factored(hessian))
}
