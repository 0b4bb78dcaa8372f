//! The objective: mean log-loss plus penalty, with gradient and Hessian by either route.
//!
//! With weights cᵢ, 1 unless given, pᵢ = cᵢ/Σc, and offsets oᵢ, 0 unless given:
//!
//! ```text
//! J(b, w)  = Σᵢ pᵢ·L⁽ⁱ⁾ + ½ Σⱼ λⱼ·wⱼ²                               z⁽ⁱ⁾ = b + w·x⁽ⁱ⁾ + oᵢ
//! ∂J/∂wⱼ   = Σᵢ pᵢ·(a⁽ⁱ⁾ − y⁽ⁱ⁾)·xⱼ⁽ⁱ⁾ + λⱼ·wⱼ                       ∂J/∂b = Σᵢ pᵢ·(a⁽ⁱ⁾ − y⁽ⁱ⁾)
//! ∂²J      = Σᵢ pᵢ·a⁽ⁱ⁾(1 − a⁽ⁱ⁾)·x̃⁽ⁱ⁾x̃⁽ⁱ⁾ᵀ + diag(0, λ)            with x̃ = (1, x)
//! ```
//!
//! Shapes: with d features a point has d + 1 entries, the intercept b first, then w.
//!
//! Invariant: a solver sees only this; the two routes differ in how the sums over the examples are made, nowhere else. In standard coordinates
//! ([`Units`]) it is the same function of other numbers.

use chainrule_data::Dataset;
use chainrule_program::Program;
use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::examples::Examples;
use crate::loss::log_loss;
use crate::metric::Metric;
use crate::penalty::checked;
use crate::residuals::Residual;
use crate::ridge::Ridge;
use crate::solver::{Place, Problem};
use crate::units::Units;
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
    examples: Examples<'d>,
    units: Units,
    ridge: Ridge,
    route: Route,
    /// Whether a pass for a gradient also makes the Hessian's first column.
    has_column: bool,
}

