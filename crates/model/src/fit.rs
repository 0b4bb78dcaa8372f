//! What a solver returns: a point, and figures that tell how good it is.
//!
//! Invariant: objective and gradient norm are evaluated at the very coefficients that are reported, in the units of
//! the data that were given.

use chainrule_data::{Classes, Dataset};
use nalgebra::{DMatrix, DVector};

use crate::certificate::Certificate;
use crate::error::Error;
use crate::inference::{Inference, Withheld};
use crate::objective::Objective;
use crate::penalty::Penalty;
use crate::solver::Outcome;
use crate::summary::Summary;

/// A gap to the optimum that is proved to be at most this share of J is what `converged` means, unless a tolerance is set.
pub(crate) const PROVED_GAP: f64 = 1e-9;

/// A fitted logistic regression, or the last point of a descent.
#[derive(Clone, Debug)]
pub struct Fit {
    point: DVector<f64>,
    names: Vec<String>,
    target: String,
    classes: Classes,
    penalty: Penalty,
    objective: f64,
    gradient_norm: f64,
    history: Vec<f64>,
    converged: bool,
    total_weight: f64,
    log_likelihood: f64,
    null_log_likelihood: f64,
    inference: Result<Inference, Withheld>,
    certificate: Option<Certificate>,
}

/// What is known of a point beside its coordinates.
pub(crate) struct Known {
    /// J
    pub(crate) value: f64,
    /// The mean log-loss alone.
    pub(crate) mean_loss: f64,
    /// ∇J by the coefficients of the columns as they were given.
    pub(crate) gradient: DVector<f64>,
    pub(crate) penalty: Penalty,
    pub(crate) converged: bool,
    /// A root of the covariance, in the coordinates of the objective.
    pub(crate) covariance_root: Result<DMatrix<f64>, Withheld>,
    pub(crate) certificate: Option<Certificate>,
    pub(crate) null_log_likelihood: f64,
}

impl Fit {
    /// A fit from where a solver ended, in the coordinates of the objective.
    pub(crate) fn new(data: &Dataset, objective: &Objective<'_>, outcome: Outcome, known: Known) -> Fit {
        let units = objective.units();
        let point = units.in_given(&outcome.place.point);
        Fit {
            penalty: known.penalty,
            objective: known.value,
            gradient_norm: euclidean_norm(&known.gradient),
            total_weight: data.total_weight(),
            log_likelihood: -data.total_weight() * known.mean_loss,
            null_log_likelihood: known.null_log_likelihood,
            certificate: known.certificate,
            inference: known.covariance_root.map(|root| Inference::new(point.clone(), units, &root)),
            point,
            names: data.feature_names().to_vec(),
            target: data.target().to_owned(),
            classes: data.classes().clone(),
            converged: known.converged,
            history: outcome.history,
        }
    }

    /// The intercept b.
    pub fn intercept(&self) -> f64 {
        self.point[0]
    }

    /// The weights w, one a feature, in the order of the columns.
    pub fn coefficients(&self) -> &[f64] {
        &self.point.as_slice()[1..]
    }

    /// The names of the features.
    pub fn feature_names(&self) -> &[String] {
        &self.names
    }

    /// What the labels say.
    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    /// The two labels; probabilities are those of the event.
    pub fn classes(&self) -> &Classes {
        &self.classes
    }

    /// J at the reported coefficients; where a column's mean is more than ten deviations from 0, before their last rounding.
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// The Euclidean norm of ∇J, the intercept's entry included, at the reported coefficients.
    pub fn gradient_norm(&self) -> f64 {
        self.gradient_norm
    }

    /// ln of the probability of the labels at the reported coefficients, −Σᵢ cᵢ·L⁽ⁱ⁾; without penalty.
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// The deviance, −2·log-likelihood: that of a model that knows every label is 0.
    pub fn deviance(&self) -> f64 {
        -2.0 * self.log_likelihood
    }

    /// The deviance of the intercept alone, with the offset if the data have one.
    pub fn null_deviance(&self) -> f64 {
        -2.0 * self.null_log_likelihood
    }

    /// Akaike's criterion, deviance + 2·(d + 1).
    ///
    /// ```
    /// use chainrule_data::certified::spector;
    /// use chainrule_model::{LogisticRegression, Penalty, Withheld};
    ///
    /// let data = spector()?.dataset;
    /// let fit = LogisticRegression::new().fit(&data)?;
    /// assert!((fit.aic()? - 33.779268444262826).abs() < 1e-9);
    /// let ridge = LogisticRegression::new().penalty(Penalty::L2(0.1)).fit(&data)?;
    /// assert_eq!(ridge.aic(), Err(Withheld::Penalty));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Withheld`] where it would be wrong, as the deviance is not that of the largest likelihood: under a penalty, for Firth's estimate, away
    /// from an optimum.
    pub fn aic(&self) -> Result<f64, Withheld> {
        self.criterion(2.0)
    }

