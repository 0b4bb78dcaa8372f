//! A fit on its way: what is minimised over which data, by which solver.
//!
//! Invariant: whatever the solver, it ends at a point of the same objective, and what it ended in is all that is left of it.

use chainrule_data::Dataset;
use nalgebra::DVector;

use crate::certificate::Certificate;
use crate::collinear::{Columns, columns};
use crate::error::{Error, Obstacle};
use crate::firth::{self, Firth};
use crate::metric::Factor;
use crate::objective::Objective;
use crate::parts::Parts;
use crate::penalty::Penalty;
use crate::quasi_newton::{self, Manner};
use crate::regression::LogisticRegression;
use crate::separation::{proved, separation};
use crate::solver::{Goal, MANY_COEFFICIENTS, Outcome, Problem, Solver};
use crate::watch::{Progress, Watcher};
use crate::{descent, newton, newton_cg};

/// A share of the weights, as computed, is no larger than the true one times this: sums of up to 10⁹ weights are off by less.
const SHARE_ROUNDED: f64 = 1.0 - 1.0 / (1 << 20) as f64;

/// A regression over data.
pub(crate) struct Fitting<'f> {
    pub(crate) regression: &'f LogisticRegression,
    pub(crate) data: &'f Dataset,
    pub(crate) objective: Objective<'f>,
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
        Ok(Fitting { regression, data, objective, parts, bound: None })
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
        let (objective, origin) = (&self.objective, DVector::zeros(self.objective.size()));
        let limit = |default| self.regression.iteration_limit.unwrap_or(default);
        let is_large = objective.size() >= MANY_COEFFICIENTS;
        match (self.regression.penalty, self.regression.solver) {
            (Penalty::Firth, _) => firth::minimise(&Firth::new(objective), limit(1_000), watch),
            (_, Solver::Automatic) if is_large => {
                newton_cg::minimise(objective, origin, goal, limit(100), watch)
            }
            (_, Solver::Automatic | Solver::Newton) => {
                newton::minimise(objective, self.parts, self.bound.clone(), goal, limit(100), watch)
            }
            (_, Solver::NewtonCg) => newton_cg::minimise(objective, origin, goal, limit(100), watch),
            (_, Solver::Lbfgs) => {
                let manner = Manner::lbfgs(objective.curvatures(), limit(1_000));
                Ok(quasi_newton::minimise(objective, origin, manner, goal, watch)?.0)
            }
            (_, Solver::GradientDescent) => descent::minimise(objective, limit(100_000), watch),
        }
    }

    /// The largest part of the examples, and its share of their weights, or a little less.
    pub(crate) fn part(&self) -> Option<(&'f Dataset, f64)> {
        let part = self.parts.largest()?;
        Some((part, part.total_weight() / self.data.total_weight() * SHARE_ROUNDED))
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
