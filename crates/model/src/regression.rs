//! `LogisticRegression`: what to minimise and how, and the two things one can ask of it.
//!
//! `fit` claims an optimum and so returns either one, proved, or an error; `descend` takes a stated number of steps and
//! claims nothing.
//!
//! Invariant: what is minimised does not depend on the solver or on the gradient's route; a fit without an error has a certificate.

use chainrule_data::Dataset;
use nalgebra::{DMatrix, DVector};

use crate::certificate::evidence::{Evidence, evidence};
use crate::certificate::{Certificate, Theorem, self_concordance, strong_convexity};
use crate::collinear::dependences;
use crate::error::{Error, Obstacle};
use crate::firth::Firth;
use crate::fit::{Fit, Known};
use crate::inference::Withheld;
use crate::information::inverse_information;
use crate::objective::{Gradient, Objective};
use crate::parts::Parts;
use crate::quasi_newton::{self, Manner};
use crate::separation::{proved, separation};
use crate::solver::MANY_COEFFICIENTS;
use crate::solver::{Goal, Outcome, Place, Problem, Solver};
use crate::{descent, firth, newton, newton_cg};

/// A penalty on the weights; the intercept is never penalised.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Penalty {
    /// No penalty: maximum likelihood.
    #[default]
    None,
    /// λ/2·‖w‖², added to the *mean* log-loss.
    L2(f64),
    /// Half the logarithm of the information's determinant, taken off the log-likelihood's loss (Firth, *Biometrika* 80, 1993): takes off the
    /// coefficients' bias of order 1/m, and is finite on separated data.
    Firth,
}

/// How far a fit has come.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// Steps so far, over all examples.
    pub steps: usize,
    /// J
    pub objective: f64,
}

/// A logistic regression to be fitted.
///
/// ```
/// use chainrule_data::certified::breast_cancer_ridge;
/// use chainrule_model::{LogisticRegression, Penalty};
///
/// let certified = breast_cancer_ridge()?;
/// let fit = LogisticRegression::new().penalty(Penalty::L2(certified.lambda)).fit(&certified.dataset)?;
/// assert!((fit.intercept() / certified.intercept - 1.0).abs() < 1e-8);
/// # Ok::<(), chainrule_model::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct LogisticRegression {
    penalty: Penalty,
    gradient: Gradient,
    solver: Solver,
    iteration_limit: Option<usize>,
    tolerance: Option<f64>,
    parallel: bool,
}

/// A gap to the optimum that is proved to be at most this share of J is what `converged` means, unless a tolerance is set.
const PROVED_GAP: f64 = 1e-9;

/// Steps remembered by limited-memory BFGS.
const MEMORY: usize = 20;

/// Steps after which an unpenalised fit that has not ended is suspected of separated classes, and how often it is looked at from then on.
const SUSPICIOUS_STEPS: usize = 8;
const BETWEEN_LOOKS: usize = 4;

/// Steps after which a linear program is asked whether the classes are separated.
const LONG_STEPS: usize = 16;

impl LogisticRegression {
    /// No penalty, an automatic choice of solver, the closed-form gradient.
    pub fn new() -> Self {
        LogisticRegression::default()
    }

    /// Sets the penalty.
    #[must_use]
    pub fn penalty(self, penalty: Penalty) -> Self {
        LogisticRegression { penalty, ..self }
    }

    /// Sets how gradients and Hessians are computed.
    #[must_use]
    pub fn gradient(self, gradient: Gradient) -> Self {
        LogisticRegression { gradient, ..self }
    }

    /// Sets the solver.
    #[must_use]
    pub fn solver(self, solver: Solver) -> Self {
        LogisticRegression { solver, ..self }
    }

    /// Sets how many steps the solver may take; by default 100 for Newton's method, 1,000 for limited-memory BFGS, 100,000 for descent.
    #[must_use]
    pub fn iteration_limit(self, limit: usize) -> Self {
        LogisticRegression { iteration_limit: Some(limit), ..self }
    }

