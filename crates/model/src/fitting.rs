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
use crate::separation::{proved, separation};
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
    /// Whether linear programs have not found a separation of the classes.
    pub(crate) is_searched: bool,
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
        Ok(Fitting { regression, data, objective, null, parts, bound: None })
    }

    /// An end before the first step, if columns say nothing new.
    pub(crate) fn dependent(&mut self) -> Result<Option<Ended>, Error> {
        let Columns { dependences, bound } = columns(&self.objective, self.data, self.parts);
        self.bound = bound;
        if dependences.is_empty() {
            return Ok(None);
        }
        let outcome = Outcome::at_origin(&self.objective, Obstacle::Collinear { dependences })?;
        Ok(Some(Ended { outcome, proof: None, is_searched: false }))
    }

    /// Where the solver ends.
    pub(crate) fn solved(&self, goal: Goal, progress: &mut dyn FnMut(Progress)) -> Result<Ended, Error> {
        let mut watcher = Watcher::new(self, goal, progress);
        let outcome = self.minimised(goal, &mut |look| watcher.look(look))?;
        Ok(Ended { outcome, proof: watcher.proof, is_searched: watcher.is_searched })
    }

    fn minimised(&self, goal: Goal, watch: quasi_newton::Watch<'_>) -> Result<Outcome, Error> {
        let objective = &self.objective;
        // Offsets move all logits: the intercept that goes with them alone brings them back.
        let mut start = DVector::zeros(objective.size());
        start[0] = self.null.start;
        let limit = |default| self.regression.iteration_limit.unwrap_or(default);
        let is_large = objective.size() >= MANY_COEFFICIENTS;
        match (self.regression.penalty, self.regression.solver) {
            (Penalty::Firth, _) => firth::minimise(&Firth::new(objective), start, limit(1_000), watch),
            (_, Solver::Automatic) if is_large => {
                newton_cg::minimise(objective, start, goal, limit(100), watch)
            }
            (_, Solver::Automatic | Solver::Newton) => {
                let begin = Begin { start, bound: self.bound.clone(), parts: self.parts };
                newton::minimise(objective, begin, goal, limit(100), watch)
            }
            (_, Solver::NewtonCg) => newton_cg::minimise(objective, start, goal, limit(100), watch),
            (_, Solver::Lbfgs) => {
                let manner = Manner::lbfgs(objective.curvatures(), limit(1_000));
                Ok(quasi_newton::minimise(objective, start, manner, goal, watch)?.0)
            }
            (_, Solver::GradientDescent) => descent::minimise(objective, start, limit(100_000), watch),
        }
    }

    /// A part that a proof may rest on: of penalised large data, since without penalty the Hessian of all is wanted anyhow, whose gradient is the closed form's.
    pub(crate) fn provable_part(&self) -> Option<Part<'f>> {
        let data = self.parts.largest()?;
        let is_provable =
            !self.objective.is_unpenalised() && self.regression.gradient == Gradient::ClosedForm;
        let share = data.total_weight() / self.data.total_weight() * SHARE_ROUNDED;
        is_provable.then_some(Part { data, share })
    }

    /// A proof without a pass over all examples that the gap at a place is at most this.
    pub(crate) fn proof_at_hand(&self, place: &Place, wanted: f64) -> Result<Option<Certificate>, Error> {
        let Some(part) = self.provable_part() else { return Ok(None) };
        at_hand::certificate(&self.objective, place, part, self.regression.penalty.lambda(), wanted)
    }

    /// Whether separated classes would keep this fit from an optimum.
    pub(crate) fn may_separate(&self) -> bool {
        self.objective.is_unpenalised() && self.regression.penalty != Penalty::Firth
    }

    /// Whether every example lies on its class's side of the hyperplane of a point.
    pub(crate) fn is_separating(&self, point: &DVector<f64>) -> Result<bool, Error> {
        if self.data.offset().is_some() {
            return Ok(false);
        }
        let logits = self.objective.logits(point)?;
        let on_its_side = |(&z, &y): (&f64, &f64)| if y > 0.5 { z > 0.0 } else { z < 0.0 };
        Ok(logits.iter().zip(self.objective.examples().labels()).all(on_its_side))
    }

    /// The separation of the classes, if it can be shown: by a direction with few columns unless that was searched for already, or by a point.
    pub(crate) fn separated(
        &self,
        point: &DVector<f64>,
        is_searched: bool,
    ) -> Result<Option<Obstacle>, Error> {
        let found = if is_searched { None } else { separation(self.data)? };
        let found = found.or_else(|| proved(self.data, self.objective.units().in_given(point).as_slice()));
        Ok(found.map(|separation| Obstacle::Separable { separation: Box::new(separation) }))
    }
}
