//! `LogisticRegression`: what to minimise and how, and the two things one can ask of it.
//!
//! `fit` claims an optimum and so returns either one or an error; `descend` takes a stated number of steps and
//! claims nothing.
//!
//! Invariant: what is minimised does not depend on the solver or on the gradient's route.

use chainrule_data::{Dataset, Standardiser};
use nalgebra::DMatrix;

use crate::collinear::collinear_column;
use crate::descent;
use crate::error::{Error, Obstacle};
use crate::fit::Fit;
use crate::inference::{Withheld, inverse};
use crate::newton;
use crate::objective::{Gradient, Objective};
use crate::solver::{Outcome, Solver};

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
        let (outcome, covariance) = self.minimise(data)?;
        let converged = outcome.obstacle.is_none();
        let fit = Fit::evaluate(&objective, outcome.point, converged, outcome.history, covariance)?;
        match outcome.obstacle {
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
        let outcome = descent::trajectory(&objective, steps)?;
        Fit::evaluate(&objective, outcome.point, false, outcome.history, Err(Withheld::NoOptimum))
    }

    /// Minimises on standardised columns, where rounding does least harm and a descent has the shortest way, and maps
    /// the point back.
    ///
    /// With wⱼ = w′ⱼ/sⱼ the penalty λ·wⱼ² is (λ/sⱼ²)·w′ⱼ², so the objective is the same one.
    fn minimise(&self, data: &Dataset) -> Result<(Outcome, Result<DMatrix<f64>, Withheld>), Error> {
        let standardiser = Standardiser::fit(data)?;
        let standardised = standardiser.transform(data)?;
        // Beyond the largest f64 a penalty holds its weight at 0 all the same.
        let penalties = standardiser.scales().map(|scale| (self.lambda() / scale / scale).min(f64::MAX));
        let objective = Objective::with_penalties(&standardised, penalties, self.gradient)?;
        let outcome = match (collinear_column(&objective), self.solver) {
            (Some(column), _) => Outcome::at_origin(&objective, Obstacle::Collinear { column })?,
            (None, Solver::Newton) => newton::minimise(&objective, self.iteration_limit.unwrap_or(100))?,
            (None, Solver::GradientDescent) => {
                descent::minimise(&objective, self.iteration_limit.unwrap_or(100_000))?
            }
        };
        let weights = outcome.point.rows(1, data.dimension()).into_owned();
        let (intercept, weights) = standardiser.coefficients_to_original(outcome.point[0], &weights)?;
        let obstacle = outcome.obstacle.or_else(|| {
            let column = weights.iter().position(|weight| !weight.is_finite());
            column.map(|j| Obstacle::Overflow { column: data.feature_names()[j].clone() })
        });
        let covariance = match (&obstacle, self.lambda() > 0.0) {
            (Some(_), _) => Err(Withheld::NoOptimum),
            (None, true) => Err(Withheld::Penalty),
            (None, false) => match inverse(objective.hessian(&outcome.point)? * data.len() as f64) {
                None => Err(Withheld::Singular),
                Some(covariance) => Ok(covariance_in_original(&standardiser, &covariance)?),
            },
        };
        Ok((Outcome { point: weights.insert_row(0, intercept), obstacle, ..outcome }, covariance))
    }

    fn lambda(&self) -> f64 {
        match self.penalty {
            Penalty::None => 0.0,
            Penalty::L2(lambda) => lambda,
        }
    }
}

/// T·C·Tᵀ, where T takes coefficients of standardised columns to those of the columns as they are.
fn covariance_in_original(
    standardiser: &Standardiser,
    covariance: &DMatrix<f64>,
) -> Result<DMatrix<f64>, Error> {
    let half = mapped(standardiser, covariance)?;
    mapped(standardiser, &half.transpose())
}

/// T times a matrix, column by column.
fn mapped(standardiser: &Standardiser, matrix: &DMatrix<f64>) -> Result<DMatrix<f64>, Error> {
    let mut mapped = matrix.clone();
    for mut column in mapped.column_iter_mut() {
        let weights = column.rows(1, column.len() - 1).into_owned();
        let (intercept, weights) = standardiser.coefficients_to_original(column[0], &weights)?;
        column[0] = intercept;
        column.rows_mut(1, weights.len()).copy_from(&weights);
    }
    Ok(mapped)
}

fn expect_both_classes(data: &Dataset) -> Result<(), Error> {
    match data.events() {
        0 => Err(Error::OneClass { examples: data.len(), label: 0.0 }),
        events if events == data.len() => Err(Error::OneClass { examples: data.len(), label: 1.0 }),
        _ => Ok(()),
    }
}