    /// Is content with a point whose objective is proved to be within this share of itself of the optimum's, as 1e-6; by default the solver goes on as long as
    /// rounding lets it.
    ///
    /// ```
    /// use chainrule_data::certified::breast_cancer_ridge;
    /// use chainrule_model::{LogisticRegression, Penalty};
    ///
    /// let certified = breast_cancer_ridge()?;
    /// let regression = LogisticRegression::new().penalty(Penalty::L2(certified.lambda)).tolerance(1e-3);
    /// let fit = regression.fit(&certified.dataset)?;
    /// let bounds = fit.certificate().ok_or("no certificate")?;
    /// assert!(bounds.gap() <= 1e-3 * fit.objective());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn tolerance(self, relative_gap: f64) -> Self {
        LogisticRegression { tolerance: Some(relative_gap), ..self }
    }

    /// Passes over the data on the threads of the current [rayon](https://docs.rs/rayon) pool: `pool.install(|| …)`, or the global one. The bits are the
    /// same for any number of them.
    #[cfg(feature = "rayon")]
    #[must_use]
    pub fn parallel(self) -> Self {
        LogisticRegression { parallel: true, ..self }
    }

    /// The minimum of the objective.
    ///
    /// Examples of weight 0 are left out as if they were not there.
    ///
    /// # Errors
    /// [`Error::NotReached`] with the reason and the last point if no minimum was reached, as on separated data;
    /// [`Error::OneClass`]; [`Error::InvalidPenalty`]; [`Error::InvalidTolerance`].
    pub fn fit(&self, data: &Dataset) -> Result<Fit, Error> {
        self.fit_watched(data, &mut |_| ())
    }

    /// The same, telling how far it has come before each step.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn fit_watched(&self, data: &Dataset, progress: &mut dyn FnMut(Progress)) -> Result<Fit, Error> {
        if let Some(tolerance) = self.tolerance.filter(|tolerance| !(*tolerance > 0.0 && *tolerance < 1.0)) {
            return Err(Error::InvalidTolerance { tolerance });
        }
        let present = data.present();
        let data = present.as_ref();
        if self.penalty != Penalty::Firth {
            expect_both_classes(data)?;
        }
        let parts = Parts::of(data);
        let objective = Objective::standardised(data, parts.largest_of(data), self.lambda(), self.gradient)?;
        let objective = objective.on_threads(self.parallel);
        let dependences = dependences(&objective, data, &parts);
        if !dependences.is_empty() {
            let outcome = Outcome::at_origin(&objective, Obstacle::Collinear { dependences })?;
            return self.finished(&objective, data, outcome);
        }
        // Half of what is to be proved, since the proof adds roundings.
        let goal = self.tolerance.map_or(Goal::Precise, |tolerance| Goal::Gap(tolerance / 2.0));
        let outcome = self.minimised(&objective, data, &parts, goal, progress)?;
        match self.finished(&objective, data, outcome) {
            // What was near enough could not be proved to be.
            Err(Error::NotReached { obstacle: Obstacle::Unproved { .. }, .. })
                if self.tolerance.is_some() =>
            {
                let outcome = self.minimised(&objective, data, &parts, Goal::Precise, progress)?;
                self.finished(&objective, data, outcome)
            }
            result => result,
        }
    }

    /// The point after a stated number of steps of gradient descent from the origin, whatever the solver set.
    ///
    /// It claims no optimum, so it also runs on separable data; the history shows J falling.
    ///
    /// ```
    /// use chainrule_data::Separable;
    /// use chainrule_model::LogisticRegression;
    ///
    /// let made = Separable::new(100, 2).margin(0.2).seed(7).generate()?;
    /// let trained = LogisticRegression::new().descend(&made.dataset, 50)?;
    /// assert_eq!(trained.history().len(), 51);
    /// assert!(trained.objective() < trained.history()[0]);
    /// assert!(!trained.converged());
    /// # Ok::<(), chainrule_model::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidPenalty`]; [`Error::NotConvex`] for Firth's penalty.
    pub fn descend(&self, data: &Dataset, steps: usize) -> Result<Fit, Error> {
        if self.penalty == Penalty::Firth {
            return Err(Error::NotConvex);
        }
        let objective = Objective::new(data, self.lambda(), self.gradient)?.on_threads(self.parallel);
        let outcome = descent::trajectory(&objective, steps)?;
        let (value, gradient) = objective.value_and_gradient(&outcome.point)?;
        let known = Known {
            value,
            mean_loss: value - objective.penalty(&outcome.point),
            gradient,
            converged: false,
            covariance: Err(Withheld::NoOptimum),
            certificate: self.certificate_on_the_way(data, &outcome.point),
            null_log_likelihood: self.null_log_likelihood(data)?,
        };
        Ok(Fit::new(data, &objective, outcome, known))
    }

    /// What a penalty proves of coefficients of the given columns; none of columns that cannot be standardised.
    fn certificate_on_the_way(&self, data: &Dataset, given: &DVector<f64>) -> Option<Certificate> {
        let standardised = Objective::standardised(data, data, self.lambda(), Gradient::ClosedForm).ok()?;
        let point = standardised.units().standard(given);
        strong_convexity::certificate(&standardised, &point, &evidence(&standardised, &point), self.lambda())
    }

    /// Where the solver ends.
    fn minimised(
        &self,
        objective: &Objective<'_>,
        data: &Dataset,
        parts: &Parts,
        goal: Goal,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Outcome, Error> {
        let may_separate = objective.is_unpenalised() && self.penalty != Penalty::Firth;
        let mut watch = |place: &Place, steps: usize| {
            progress(Progress { steps: steps - 1, objective: place.value });
            if !may_separate || steps < SUSPICIOUS_STEPS || !steps.is_multiple_of(BETWEEN_LOOKS) {
                return Ok(None);
            }
            if separates(objective, &place.point)? {
                return Ok(Some(Obstacle::SingularHessian)); // what it ends in; the reason is found at the end
            }
            if steps == LONG_STEPS {
                let found = separation(data)?.map(Box::new);
                return Ok(found.map(|separation| Obstacle::Separable { separation }));
            }
            Ok(None)
        };
        let origin = DVector::zeros(objective.size());
        let limit = |default| self.iteration_limit.unwrap_or(default);
        let is_large = objective.size() >= MANY_COEFFICIENTS;
        match (self.penalty, self.solver) {
            (Penalty::Firth, _) => firth::minimise(&Firth::new(objective), limit(1_000), &mut watch),
            (_, Solver::Automatic) if is_large => {
                newton_cg::minimise(objective, origin, goal, limit(100), &mut watch)
            }
            (_, Solver::Automatic | Solver::Newton) => {
                newton::minimise(objective, parts, goal, limit(100), &mut watch)
            }
            (_, Solver::NewtonCg) => newton_cg::minimise(objective, origin, goal, limit(100), &mut watch),
            (_, Solver::Lbfgs) => {
                let manner = Manner {
                    metric: Some(crate::metric::Metric::Diagonal(objective.curvatures())),
                    has_hessian: false,
                    memory: MEMORY,
                    limit: limit(1_000),
                };
                Ok(quasi_newton::minimise(objective, origin, manner, goal, &mut watch)?.0)
            }
            (_, Solver::GradientDescent) => descent::minimise(objective, limit(100_000), &mut watch),
        }
    }

    /// What is known of where a solver ended: an optimum, proved, or what stands in the way.
    fn finished(&self, objective: &Objective<'_>, data: &Dataset, outcome: Outcome) -> Result<Fit, Error> {
        let evidence = evidence(objective, &outcome.point);
        let ((value, gradient), (certificate, hessian)) = match self.penalty {
            Penalty::Firth => {
                let place = Firth::new(objective).value_and_gradient(&outcome.point)?;
                let proof = Certificate::of_stationarity(objective, &place.1);
                (place, (Some(proof), Some(objective.hessian(&outcome.point)?)))
            }
            _ => {
                let place = (evidence.value, evidence.gradient.clone());
                (place, self.certified(objective, &outcome, &evidence)?)
            }
        };
        let obstacle = self.obstacle(objective, data, &outcome, certificate.as_ref(), value)?;
        let covariance = match (&obstacle, self.lambda() > 0.0) {
            (Some(_), _) => Err(Withheld::NoOptimum),
            (None, true) => Err(Withheld::Penalty),
            (None, false) => {
                let inverse = |hessian| inverse_information(objective, &outcome.point, &hessian);
                hessian.map(inverse).transpose()?.flatten().ok_or(Withheld::Singular)
            }
        };
        let known = Known {
            value,
            mean_loss: evidence.mean_loss,
            gradient: objective.units().gradient_in_given(&gradient),
            converged: obstacle.is_none(),
            covariance,
            certificate,
            null_log_likelihood: self.null_log_likelihood(data)?,
        };
        let fit = Fit::new(data, objective, outcome, known);
        match obstacle {
            None => Ok(fit),
            Some(obstacle) => Err(Error::NotReached { obstacle, fit: Box::new(fit) }),
        }
    }

    /// What stands in the way of calling a point the optimum.
    fn obstacle(
        &self,
        objective: &Objective<'_>,
        data: &Dataset,
        outcome: &Outcome,
        certificate: Option<&Certificate>,
        value: f64,
    ) -> Result<Option<Obstacle>, Error> {
        let found = outcome.obstacle.clone().or_else(|| overflow(objective, data, &outcome.point));
        let found = found.or_else(|| self.unproved(value, certificate));
        match found {
            Some(obstacle @ Obstacle::Separable { .. }) => Ok(Some(obstacle)),
            Some(obstacle) if self.may_be_separation(&obstacle) => {
                Ok(Some(separated(data, objective, outcome)?.unwrap_or(obstacle)))
            }
            found => Ok(found),
        }
    }

    /// The certificate of a point, and the Hessian if it was needed.
    fn certified(
        &self,
        objective: &Objective<'_>,
        outcome: &Outcome,
        evidence: &Evidence,
    ) -> Result<(Option<Certificate>, Option<DMatrix<f64>>), Error> {
        let point = &outcome.point;
        let by_penalty = strong_convexity::certificate(objective, point, evidence, self.lambda());
        let is_enough = |proof: &Certificate| proof.gap <= self.proved_gap() * evidence.value;
        if outcome.obstacle.is_some() || by_penalty.as_ref().is_some_and(is_enough) {
            return Ok((by_penalty, None));
        }
        let hessian = objective.hessian(point)?;
        let by_hessian = self_concordance::certificate(objective, point, evidence, &hessian);
        let proofs = by_penalty.into_iter().chain(by_hessian);
        Ok((proofs.min_by(|one, other| one.gap.total_cmp(&other.gap)), Some(hessian)))
    }

    /// Why a point without obstacle is no answer, if it is none.
    fn unproved(&self, value: f64, certificate: Option<&Certificate>) -> Option<Obstacle> {
        let wanted = self.proved_gap() * value;
        match certificate {
            Some(proof) if proof.theorem == Theorem::Stationarity || proof.gap <= wanted => None,
            Some(proof) => Some(Obstacle::Unproved { gap: proof.gap, wanted }),
            None => Some(Obstacle::Unproved { gap: f64::INFINITY, wanted }),
        }
    }

    fn proved_gap(&self) -> f64 {
        self.tolerance.unwrap_or(PROVED_GAP)
    }

    /// Whether an obstacle is what separated classes look like.
    fn may_be_separation(&self, obstacle: &Obstacle) -> bool {
        let is_free = self.lambda() == 0.0 && self.penalty != Penalty::Firth;
        is_free && !matches!(obstacle, Obstacle::Collinear { .. } | Obstacle::Overflow { .. })
    }

    /// The log-likelihood of the intercept alone: without offset that of the log-odds, k·ln(k/m) + (m − k)·ln(1 − k/m).
    fn null_log_likelihood(&self, data: &Dataset) -> Result<f64, Error> {
        let (events, total) = (data.event_weight(), data.total_weight());
        let part = |count: f64| if count > 0.0 { count * (count / total).ln() } else { 0.0 };
        let is_constant =
            data.offset().is_none() || data.dimension() == 0 || events == 0.0 || events == total;
        if is_constant {
            return Ok(part(events) + part(total - events));
        }
        let bare = data.with_columns(&[])?;
        Ok(LogisticRegression::new().fit(&bare)?.log_likelihood())
    }

    /// The log-loss of data without penalty, by this regression's gradient and threads.
    pub(crate) fn unpenalised<'d>(&self, data: &'d Dataset) -> Result<Objective<'d>, Error> {
        Ok(Objective::standardised(data, data, 0.0, self.gradient)?.on_threads(self.parallel))
    }

    fn lambda(&self) -> f64 {
        match self.penalty {
            Penalty::None | Penalty::Firth => 0.0,
            Penalty::L2(lambda) => lambda,
        }
    }
}