    /// The Bayesian criterion, deviance + ln m·(d + 1), where m is the sum of the weights.
    ///
    /// ```
    /// use chainrule_data::certified::spector;
    /// use chainrule_model::LogisticRegression;
    ///
    /// let data = spector()?.dataset;
    /// let fit = LogisticRegression::new().fit(&data)?;
    /// // 32 examples, three columns and the intercept.
    /// assert!((fit.bic()? - (fit.deviance() + 4.0 * 32.0_f64.ln())).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`aic`](Self::aic).
    pub fn bic(&self) -> Result<f64, Withheld> {
        self.criterion(self.total_weight.ln())
    }

    /// Deviance + this much for each coefficient, at a maximum of the likelihood alone.
    fn criterion(&self, each: f64) -> Result<f64, Withheld> {
        match self.penalty {
            _ if !self.converged => Err(Withheld::NoOptimum),
            Penalty::Firth => Err(Withheld::Firth),
            Penalty::L2(lambda) if lambda > 0.0 => Err(Withheld::Penalty),
            Penalty::None | Penalty::L2(_) => Ok(self.deviance() + each * self.point.len() as f64),
        }
    }

    /// McFadden's R², 1 − log-likelihood / log-likelihood of the intercept alone.
    pub fn mcfadden_r2(&self) -> f64 {
        1.0 - self.log_likelihood / self.null_log_likelihood
    }

    /// Σ cᵢ, without weights the number of examples.
    pub fn total_weight(&self) -> f64 {
        self.total_weight
    }

    /// Standard errors and what follows from them.
    ///
    /// # Errors
    /// [`Withheld`] where they would be wrong: under a penalty, away from an optimum, for a singular information matrix.
    pub fn inference(&self) -> Result<&Inference, Withheld> {
        self.inference.as_ref().map_err(|withheld| *withheld)
    }

    /// Proven bounds on the distance to the optimum; every fit that converged has them, but for one by [`Penalty::Firth`], of which stationarity alone is known.
    ///
    /// ```
    /// use chainrule_data::certified::breast_cancer_ridge;
    /// use chainrule_model::{LogisticRegression, Penalty};
    ///
    /// let certified = breast_cancer_ridge()?;
    /// let fit = LogisticRegression::new().penalty(Penalty::L2(certified.lambda)).fit(&certified.dataset)?;
    /// let bounds = fit.certificate().ok_or("no certificate")?;
    /// assert!(bounds.weights() < 1e-8 && bounds.gap() < 1e-19);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// What was added to the mean log-loss.
    pub fn penalty(&self) -> Penalty {
        self.penalty
    }

    /// Whether this is the maximum of the likelihood, without penalty: proved so far that the deviance is as good as the smallest, or as far as any
    /// fit is that was not content with less.
    pub(crate) fn is_maximum_likelihood(&self) -> bool {
        /// Beside a quantile of χ² this is nothing.
        const DEVIANCE: f64 = 1e-4;
        let is_proved = self.certificate.as_ref().is_some_and(|proof| {
            proof.gap() <= PROVED_GAP * self.objective || 2.0 * self.total_weight * proof.gap() <= DEVIANCE
        });
        self.penalty != Penalty::Firth && self.inference.is_ok() && is_proved
    }

    /// The number of steps taken over all examples.
    pub fn iterations(&self) -> usize {
        self.history.len().saturating_sub(1)
    }

    /// Whether this is an optimum, as [`certificate`](Self::certificate) proves; by [`Penalty::Firth`], whether the solver came to a stationary point.
    pub fn converged(&self) -> bool {
        self.converged
    }

    /// J at the start and after each step.
    pub fn history(&self) -> &[f64] {
        &self.history
    }

    /// The probability of the event for one example, from its features in the order of the columns; its offset is 0.
    ///
    /// # Errors
    /// [`Error::WrongLength`] unless there are as many features as coefficients.
    pub fn probability(&self, features: &[f64]) -> Result<f64, Error> {
        let expected = self.coefficients().len();
        if features.len() != expected {
            return Err(Error::WrongLength { what: "features", expected, found: features.len() });
        }
        let products = self.coefficients().iter().zip(features).map(|(w, x)| w * x);
        Ok(chainrule_graph::Real::sigmoid(&(self.intercept() + products.sum::<f64>())))
    }

    /// The coefficients and the figures as a table.
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }
}

/// The norm of a vector whose squares may overflow or underflow: taken in units of the largest entry.
pub(crate) fn euclidean_norm(vector: &DVector<f64>) -> f64 {
    let largest = vector.amax();
    if largest == 0.0 { 0.0 } else { largest * (vector / largest).norm() }
}
