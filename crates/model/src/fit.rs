//! What a solver returns: a point, and figures that tell how good it is.
//!
//! Invariant: objective and gradient norm are evaluated at the very coefficients that are reported, in the units of
//! the data that were given.

use std::fmt::Write as _;

use chainrule_data::{Classes, Dataset, one_line};
use nalgebra::DVector;

use crate::error::Error;
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
}

impl Fit {
    /// Evaluates a point, the intercept first, in the units of the objective's data.
    pub(crate) fn evaluate(
        objective: &Objective<'_>,
        point: DVector<f64>,
        converged: bool,
        history: Vec<f64>,
    ) -> Result<Fit, Error> {
        let data: &Dataset = objective.data();
        Ok(Fit {
            objective: objective.value(&point)?,
            gradient_norm: euclidean_norm(&objective.gradient(&point)?),
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
        for (name, coefficient) in rows.iter().zip(self.point.iter()) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {name:<width$}  {coefficient:>24.16e}");
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

/// The norm of a vector whose squares may overflow or underflow: taken in units of the largest entry.
fn euclidean_norm(vector: &DVector<f64>) -> f64 {
    let largest = vector.amax();
    if largest == 0.0 { 0.0 } else { largest * (vector / largest).norm() }
}