/// Whether every example lies on its class's side of the hyperplane of a point.
fn separates(objective: &Objective<'_>, point: &DVector<f64>) -> Result<bool, Error> {
    if objective.examples().offset().is_some() {
        return Ok(false);
    }
    let logits = objective.logits(point)?;
    let on_its_side = |(&z, &y): (&f64, &f64)| if y > 0.5 { z > 0.0 } else { z < 0.0 };
    Ok(logits.iter().zip(objective.examples().labels()).all(on_its_side))
}

/// The separation of the classes, if it can be shown: by a direction with few columns, or by the point where the solver ended.
fn separated(
    data: &Dataset,
    objective: &Objective<'_>,
    outcome: &Outcome,
) -> Result<Option<Obstacle>, Error> {
    let found = separation(data)?;
    let given = objective.units().in_given(&outcome.point);
    let found = found.or_else(|| proved(data, given.as_slice()));
    Ok(found.map(|separation| Obstacle::Separable { separation: Box::new(separation) }))
}

/// A coefficient of the given columns beyond the largest f64.
fn overflow(objective: &Objective<'_>, data: &Dataset, point: &DVector<f64>) -> Option<Obstacle> {
    let given = objective.units().in_given(point);
    let at = given.iter().position(|coefficient| !coefficient.is_finite())?;
    // An intercept overflows through the column that moves it most.
    let name = data.feature_names().get(at.saturating_sub(1))?;
    Some(Obstacle::Overflow { column: name.clone() })
}

fn expect_both_classes(data: &Dataset) -> Result<(), Error> {
    match data.events() {
        0 => Err(Error::OneClass { examples: data.len(), label: 0.0 }),
        events if events == data.len() => Err(Error::OneClass { examples: data.len(), label: 1.0 }),
        _ => Ok(()),
    }
}
