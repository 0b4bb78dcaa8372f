//! A fit on its way: what is minimised over which data, by which solver.
//!
//! Invariant: whatever the solver, it ends at a point of the same objective, and what it ended in is all that is left of it.

use chainrule_data::Dataset;
use nalgebra::DVector;

use crate::certificate::Certificate;
use crate::certificate::at_hand::{self, Part};
use crate::collinear::{Columns, columns};
use crate::error::{Error, Obstacle};
use crate::firth::{self, Firth};
use crate::metric::Factor;
use crate::newton::{self, Begin};
use crate::null::Null;
use crate::objective::{Gradient, Objective};
use crate::parts::Parts;
use crate::penalty::Penalty;
use crate::quasi_newton::{self, Manner};
use crate::regression::LogisticRegression;
use crate::separation::{Separability, proved, separability};
use crate::solver::{Goal, MANY_COEFFICIENTS, Outcome, Place, Problem, Solver};
use crate::watch::{Progress, Watcher};
use crate::{descent, newton_cg};

/// A share of the weights, as computed, is no larger than the true one times this: sums of up to 10⁹ weights are off by less.
const SHARE_ROUNDED: f64 = 1.0 - 1.0 / (1 << 20) as f64;

/// A regression over data.
pub(crate) struct Fitting<'f> {
    pub(crate) regression: &'f LogisticRegression,
    pub(crate) data: &'f Dataset,
    pub(crate) objective: Objective<'f>,
    pub(crate) null: Null,
    parts: &'f Parts,
    /// A bound on the Hessian over the smallest part, or over all examples.
    bound: Option<Factor>,
}

/// Where a solver ended, and what was found on the way.
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    /// A proof that the point is good enough.
    pub(crate) proof: Option<Certificate>,
    /// What is known of the separation of the classes, if it was suspected.
    pub(crate) separability: Option<Separability>,
}

impl<'f> Fitting<'f> {
    pub(crate) fn new(
        regression: &'f LogisticRegression,
        data: &'f Dataset,
        parts: &'f Parts,
    ) -> Result<Self, Error> {
        let (lambda, gradient) = (regression.penalty.lambda(), regression.gradient);
        let objective = Objective::standardised(data, parts.largest_of(data), lambda, gradient)?;
        let objective = objective.on_threads(regression.parallel);
        let null = Null::of(data, regression.parallel)?;
        let mut fitting = Fitting { regression, data, objective, null, parts, bound: None };
        if fitting.may_be_at_hand() {
            fitting.objective = fitting.objective.with_column();
        }
        Ok(fitting)
    }

    /// An end before the first step, if columns say nothing new.
    pub(crate) fn dependent(&mut self) -> Result<Option<Ended>, Error> {
        let lambda = self.regression.penalty.lambda();
        let Columns { dependences, apart, bound } = columns(&self.objective, self.data, self.parts, lambda);
        self.bound = bound;
        if dependences.is_empty() {
            if let Some(apart) = apart {
                self.objective = apart;
            }
            return Ok(None);
        }
        let outcome = Outcome::at_origin(&self.objective, Obstacle::Collinear { dependences })?;
        Ok(Some(Ended { outcome, proof: None, separability: None }))
    }

    /// Where the solver ends.
    pub(crate) fn solved(&self, goal: Goal, progress: &mut dyn FnMut(Progress)) -> Result<Ended, Error> {
        let mut watcher = Watcher::new(self, goal, progress);
        let outcome = self.minimised(goal, &mut |look| watcher.look(look))?;
        Ok(Ended { outcome, proof: watcher.proof, separability: watcher.separability })
    }

    fn minimised(&self, goal: Goal, watch: quasi_newton::Watch<'_>) -> Result<Outcome, Error> {
        let objective = &self.objective;
        // Offsets move all logits: the intercept that goes with them alone brings them back.
        let mut start = DVector::zeros(objective.size());
        start[0] = self.null.start;
        let limit = self.regression.step_limit();
        let is_large = objective.size() >= MANY_COEFFICIENTS;
        match (self.regression.penalty, self.regression.solver) {
            (Penalty::Firth, _) => firth::minimise(&Firth::new(objective), start, limit, watch),
            (_, Solver::Automatic) if is_large => newton_cg::minimise(objective, start, goal, limit, watch),
            (_, Solver::Automatic | Solver::Newton) => {
                let begin = Begin {
                    start,
                    value: self.null.start_loss,
                    bound: self.bound.clone(),
                    parts: self.parts,
                };
                newton::minimise(objective, begin, goal, limit, watch)
            }
            (_, Solver::NewtonCg) => newton_cg::minimise(objective, start, goal, limit, watch),
            (_, Solver::Lbfgs) => {
                let manner = Manner::lbfgs(objective.curvatures(), limit);
                Ok(quasi_newton::minimise(objective, start, manner, goal, watch)?.0)
            }
            (_, Solver::GradientDescent) => descent::minimise(objective, start, goal, limit, watch),
        }
    }

    /// Whether a proof may rest on what a solver saw: under a penalty, since without one the Hessian of all is wanted anyhow, where the closed form
    /// made the gradients, and of columns that are not nearly dependent.
    fn may_be_at_hand(&self) -> bool {
        let regression = self.regression;
        let is_penalised = regression.penalty.lambda() > 0.0 && regression.gradient == Gradient::ClosedForm;
        is_penalised && regression.tolerance.is_some() && self.objective.units().residuals().is_empty()
    }

    /// The part whose Hessian a proof may rest on.
    pub(crate) fn provable_part(&self) -> Option<Part<'f>> {
        self.largest_part().filter(|_| self.may_be_at_hand())
    }

    /// The largest part and its share of the weights.
    pub(crate) fn largest_part(&self) -> Option<Part<'f>> {
        let data = self.parts.largest()?;
        let share = data.total_weight() / self.data.total_weight() * SHARE_ROUNDED;
        Some(Part { data, share })
    }

    /// A proof without a pass over all examples that the gap at a place is at most this; by the penalty, or by a part too.
    pub(crate) fn proof_at_hand(
        &self,
        place: &Place,
        part: Option<Part<'_>>,
        wanted: f64,
    ) -> Result<Option<Certificate>, Error> {
        if !self.may_be_at_hand() {
            return Ok(None);
        }
        at_hand::certificate(&self.objective, place, part, self.regression.penalty.lambda(), wanted)
    }

    /// Whether separated classes would keep this fit from an optimum.
    pub(crate) fn may_separate(&self) -> bool {
        self.objective.is_unpenalised() && self.regression.penalty != Penalty::Firth
    }

    /// Whether a point separates the classes; one that needs the offset for it does not.
    pub(crate) fn is_separating(&self, point: &DVector<f64>) -> bool {
        self.data.offset().is_none() && self.objective.is_separating(point)
    }

    /// What is known of the separation of the classes: by a direction with few columns, unless that was searched for already, or by a point.
    pub(crate) fn separated(
        &self,
        point: &DVector<f64>,
        known: Option<Separability>,
    ) -> Result<Separability, Error> {
        let known = known.map_or_else(|| separability(self.data), Ok)?;
        let by_point = || proved(self.data, self.objective.units().in_given(point).as_slice());
        Ok(match known {
            Separability::Overlap | Separability::Unknown => {
                by_point().map_or(known, Separability::Separable)
            }
            found => found,
        })
    }
}
