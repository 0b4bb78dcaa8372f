//! `LogisticRegression`: what to minimise and how, and the two things one can ask of it.
//!
//! `fit` claims an optimum and so returns either one or an error; `descend` takes a stated number of steps and
//! claims nothing.
//!
//! Invariant: what is minimised does not depend on the solver or on the gradient's route.

use chainrule_data::{Dataset, Standardiser};
use nalgebra::DVector;

use crate::descent;
use crate::error::{Error, Obstacle};
use crate::fit::Fit;
use crate::newton;
use crate::objective::{Gradient, Objective};

/// A descent asked for an optimum ends at a gradient this much smaller than the largest possible one: for a Hessian whose
/// smallest eigenvalue is μ, the coefficients are then within that gradient's norm / μ of the optimum.
const GRADIENT_TOLERANCE: f64 = 1e-12;

/// No gradient's norm is below this, so all of the stated steps are taken, also those that no longer move.
const NEVER: f64 = -1.0;

/// A penalty on the weights; the intercept is never penalised.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Penalty {
    /// No penalty: maximum likelihood.
    #[default]
    None,
    /// λ/2·‖w‖², added to the *mean* log-loss.
    L2(f64),
}

/// How to look for the minimum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Solver {
    /// Newton's method; a few steps, each of which solves a linear system.
    #[default]
    Newton,
    /// Gradient descent with a safe step, until the gradient vanishes; many cheap steps, and on columns of
    /// different scales very many.
    GradientDescent,
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
}

impl LogisticRegression {
    /// No penalty, Newton's method, the closed-form gradient.
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

    /// Sets how many steps the solver may take; by default 100 for Newton's method, 100,000 for descent.
    #[must_use]
    pub fn iteration_limit(self, limit: usize) -> Self {
        LogisticRegression { iteration_limit: Some(limit), ..self }
    }

    /// The minimum of the objective.
    ///
    /// # Errors
    /// [`Error::NotReached`] with the reason and the last point if no minimum was reached, as on separable data;
    /// [`Error::OneClass`]; [`Error::InvalidPenalty`].
    pub fn fit(&self, data: &Dataset) -> Result<Fit, Error> {
        expect_both_classes(data)?;
        let objective = Objective::new(data, self.lambda(), self.gradient)?;
        let (point, history, obstacle) = match self.solver {
            Solver::Newton => self.newton(data)?,
            Solver::GradientDescent => self.descent(&objective)?,
        };
        let fit = Fit::evaluate(&objective, point, obstacle.is_none(), history)?;
        match obstacle {
            None => Ok(fit),
            Some(obstacle) => Err(Error::NotReached { obstacle, fit: Box::new(fit) }),
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
    /// [`Error::InvalidPenalty`].
    pub fn descend(&self, data: &Dataset, steps: usize) -> Result<Fit, Error> {
        let objective = Objective::new(data, self.lambda(), self.gradient)?;
        let trajectory = descent::descend(&objective, steps, NEVER)?;
        Fit::evaluate(&objective, trajectory.point, false, trajectory.history)
    }

    /// Newton's method on standardised columns, where rounding does least harm, and the way back.
    ///
    /// With wⱼ = w′ⱼ/sⱼ the penalty λ·wⱼ² is (λ/sⱼ²)·w′ⱼ², so the objective is the same one.
    fn newton(&self, data: &Dataset) -> Result<Ended, Error> {
        let standardiser = Standardiser::fit(data)?;
        let standardised = standardiser.transform(data)?;
        let penalties = standardiser.scales().map(|scale| self.lambda() / (scale * scale));
        let objective = Objective::with_penalties(&standardised, penalties, self.gradient)?;
        let outcome = newton::minimise(&objective, self.iteration_limit.unwrap_or(100))?;
        let weights = outcome.point.rows(1, data.dimension()).into_owned();
        let (intercept, weights) = standardiser.coefficients_to_original(outcome.point[0], &weights)?;
        let point = DVector::from_iterator(
            data.dimension() + 1,
            std::iter::once(intercept).chain(weights.iter().copied()),
        );
        Ok((point, outcome.history, outcome.obstacle))
    }

    fn descent(&self, objective: &Objective<'_>) -> Result<Ended, Error> {
        let limit = self.iteration_limit.unwrap_or(100_000);
        let trajectory = descent::descend(objective, limit, GRADIENT_TOLERANCE)?;
        let obstacle = (!trajectory.settled).then_some(Obstacle::IterationLimit);
        Ok((trajectory.point, trajectory.history, obstacle))
    }

    fn lambda(&self) -> f64 {
        match self.penalty {
            Penalty::None => 0.0,
            Penalty::L2(lambda) => lambda,
        }
    }
}

/// The last point, J on the way there, and what stood in the way of an optimum.
type Ended = (DVector<f64>, Vec<f64>, Option<Obstacle>);

fn expect_both_classes(data: &Dataset) -> Result<(), Error> {
    match data.events() {
        0 => Err(Error::OneClass { examples: data.len(), label: 0.0 }),
        events if events == data.len() => Err(Error::OneClass { examples: data.len(), label: 1.0 }),
        _ => Ok(()),
    }
}