/// A scale below this times √λ would have a penalty in standard coordinates beyond 10²⁰⁰.
const LEAST_SCALE: f64 = 1e-100;

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
        for &lambda in &penalties {
            checked(lambda)?;
        }
        Objective::in_units(data, Units::none(data.dimension()), Ridge::diagonal(penalties), route)
    }

    /// The same J with ½·λ·‖w‖² as a function of the coefficients of standardised columns, w′ⱼ = sⱼ·wⱼ: then λ·wⱼ² is (λ/sⱼ²)·w′ⱼ².
    /// The means and deviations are those of a part of the data, or of the whole.
    pub(crate) fn standardised(
        data: &'d Dataset,
        part: &Dataset,
        lambda: f64,
        route: Gradient,
    ) -> Result<Self, Error> {
        let lambda = checked(lambda)?;
        let units = Units::of(data, part, LEAST_SCALE * lambda.sqrt())?;
        let ridge = Ridge::in_units(&units, lambda);
        Objective::in_units(data, units, ridge, route)
    }

    /// The same J with residuals instead of some columns, under the λ of the given columns.
    pub(crate) fn with_residuals(&self, data: &'d Dataset, residuals: Vec<Residual>, lambda: f64) -> Self {
        let units = self.units.with_residuals(residuals);
        Objective {
            examples: Examples::new(data, &units).on_threads(self.examples.is_parallel()),
            ridge: Ridge::in_units(&units, lambda),
            units,
            route: self.route.clone(),
            has_column: false,
        }
    }

    fn in_units(data: &'d Dataset, units: Units, ridge: Ridge, route: Gradient) -> Result<Self, Error> {
        let route = Route::new(route, data)?;
        Ok(Objective { examples: Examples::new(data, &units), units, ridge, route, has_column: false })
    }

    /// The same J in the same coordinates over other examples of the same features.
    pub(crate) fn over<'o>(&self, data: &'o Dataset) -> Objective<'o> {
        Objective {
            examples: Examples::new(data, &self.units).on_threads(self.examples.is_parallel()),
            units: self.units.clone(),
            ridge: self.ridge.clone(),
            route: self.route.clone(),
            has_column: false,
        }
    }

    /// The same, where each place that a solver looks at comes with the first column of the loss's Hessian, if the closed form makes the gradients.
    pub(crate) fn with_column(self) -> Self {
        let has_column = matches!(self.route, Route::ClosedForm);
        Objective { has_column, ..self }
    }

    /// The same, each pass on the threads of the current [rayon](https://docs.rs/rayon) pool: `pool.install(|| …)`, or the global one. The bits
    /// are the same for any number of them.
    #[cfg(feature = "rayon")]
    #[must_use]
    pub fn parallel(self) -> Self {
        self.on_threads(true)
    }

    pub(crate) fn on_threads(self, parallel: bool) -> Self {
        Objective { examples: self.examples.on_threads(parallel), ..self }
    }

    /// The logits z⁽ⁱ⁾, one an example.
    ///
    /// # Errors
    /// [`Error::WrongLength`] unless `point` has d + 1 entries.
    pub fn logits(&self, point: &DVector<f64>) -> Result<DVector<f64>, Error> {
        Ok(closed_form::logits(&self.examples, &self.on_columns(point)?))
    }

    /// Whether every example lies on its class's side of a point's hyperplane.
    pub(crate) fn is_separating(&self, point: &DVector<f64>) -> bool {
        closed_form::separates(&self.examples, &self.units.on_columns(point))
    }

    /// The log-loss of each example, without penalty.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn losses(&self, point: &DVector<f64>) -> Result<DVector<f64>, Error> {
        let labels = self.examples.labels();
        let loss = |i: usize, _: usize, logit: f64| log_loss(&logit, &labels[i]);
        Ok(self.logits(point)?.map_with_location(loss))
    }

    /// J.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn value(&self, point: &DVector<f64>) -> Result<f64, Error> {
        let on_columns = self.on_columns(point)?;
        let mean = match &self.route {
            Route::ClosedForm => closed_form::value(&self.examples, &on_columns),
            Route::Graph(program) => graph_route::value(program, &self.examples, &on_columns)?,
        };
        Ok(mean + self.penalty(point))
    }

    /// J and ∇J, the intercept's entry first, by one pass over the data.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn value_and_gradient(&self, point: &DVector<f64>) -> Result<(f64, DVector<f64>), Error> {
        let on_columns = self.on_columns(point)?;
        let (mean, gradient) = match &self.route {
            Route::ClosedForm => closed_form::value_and_gradient(&self.examples, &on_columns),
            Route::Graph(program) => graph_route::value_and_gradient(program, &self.examples, &on_columns)?,
        };
        Ok((mean + self.penalty(point), self.in_coordinates(&gradient, point)))
    }

    /// ∇J, the intercept's entry first.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn gradient(&self, point: &DVector<f64>) -> Result<DVector<f64>, Error> {
        Ok(self.value_and_gradient(point)?.1)
    }

    /// ∇²J, (d + 1) × (d + 1), symmetric to the bit, the intercept's row and column first.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn hessian(&self, point: &DVector<f64>) -> Result<DMatrix<f64>, Error> {
        let on_columns = self.on_columns(point)?;
        let hessian = match &self.route {
            Route::ClosedForm => closed_form::hessian(&self.examples, &on_columns),
            Route::Graph(program) => graph_route::hessian(program, &self.examples, &on_columns)?,
        };
        Ok(self.ridge.added_to_matrix(self.units.hessian(&hessian), 1.0))
    }

    /// The same by the closed form, whose roundings are known.
    pub(crate) fn closed_hessian(&self, point: &DVector<f64>) -> Result<DMatrix<f64>, Error> {
        let hessian = closed_form::hessian(&self.examples, &self.on_columns(point)?);
        Ok(self.ridge.added_to_matrix(self.units.hessian(&hessian), 1.0))
    }

    /// ∇²J·v for a direction v of d + 1 entries, by one pass over the data.
    ///
    /// # Errors
    /// As [`logits`](Self::logits).
    pub fn hessian_vector(
        &self,
        point: &DVector<f64>,
        direction: &DVector<f64>,
    ) -> Result<DVector<f64>, Error> {
        let (at, along) = (self.on_columns(point)?, self.on_columns(direction)?);
        let product = match &self.route {
            Route::ClosedForm => closed_form::hessian_vector(&self.examples, &at, &along),
            Route::Graph(program) => graph_route::hessian_vector(program, &self.examples, &at, &along)?,
        };
        Ok(self.ridge.added_to(self.units.gradient(&product), direction))
    }

    /// Σᵢ pᵢ·x̃⁽ⁱ⁾x̃⁽ⁱ⁾ᵀ
    pub(crate) fn mean_gram(&self) -> DMatrix<f64> {
        self.units.hessian(&closed_form::mean_gram(&self.examples))
    }

    /// Σᵢ pᵢ·x̃⁽ⁱ⁾x̃⁽ⁱ⁾ᵀ/4 + diag(0, λ), which no Hessian of J exceeds.
    pub(crate) fn curvature_bound(&self) -> DMatrix<f64> {
        self.ridge.added_to_matrix(self.mean_gram() / 4.0, 1.0)
    }

    /// x̃′ of some examples from the start on, one a column: 1, then the features in the objective's coordinates.
    pub(crate) fn rows(&self, start: usize, size: usize) -> DMatrix<f64> {
        let columns = self.examples.columns();
        DMatrix::from_fn(columns.len() + 1, size, |j, i| match j.checked_sub(1) {
            None => 1.0,
            Some(j) => {
                let (mean, scale) = self.units.of_seen(j);
                (columns[j][start + i] - mean) / scale
            }
        })
    }

    /// max ‖(dⱼ·x̃′ⱼ)ⱼ‖ over the examples, for a scale d of 1 and the features in the objective's coordinates.
    pub(crate) fn longest(&self, scale: &DVector<f64>) -> f64 {
        let maps = (1..scale.len()).map(|j| {
            let (mean, unit) = self.units.of_seen(j - 1);
            (mean, scale[j] / unit)
        });
        closed_form::longest(&self.examples, scale[0], &maps.collect::<Vec<_>>())
    }

    /// ½ Σⱼ λⱼ·wⱼ²
    pub(crate) fn penalty(&self, point: &DVector<f64>) -> f64 {
        self.ridge.value(point)
    }

    /// ∇J at a point, from the loss's gradient by the coefficients of the columns that passes see.
    pub(crate) fn in_coordinates(&self, gradient: &DVector<f64>, point: &DVector<f64>) -> DVector<f64> {
        self.ridge.added_to(self.units.gradient(gradient), point)
    }

    fn on_columns(&self, point: &DVector<f64>) -> Result<DVector<f64>, Error> {
        expect_length("coefficients, the intercept included,", self.examples.dimension() + 1, point.len())?;
        Ok(self.units.on_columns(point))
    }

    pub(crate) fn examples(&self) -> &Examples<'d> {
        &self.examples
    }

    pub(crate) fn units(&self) -> &Units {
        &self.units
    }

    /// Whether no weight is penalised.
    pub(crate) fn is_unpenalised(&self) -> bool {
        self.penalties().iter().all(|&lambda| lambda == 0.0)
    }

    /// λⱼ for each weight.
    pub(crate) fn penalties(&self) -> &DVector<f64> {
        self.ridge.lambdas()
    }

    /// The penalty.
    pub(crate) fn ridge(&self) -> &Ridge {
        &self.ridge
    }
}

