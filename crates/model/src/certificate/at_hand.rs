//! A proof of large data without a further pass over all of them: the gradient as the solver saw it, and the curvature of a part of the examples.
//!
//! What the other examples add to the Hessian is positive semidefinite, so the part's share of it is below the whole, and so are its means of a(1 − a). First the penalty is
//! asked ([`strong_convexity`]), which takes a pass over the part, then the part's Hessian ([`self_concordance`]).
//!
//! Invariant: that of [`certificate`](super).

use chainrule_data::Dataset;

use super::evidence::evidence_at_hand;
use super::self_concordance::{self, Below};
use super::{Certificate, strong_convexity};
use crate::closed_form;
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
    part: Part<'_>,
    lambda: f64,
    wanted: f64,
) -> Result<Option<Certificate>, Error> {
    let over = objective.over(part.data);
    let curvature = closed_form::curvature(over.examples(), &objective.units().on_columns(&place.point));
    let evidence = evidence_at_hand(objective, place, part.share * curvature);
    let is_enough = |proof: &Certificate| proof.gap <= wanted;
    let by_penalty = strong_convexity::certificate(objective, &place.point, &evidence, lambda);
    if by_penalty.as_ref().is_some_and(is_enough) {
        return Ok(by_penalty);
    }
    let below = Below::part(&over, part.share, &place.point)?;
    let by_hessian = self_concordance::certificate(objective, &place.point, &evidence, &below);
    Ok(by_hessian.filter(is_enough))
}
