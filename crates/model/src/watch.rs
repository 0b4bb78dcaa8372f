//! What is looked at between the steps of a solver: how far it has come, whether the place is proved already, whether there is anything to find.
//!
//! Invariant: looking changes no step; a solver is ended early only with a proof, that the place is good enough or that the classes are separated.

use crate::certificate::Certificate;
use crate::error::{Error, Obstacle};
use crate::fitting::Fitting;
use crate::quasi_newton::{Look, Stop};
use crate::separation::Separability;
use crate::solver::{Goal, Problem, Solver};

/// How far a fit has come.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Steps so far, over all examples.
    pub steps: usize,
    /// J
    pub objective: f64,
}

/// Steps after which an unpenalised fit that has not ended is suspected of separated classes.
const SUSPICIOUS_STEPS: usize = 8;

/// How many steps later it is looked at again: so many, and a share of those taken.
const BETWEEN_LOOKS: usize = 4;

/// Steps after which a linear program is asked whether the classes are separated: of solvers that use the Hessian, and of those that take long on any data.
const LONG_STEPS: usize = 16;
const LONG_STEPS_BY_GRADIENT: usize = 200;

/// By what factor the decrement has to fall before a proof is tried again.
const BETWEEN_PROOFS: f64 = 2.0;

/// The square of R·ν, with √((d + 1)/(¼·share)) for R, below which a proof by a part may succeed: one is refused from ½ on, and R is some five times as large.
const PROMISING: f64 = 0.01;

/// What is known from looking.
pub(crate) struct Watcher<'w, 'f> {
    fitting: &'w Fitting<'f>,
    goal: Goal,
    progress: &'w mut dyn FnMut(Progress),
    next_look: usize,
    /// The decrement at which the last proof was tried.
    tried: f64,
    /// What proves the place where the solver was ended.
    pub(crate) proof: Option<Certificate>,
    /// What is known of the separation of the classes, if it was suspected.
    pub(crate) separability: Option<Separability>,
}

impl<'w, 'f> Watcher<'w, 'f> {
    pub(crate) fn new(fitting: &'w Fitting<'f>, goal: Goal, progress: &'w mut dyn FnMut(Progress)) -> Self {
        let (proof, separability) = (None, None);
        let (next_look, tried) = (SUSPICIOUS_STEPS, f64::INFINITY);
        Watcher { fitting, goal, progress, next_look, tried, proof, separability }
    }

    /// Looks.
    pub(crate) fn look(&mut self, look: &Look<'_>) -> Result<Option<Stop>, Error> {
        (self.progress)(Progress { steps: look.steps, objective: look.place.value });
        if let Goal::Gap(share) = self.goal
            && self.may_be_proved(look, share)
        {
            self.tried = look.decrement;
            let part = self.fitting.provable_part();
            self.proof = self.fitting.proof_at_hand(look.place, part, 2.0 * share * look.place.value)?;
            if self.proof.is_some() {
                return Ok(Some(Stop::Arrived));
            }
        }
        if !self.fitting.may_separate() || look.steps < self.next_look {
            return Ok(None);
        }
        self.next_look = look.steps + BETWEEN_LOOKS.max(look.steps / 4);
        Ok(self.separation(look)?.map(Stop::Obstacle))
    }

    /// Whether a proof by a part is worth its while: the gap that it would prove is about the squared decrement over the part's share, and its R some five times √((d + 1)/(¼·share)).
    fn may_be_proved(&self, look: &Look<'_>, share: f64) -> bool {
        let Some(part) = self.fitting.provable_part() else { return false };
        let squared = look.decrement * look.decrement / part.share;
        let reach = 4.0 * self.fitting.objective.size() as f64 / part.share;
        squared <= share * look.place.value
            && squared * reach < PROMISING
            && look.decrement * BETWEEN_PROOFS <= self.tried
    }

    /// A separation of the classes, if there is one to be suspected and shown.
    fn separation(&mut self, look: &Look<'_>) -> Result<Option<Obstacle>, Error> {
        let is_long = look.steps >= self.long_steps() && self.separability.is_none();
        if !is_long && !self.fitting.is_separating(&look.place.point) {
            return Ok(None);
        }
        let known = self.fitting.separated(&look.place.point, self.separability.take())?;
        self.separability = Some(known.clone());
        Ok(match known {
            Separability::Separable(found) => Some(Obstacle::Separable { separation: Box::new(found) }),
            _ => None,
        })
    }

    fn long_steps(&self) -> usize {
        match self.fitting.regression.solver {
            Solver::Lbfgs | Solver::GradientDescent => LONG_STEPS_BY_GRADIENT,
            _ => LONG_STEPS,
        }
    }
}