impl Problem for Objective<'_> {
    fn size(&self) -> usize {
        self.examples.dimension() + 1
    }

    fn value_and_gradient(&self, point: &DVector<f64>) -> Result<(f64, DVector<f64>), Error> {
        Objective::value_and_gradient(self, point)
    }

    fn place(&self, point: DVector<f64>) -> Result<Place, Error> {
        if !self.has_column {
            let (value, gradient) = Objective::value_and_gradient(self, &point)?;
            return Ok(Place { point, value, gradient, column: None });
        }
        let on_columns = self.on_columns(&point)?;
        let (mean, gradient, column) = closed_form::value_gradient_and_column(&self.examples, &on_columns);
        let (value, gradient) = (mean + self.penalty(&point), self.in_coordinates(&gradient, &point));
        Ok(Place { point, value, gradient, column: Some(self.units.gradient(&column)) })
    }

    fn hessian(&self, point: &DVector<f64>) -> Result<DMatrix<f64>, Error> {
        Objective::hessian(self, point)
    }

    fn hessian_vector(&self, point: &DVector<f64>, direction: &DVector<f64>) -> Result<DVector<f64>, Error> {
        Objective::hessian_vector(self, point, direction)
    }

    fn gap_bound(&self, place: &Place) -> Option<f64> {
        // As in the certificate by strong convexity, without roundings and terms of second order, and without the Hessian's first column with a guess at its first entry, the mean
        // of a(1 − a), which is about the loss where that is small: the proof itself decides.
        let penalties = self.penalties();
        let is_convex =
            !self.ridge.is_coupled() && !penalties.is_empty() && penalties.iter().all(|&lambda| lambda > 0.0);
        let slope = place.gradient[0];
        let curvature = place.column.as_ref().map_or((0.3 * place.value).min(0.05), |column| column[0]);
        let delta = -(-slope.abs() / curvature).ln_1p();
        let beyond = if place.column.is_some() { delta.exp_m1() * delta / 4.0 } else { 0.0 };
        let share = |j: usize, lambda: f64| {
            let moved = match &place.column {
                Some(column) => (place.gradient[j + 1] - slope / column[0] * column[j + 1]).abs(),
                None => place.gradient[j + 1].abs() + slope.abs() / (0.3 * place.value).min(0.05) / 4.0,
            };
            (moved + beyond).powi(2) / (2.0 * lambda)
        };
        let of_weights = penalties.iter().enumerate().map(|(j, &lambda)| share(j, lambda));
        is_convex.then(|| of_weights.sum::<f64>() + slope * slope / curvature)
    }

    fn bound(&self) -> Option<Metric> {
        Metric::factored(self.curvature_bound())
    }

    fn curvatures(&self) -> DVector<f64> {
        // Standardised columns have a mean square of 1, and a(1 − a) is at most a quarter.
        let weights = self.penalties().iter().map(|lambda| 0.25 + lambda);
        DVector::from_iterator(self.size(), std::iter::once(0.25).chain(weights))
    }
}

impl Route {
    fn new(gradient: Gradient, data: &Dataset) -> Result<Self, Error> {
        Ok(match gradient {
            Gradient::ClosedForm => Route::ClosedForm,
            Gradient::Graph => {
                let program = graph_route::program(data.dimension(), data.offset().is_some())?;
                Route::Graph(Box::new(program))
            }
        })
    }
}

fn expect_length(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(Error::WrongLength { what, expected, found }) }
}
