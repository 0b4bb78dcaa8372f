//! A proof without a further pass over the examples: from the gradient as the solver saw it, the first column of the Hessian that came with it, and the Hessian of a part of the
//! examples.
//!
//! First the penalty is asked ([`strong_convexity`]), which takes no pass at all. What is left over from a part is positive semidefinite in the Hessian, so the part's share of it is below
//! the whole ([`self_concordance`]).
//!
//! Invariant: that of [`certificate`](super).

use chainrule_data::Dataset;
use nalgebra::DVector;

use super::evidence::{Evidence, evidence_at_hand};
use super::self_concordance::{self, Below};
use super::{Certificate, strong_convexity};
use crate::error::Error;
use crate::objective::Objective;
use crate::solver::Place;

/// A part of the examples, and its share of their weights, or a little less.
#[derive(Clone, Copy)]
pub(crate) struct Part<'p> {
    pub(crate) data: &'p Dataset,
    pub(crate) share: f64,
}

/// A proof that the gap is at most this, from value and gradient by the closed form.
pub(crate) fn certificate(
    objective: &Objective<'_>,
    place: &Place,
    part: Option<Part<'_>>,
    lambda: f64,
    wanted: f64,
) -> Result<Option<Certificate>, Error> {
    let evidence = evidence_at_hand(objective, place);
    let is_enough = |proof: &Certificate| proof.gap <= wanted;
    let by_penalty = strong_convexity::certificate(objective, &place.point, &evidence, lambda);
    if by_penalty.as_ref().is_some_and(is_enough) {
        return Ok(by_penalty);
    }
    let Some(part) = part else { return Ok(None) };
    Ok(by_part(objective, &place.point, &evidence, part)?.filter(is_enough))
}

/// What the Hessian of a part proves.
pub(crate) fn by_part(
    objective: &Objective<'_>,
    point: &DVector<f64>,
    evidence: &Evidence,
    part: Part<'_>,
) -> Result<Option<Certificate>, Error> {
    let over = objective.over(part.data);
    let below = Below::part(&over, part.share, point)?;
    Ok(self_concordance::certificate(objective, point, evidence, &below))
}
