//! The objective: mean log-loss plus penalty, with gradient and Hessian by either route.
//!
//! ```text
//! J(b, w)  = (1/m) Σᵢ L⁽ⁱ⁾ + ½ Σⱼ λⱼ·wⱼ²
//! ∂J/∂wⱼ   = (1/m) Σᵢ (a⁽ⁱ⁾ − y⁽ⁱ⁾)·xⱼ⁽ⁱ⁾ + λⱼ·wⱼ          ∂J/∂b = (1/m) Σᵢ (a⁽ⁱ⁾ − y⁽ⁱ⁾)
//! ∂²J      = (1/m) Σᵢ a⁽ⁱ⁾(1 − a⁽ⁱ⁾)·x̃⁽ⁱ⁾x̃⁽ⁱ⁾ᵀ + diag(0, λ)       with x̃ = (1, x)
//! ```
//!
//! Shapes: with d features a point has d + 1 entries, the intercept b first, then w.
//!
//! Invariant: a solver sees only this; the two routes differ in how the sums over the examples are made, nowhere else.

use chainrule_data::Dataset;
use chainrule_program::Program;
use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::loss::log_loss;
use crate::{closed_form, graph_route};

/// How gradients (and Hessians) are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gradient {
    /// By the formulas of the lesson, over whole columns.
    #[default]
    ClosedForm,
    /// By a computational graph, compiled and run over whole columns.
    Graph,
}

/// J for one dataset: its value, gradient and Hessian at any point.
#[derive(Clone, Debug)]
pub struct Objective<'d> {
    data: &'d Dataset,
    penalties: DVector<f64>,
    route: Route,
}

/// How sums over the examples are made.
#[derive(Clone, Debug)]
enum Route {
    ClosedForm,
    Graph(Box<Program>),
}

impl<'d> Objective<'d> {
    /// J over a dataset, with ½·λ·‖w‖².
    ///
    /// # Errors
    /// [`Error::InvalidPenalty`] unless `lambda` is finite and not negative.
    pub fn new(data: &'d Dataset, lambda: f64, route: Gradient) -> Result<Self, Error> {
        Objective::with_penalties(data, DVector::from_element(data.dimension(), lambda), route)
    }

    /// J over a dataset, with a λⱼ for each weight.
    ///
    /// # Errors
    /// [`Error::InvalidPenalty`], or [`Error::WrongLength`] if there are not as many as features.
    pub fn with_penalties(
        data: &'d Dataset,
        penalties: DVector<f64>,
        route: Gradient,
    ) -> Result<Self, Error> {
        expect_length("penalties", data.dimension(), penalties.len())?;
        match penalties.iter().find(|lambda| !(lambda.is_finite() && **lambda >= 0.0)) {
            Some(&lambda) => Err(Error::InvalidPenalty { lambda }),
            None => Ok(Objective { data, penalties, route: Route::new(route, data.dimension())? }),
        }
    }

    /// The same J over other examples of the same features.
    pub(crate) fn over<'o>(&self, data: &'o Dataset) -> Objective<'o> {
        Objective { data, penalties: self.penalties.clone(), route: self.route.clone() }
    }

    /// The logits z⁽ⁱ⁾, one an example.
    ///
    /// # Errors
    /// [`Error::WrongLength`] unless `point` has d + 1 entries.
    pub fn logits(&self, point: &DVector<f64>) -> Result<DVector<f64>, Error> {
        self.expect_point(point)?;
        Ok(closed_form::logits(self.data, point))
    }

    /// The log-loss of each example, without penalty.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn losses(&self, point: &DVector<f64>) -> Result<DVector<f64>, Error> {
        Ok(self.logits(point)?.zip_map(self.data.labels(), |logit, label| log_loss(&logit, &label)))
    }

    /// J.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn value(&self, point: &DVector<f64>) -> Result<f64, Error> {
        Ok(self.mean_loss(point)? + self.penalty(point))
    }

    /// The mean log-loss alone.
    pub(crate) fn mean_loss(&self, point: &DVector<f64>) -> Result<f64, Error> {
        self.expect_point(point)?;
        match &self.route {
            Route::ClosedForm => Ok(closed_form::value(self.data, point)),
            Route::Graph(program) => graph_route::value(program, self.data, point),
        }
    }

    /// J and ∇J, the intercept's entry first, by one pass over the data.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn value_and_gradient(&self, point: &DVector<f64>) -> Result<(f64, DVector<f64>), Error> {
        self.expect_point(point)?;
        let (mean, mut gradient) = match &self.route {
            Route::ClosedForm => closed_form::value_and_gradient(self.data, point),
            Route::Graph(program) => graph_route::value_and_gradient(program, self.data, point)?,
        };
        for (j, lambda) in self.penalties.iter().enumerate() {
            gradient[j + 1] += lambda * point[j + 1];
        }
        Ok((mean + self.penalty(point), gradient))
    }

    /// ∇J, the intercept's entry first.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn gradient(&self, point: &DVector<f64>) -> Result<DVector<f64>, Error> {
        Ok(self.value_and_gradient(point)?.1)
    }

    /// ∇²J, (d + 1) × (d + 1), the intercept's row and column first.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn hessian(&self, point: &DVector<f64>) -> Result<DMatrix<f64>, Error> {
        self.expect_point(point)?;
        let mut hessian = match &self.route {
            Route::ClosedForm => closed_form::hessian(self.data, point),
            Route::Graph(program) => graph_route::hessian(program, self.data, point)?,
        };
        for (j, lambda) in self.penalties.iter().enumerate() {
            hessian[(j + 1, j + 1)] += lambda;
        }
        Ok(hessian)
    }

    /// ½ Σⱼ λⱼ·wⱼ²
    fn penalty(&self, point: &DVector<f64>) -> f64 {
        let weights = point.iter().skip(1);
        self.penalties.iter().zip(weights).map(|(lambda, w)| lambda * w * w).sum::<f64>() / 2.0
    }

    fn expect_point(&self, point: &DVector<f64>) -> Result<(), Error> {
        expect_length("coefficients, the intercept included,", self.data.dimension() + 1, point.len())
    }

    pub(crate) fn data(&self) -> &'d Dataset {
        self.data
    }

    /// Whether no weight is penalised.
    pub(crate) fn is_unpenalised(&self) -> bool {
        self.penalties.iter().all(|&lambda| lambda == 0.0)
    }

    /// λ, if it is above 0 and the same for all weights.
    pub(crate) fn lambda(&self) -> Option<f64> {
        let first = self.penalties.iter().next().copied()?;
        (first > 0.0 && self.penalties.iter().all(|&lambda| lambda == first)).then_some(first)
    }

    /// λⱼ for each weight.
    pub(crate) fn penalties(&self) -> &DVector<f64> {
        &self.penalties
    }

    /// The largest λⱼ.
    pub(crate) fn largest_penalty(&self) -> f64 {
        self.penalties.iter().copied().fold(0.0, f64::max)
    }
}

impl Route {
    fn new(gradient: Gradient, dimension: usize) -> Result<Self, Error> {
        Ok(match gradient {
            Gradient::ClosedForm => Route::ClosedForm,
            Gradient::Graph => Route::Graph(Box::new(graph_route::program(dimension)?)),
        })
    }
}

fn expect_length(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(Error::WrongLength { what, expected, found }) }
}
