//! `LogisticRegression`: what to minimise and how, and the three things one can ask of it.
//!
//! `fit` claims an optimum and so returns either one, proved, or an error; `descend` takes a stated number of steps and
//! claims nothing; `certify` proves how good anybody's coefficients are.
//!
//! Invariant: what is minimised does not depend on the solver or on the gradient's route; a fit without an error has a certificate.

use chainrule_data::Dataset;
use nalgebra::DVector;

use crate::certificate::Certificate;
use crate::error::{Error, Obstacle};
use crate::fit::Fit;
use crate::fitting::Fitting;
use crate::objective::{Gradient, Objective};
use crate::parts::Parts;
use crate::penalty::Penalty;
use crate::solver::{FIRTH_STEPS, Goal, Solver};
use crate::verdict;
use crate::watch::Progress;

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
    pub(crate) penalty: Penalty,
    pub(crate) gradient: Gradient,
    pub(crate) solver: Solver,
    pub(crate) iteration_limit: Option<usize>,
    pub(crate) tolerance: Option<f64>,
    pub(crate) parallel: bool,
}

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

    /// Sets the solver. One that cannot do what is asked of it later is an error there, [`Error::Unsupported`], and never replaced.
    #[must_use]
    pub fn solver(self, solver: Solver) -> Self {
        LogisticRegression { solver, ..self }
    }

    /// Sets how many steps over all examples the solver may take; by default it depends on the solver, see [`step_limit`](Self::step_limit).
    #[must_use]
    pub fn iteration_limit(self, limit: usize) -> Self {
        LogisticRegression { iteration_limit: Some(limit), ..self }
    }

    /// How many steps over all examples the solver may take: the limit that was set, or else the default.
    ///
    /// ```
    /// use chainrule_model::{LogisticRegression, Penalty, Solver};
    ///
    /// let limit = |solver| LogisticRegression::new().solver(solver).step_limit();
    /// assert_eq!([limit(Solver::Newton), limit(Solver::NewtonCg), limit(Solver::Automatic)], [100; 3]);
    /// assert_eq!((limit(Solver::Lbfgs), limit(Solver::GradientDescent)), (1_000, 100_000));
    /// assert_eq!(LogisticRegression::new().penalty(Penalty::Firth).step_limit(), 1_000);
    /// assert_eq!(LogisticRegression::new().iteration_limit(7).step_limit(), 7);
    /// ```
    #[must_use]
    pub fn step_limit(&self) -> usize {
        self.iteration_limit.unwrap_or(match self.penalty {
            Penalty::Firth => FIRTH_STEPS,
            _ => self.solver.step_limit(),
        })
    }

    /// Is content with a point whose objective is proved to be within this share of itself of the optimum's, as 1e-6; by default the solver goes on
    /// as long as rounding lets it.
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

    /// Passes over the data on the threads of the current [rayon](https://docs.rs/rayon) pool: `pool.install(|| …)`, or the global one. The bits are
    /// the same for any number of them.
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
    /// [`Error::OneClass`]; [`Error::InvalidPenalty`]; [`Error::InvalidTolerance`]; [`Error::Unsupported`] for a solver or a tolerance with
    /// [`Penalty::Firth`];
    /// [`Error::Data`] for weights that leave a class without weight, unless the penalty is Firth's, and for a column whose spread exceeds the
    /// largest f64.
    pub fn fit(&self, data: &Dataset) -> Result<Fit, Error> {
        self.fit_watched(data, &mut |_| ())
    }

    /// The same, telling before each step over all examples how far it has come.
    ///
    /// ```
    /// use chainrule_data::certified::spector;
    /// use chainrule_model::LogisticRegression;
    ///
    /// let mut told = Vec::new();
    /// let fit = LogisticRegression::new().fit_watched(&spector()?.dataset, &mut |progress| told.push(progress.objective))?;
    /// assert_eq!(told[..], fit.history()[..told.len()]);
    /// # Ok::<(), chainrule_model::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn fit_watched(&self, data: &Dataset, progress: &mut dyn FnMut(Progress)) -> Result<Fit, Error> {
        self.expect_tolerance()?;
        match self.penalty {
            Penalty::Firth => self.expect_firths_own()?,
            Penalty::None | Penalty::L2(_) => expect_both_classes(data)?,
        }
        let present = data.present();
        let data = present.as_ref();
        let parts = Parts::of(data);
        let mut fitting = Fitting::new(self, data, &parts)?;
        if let Some(dependent) = fitting.dependent()? {
            return fitting.judged(dependent);
        }
        // Half of what is to be proved, since the proof adds roundings.
        let goal = self.tolerance.map_or(Goal::Precise, |tolerance| Goal::Gap(tolerance / 2.0));
        let ended = fitting.solved(goal, progress)?;
        match fitting.judged(ended) {
            // What was near enough could not be proved to be.
            Err(Error::NotReached {
                obstacle: Obstacle::Unproved { .. } | Obstacle::NearlyDependent { .. },
                ..
            }) if self.tolerance.is_some() => {
                let ended = fitting.solved(Goal::Precise, progress)?;
                fitting.judged(ended)
            }
            result => result,
        }
    }

    /// Proves how good coefficients are, whoever found them, the intercept first: bounds on how far they are from the minimum of this objective.
    /// None where no theorem
    /// reaches so far, as from distant coefficients without a penalty, and where there is no minimum that a proof could be of.
    ///
    /// With a [`tolerance`](Self::tolerance) it is content with a less tight proof of what was asked for, which of large data costs less.
    ///
    /// ```
    /// use chainrule_data::certified::spector;
    /// use chainrule_model::LogisticRegression;
    ///
    /// // What another program printed, and what was certified.
    /// let certified = spector()?;
    /// let printed = [-13.021, 2.826, 0.0952, 2.379];
    /// let proof = LogisticRegression::new().certify(&certified.dataset, &printed)?.ok_or("too far")?;
    /// let off = (printed[1] - certified.coefficients[0]).abs();
    /// assert!(off <= proof.coefficients()[1] && proof.coefficients()[1] < 0.01);
    /// assert!(proof.gap() < 1e-5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongLength`] unless there is one coefficient more than columns; [`Error::NotConvex`] for Firth's penalty; [`Error::OneClass`];
    /// [`Error::InvalidPenalty`]; [`Error::InvalidTolerance`]; [`Error::Data`] as by [`fit`](Self::fit).
    pub fn certify(&self, data: &Dataset, coefficients: &[f64]) -> Result<Option<Certificate>, Error> {
        let (expected, found) = (data.dimension() + 1, coefficients.len());
        if expected != found {
            let what = "coefficients, the intercept included,";
            return Err(Error::WrongLength { what, expected, found });
        }
        if self.penalty == Penalty::Firth {
            return Err(Error::NotConvex);
        }
        self.expect_tolerance()?;
        expect_both_classes(data)?;
        let present = data.present();
        let data = present.as_ref();
        let parts = Parts::of(data);
        let mut fitting = Fitting::new(self, data, &parts)?;
        if fitting.dependent()?.is_some() {
            return Ok(None);
        }
        fitting.certificate(&DVector::from_column_slice(coefficients))
    }

    /// The point after a stated number of steps of gradient descent from the origin; the solver is gradient descent or left automatic.
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
    /// [`Error::InvalidPenalty`]; [`Error::NotConvex`] for Firth's penalty; [`Error::Unsupported`] for another solver, a tolerance, or a limit of
    /// fewer steps;
    /// [`Error::NotReached`] if a step overflows.
    pub fn descend(&self, data: &Dataset, steps: usize) -> Result<Fit, Error> {
        if self.penalty == Penalty::Firth {
            return Err(Error::NotConvex);
        }
        self.expect_descent(steps)?;
        let present = data.present();
        verdict::of_trajectory(self, present.as_ref(), steps)
    }

    fn expect_tolerance(&self) -> Result<(), Error> {
        match self.tolerance {
            Some(tolerance) if !(tolerance > 0.0 && tolerance < 1.0) => {
                Err(Error::InvalidTolerance { tolerance })
            }
            _ => Ok(()),
        }
    }

    /// Firth's likelihood has one solver, which nothing is proved of.
    fn expect_firths_own(&self) -> Result<(), Error> {
        let unsupported = |asked, reason, remedy| {
            Err(Error::Unsupported { asked, purpose: "Firth's likelihood", reason, remedy })
        };
        match (self.solver, self.tolerance) {
            (Solver::Automatic, None) => Ok(()),
            (Solver::Automatic, Some(_)) => unsupported(
                "a tolerance".to_owned(),
                "it is a gap to the optimum that has to be proved, and of Firth's there is no proof",
                "leave the tolerance out, or choose another penalty",
            ),
            (solver, _) => unsupported(
                solver.to_string(),
                "it has a solver of its own",
                "leave the solver automatic, or choose another penalty",
            ),
        }
    }

    /// A stated number of descent steps takes so many steps of descent.
    fn expect_descent(&self, steps: usize) -> Result<(), Error> {
        let unsupported = |asked, reason, remedy| {
            Err(Error::Unsupported { asked, purpose: "a stated number of descent steps", reason, remedy })
        };
        if !matches!(self.solver, Solver::Automatic | Solver::GradientDescent) {
            let remedy = "choose gradient descent, or leave the solver automatic";
            return unsupported(self.solver.to_string(), "these are steps of gradient descent", remedy);
        }
        if self.tolerance.is_some() {
            let reason = "all of the steps are taken, however near the optimum is";
            return unsupported(
                "a tolerance".to_owned(),
                reason,
                "leave it out, or fit without a number of steps",
            );
        }
        match self.iteration_limit {
            Some(limit) if limit < steps => unsupported(
                format!("a limit of {limit} steps"),
                "more steps are stated than are allowed",
                "raise the limit, or leave it out",
            ),
            _ => Ok(()),
        }
    }

    /// The log-loss of data without penalty, by this regression's gradient and threads.
    pub(crate) fn unpenalised<'d>(&self, data: &'d Dataset) -> Result<Objective<'d>, Error> {
        Ok(Objective::standardised(data, data, 0.0, self.gradient)?.on_threads(self.parallel))
    }
}

/// Labels of both kinds, and weights that leave both of them some.
fn expect_both_classes(data: &Dataset) -> Result<(), Error> {
    match data.events() {
        0 => Err(Error::OneClass { examples: data.len(), label: 0.0 }),
        events if events == data.len() => Err(Error::OneClass { examples: data.len(), label: 1.0 }),
        _ => Ok(data.expect_class_weights()?),
    }
}
