//! What a solver returns: a point, and figures that tell how good it is.
//!
//! Invariant: objective and gradient norm are evaluated at the very coefficients that are reported, in the units of
//! the data that were given.

use std::fmt::Write as _;

use chainrule_data::{Classes, Dataset, one_line};
use nalgebra::{DMatrix, DVector};

use crate::certificate::{Certificate, certificate};
use crate::error::Error;
use crate::inference::{Inference, Withheld};
use crate::objective::Objective;

/// A fitted logistic regression, or the last point of a descent.
#[derive(Clone, Debug)]
pub struct Fit {
    point: DVector<f64>,
    names: Vec<String>,
    target: String,
    classes: Classes,
    objective: f64,
    gradient_norm: f64,
    iterations: usize,
    converged: bool,
    history: Vec<f64>,
    examples: usize,
    log_likelihood: f64,
    null_log_likelihood: f64,
    inference: Result<Inference, Withheld>,
    certificate: Option<Certificate>,
}

impl Fit {
    /// Evaluates a point, the intercept first, in the units of the objective's data.
    pub(crate) fn evaluate(
        objective: &Objective<'_>,
        point: DVector<f64>,
        converged: bool,
        history: Vec<f64>,
        covariance: Result<DMatrix<f64>, Withheld>,
    ) -> Result<Fit, Error> {
        let data: &Dataset = objective.data();
        let examples = data.len() as f64;
        Ok(Fit {
            objective: objective.value(&point)?,
            gradient_norm: euclidean_norm(&objective.gradient(&point)?),
            examples: data.len(),
            log_likelihood: -examples * objective.mean_loss(&point)?,
            null_log_likelihood: null_log_likelihood(data.events() as f64, examples),
            certificate: objective.lambda().and_then(|lambda| certificate(data, lambda, &point)),
            inference: covariance.map(|covariance| Inference::new(point.clone(), covariance)),
            point,
            names: data.feature_names().to_vec(),
            target: data.target().to_owned(),
            classes: data.classes().clone(),
            iterations: history.len().saturating_sub(1),
            converged,
            history,
        })
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

    /// The two labels; probabilities are those of the event.
    pub fn classes(&self) -> &Classes {
        &self.classes
    }

    /// J at the reported coefficients.
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// The Euclidean norm of ∇J, the intercept's entry included, at the reported coefficients.
    pub fn gradient_norm(&self) -> f64 {
        self.gradient_norm
    }

    /// ln of the probability of the labels at the reported coefficients, −Σᵢ L⁽ⁱ⁾; without penalty.
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// The deviance, −2·log-likelihood: that of a model that knows every label is 0.
    pub fn deviance(&self) -> f64 {
        -2.0 * self.log_likelihood
    }

    /// The deviance of the intercept alone.
    pub fn null_deviance(&self) -> f64 {
        -2.0 * self.null_log_likelihood
    }

    /// Akaike's criterion, deviance + 2·(d + 1).
    pub fn aic(&self) -> f64 {
        self.deviance() + 2.0 * self.point.len() as f64
    }

    /// The Bayesian criterion, deviance + ln m·(d + 1).
    pub fn bic(&self) -> f64 {
        self.deviance() + (self.examples as f64).ln() * self.point.len() as f64
    }

    /// McFadden's R², 1 − log-likelihood / log-likelihood of the intercept alone.
    pub fn mcfadden_r2(&self) -> f64 {
        1.0 - self.log_likelihood / self.null_log_likelihood
    }

    /// Standard errors and what follows from them.
    ///
    /// # Errors
    /// [`Withheld`] where they would be wrong: under a penalty, away from an optimum, for a singular information matrix.
    pub fn inference(&self) -> Result<&Inference, Withheld> {
        self.inference.as_ref().map_err(|withheld| *withheld)
    }

    /// Proven bounds on the distance to the optimum of a penalised objective; none without a penalty.
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

    /// The number of steps taken.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// Whether the solver's criterion for an optimum was met.
    pub fn converged(&self) -> bool {
        self.converged
    }

    /// J at the start and after each step.
    pub fn history(&self) -> &[f64] {
        &self.history
    }

    /// The probability of the event for one example, from its features in the order of the columns.
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

    /// The coefficients and the figures as a table of text.
    pub fn summary(&self) -> String {
        let names = self.names.iter().map(|name| one_line(name));
        let rows: Vec<String> = std::iter::once("(intercept)".to_string()).chain(names).collect();
        let width = rows.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        let (target, event) = (one_line(&self.target), one_line(&self.classes.event));
        let mut text = format!("P({target} = {event}) by logistic regression\n\n");
        let columns = self.inference.as_ref().map(columns_of).unwrap_or_default();
        if !columns.is_empty() {
            let _ = writeln!(
                text,
                "  {:<width$}  {:>24}  {:>11}  {:>8}  {:>8}  95% interval",
                "", "coefficient", "std error", "z", "p"
            );
        }
        for (row, (name, coefficient)) in rows.iter().zip(self.point.iter()).enumerate() {
            // Writing to a String cannot fail.
            let rest = columns.get(row).map(String::as_str).unwrap_or_default();
            let _ = writeln!(text, "  {name:<width$}  {coefficient:>24.16e}{rest}");
        }
        if let Err(withheld) = &self.inference {
            let _ = writeln!(text, "\n  {withheld}");
        }
        let _ = write!(
            text,
            "\n  log-likelihood {:.6} (intercept alone {:.6}), AIC {:.6}, BIC {:.6}, McFadden R² {:.4}",
            self.log_likelihood,
            self.null_log_likelihood,
            self.aic(),
            self.bic(),
            self.mcfadden_r2()
        );
        if let Some(bounds) = &self.certificate {
            let _ = write!(
                text,
                "\n  proved: weights within {:.1e} of the optimum's, intercept within {:.1e}, objective within {:.1e}",
                bounds.weights(),
                bounds.intercept(),
                bounds.gap()
            );
        }
        let state = if self.converged { "converged" } else { "not converged" };
        let _ = write!(
            text,
            "\n  objective {:.16e}, gradient norm {:.1e}, {} iterations, {state}",
            self.objective, self.gradient_norm, self.iterations
        );
        text
    }
}

/// What stands beside each coefficient: standard error, z, p and the ends of the 95 % interval.
fn columns_of(inference: &Inference) -> Vec<String> {
    let errors = inference.standard_errors().into_iter().zip(inference.z());
    let rest = inference.p().into_iter().zip(inference.confidence_intervals(0.95));
    errors
        .zip(rest)
        .map(|((error, z), (p, (lower, upper)))| {
            format!("  {error:>11.4e}  {z:>8.3}  {p:>8.2e}  [{lower:.4e}, {upper:.4e}]")
        })
        .collect()
}

/// The log-likelihood of the intercept alone, which is the log-odds of k events among m: k·ln(k/m) + (m − k)·ln(1 − k/m).
fn null_log_likelihood(events: f64, examples: f64) -> f64 {
    let part = |count: f64| if count == 0.0 { 0.0 } else { count * (count / examples).ln() };
    part(events) + part(examples - events)
}

/// The norm of a vector whose squares may overflow or underflow: taken in units of the largest entry.
fn euclidean_norm(vector: &DVector<f64>) -> f64 {
    let largest = vector.amax();
    if largest == 0.0 { 0.0 } else { largest * (vector / largest).norm() }
}
