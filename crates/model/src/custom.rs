//! Any loss of one example, written as a graph, fitted by the machinery of the logistic regression.
//!
//! ```text
//! J(p) = Σᵢ cᵢ·L(p, dataᵢ)/Σc + ½ Σⱼ λⱼ·pⱼ²
//! ```
//!
//! for parameters p of the graph and its data as columns: Poisson counts, robust losses, curves. Derivatives come out of the graph, compiled by chainrule-program; the
//! solvers see the same as they see of a logistic regression.
//!
//! Invariant: a minimum has a gradient that vanishes but for rounding, a Hessian that is positive definite, and a Newton step that leaves the Hessian as it is; of a loss that is
//! not convex there may be others.

use chainrule_data::shown;
use chainrule_graph::{Graph, Node};
use chainrule_program::{Examples, Program};
use nalgebra::{DMatrix, DVector};

use crate::collinear::dependences;
use crate::error::{Error, Obstacle};
use crate::fit::{Fit, euclidean_norm};
use crate::metric::Factor;
use crate::names::quoted;
use crate::newton_cg;
use crate::penalty::checked;
use crate::quasi_newton::{self, Look, Manner};
use crate::solver::{Goal, MANY_COEFFICIENTS, Outcome, Place, Problem, Solver};

impl Fit {
    /// A loss of one example to be fitted: a graph over parameters and data.
    ///
    /// ```
    /// use chainrule_graph::Graph;
    /// use chainrule_model::Fit;
    ///
    /// // Poisson counts with the rate e^(a + b·x): −ln of the probability but for what does not depend on a and b.
    /// let g = Graph::new();
    /// let loss = g.parse("data x, count; z = a + b*x; exp(z) - count*z")?;
    /// let (x, count) = ([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 16.0]);
    /// let minimum = Fit::loss(&g, loss)?.fit(&[&x, &count])?;
    /// assert_eq!(minimum.names(), ["a", "b"]);
    /// // At the maximum of the likelihood the rates add up to the counts.
    /// let (a, b) = (minimum.parameters()[0], minimum.parameters()[1]);
    /// let rates: f64 = x.iter().map(|x| (a + b * x).exp()).sum();
    /// assert!((rates / 25.0 - 1.0).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of compiling the graph.
    pub fn loss(graph: &Graph, loss: Node<'_>) -> Result<LossRegression, Error> {
        let program = Program::new(graph, loss)?;
        let size = program.parameters().len();
        Ok(LossRegression {
            penalties: DVector::zeros(size),
            start: DVector::zeros(size),
            program,
            solver: Solver::Automatic,
            limit: None,
            parallel: false,
        })
    }
}

/// A loss to be fitted; made by [`Fit::loss`].
#[derive(Clone, Debug)]
pub struct LossRegression {
    program: Program,
    penalties: DVector<f64>,
    start: DVector<f64>,
    solver: Solver,
    limit: Option<usize>,
    #[cfg_attr(not(feature = "rayon"), expect(dead_code, reason = "there is no pool"))]
    parallel: bool,
}

/// Steps of Newton's method, and of limited-memory BFGS, unless said otherwise.
const NEWTON_STEPS: usize = 200;
const LBFGS_STEPS: usize = 2_000;

impl LossRegression {
    /// The names of the parameters, in the order of the graph.
    pub fn names(&self) -> &[String] {
        self.program.parameters()
    }

    /// The names of the data, in the order in which columns are given.
    pub fn columns(&self) -> &[String] {
        self.program.columns()
    }

    /// Adds λ/2 times the squares of these parameters: to what was added before, and twice for a name that is given twice.
    ///
    /// # Errors
    /// [`Error::InvalidPenalty`] unless λ is finite and not negative; [`Error::NoSuchParameter`] for a name that the graph has not.
    pub fn l2(mut self, lambda: f64, names: &[&str]) -> Result<Self, Error> {
        let lambda = checked(lambda)?;
        for name in names {
            let position = self.names().iter().position(|known| known == name);
            let Some(position) = position else {
                let known = quoted(self.names());
                return Err(Error::NoSuchParameter { name: (*name).to_owned(), known });
            };
            self.penalties[position] += lambda;
        }
        Ok(self)
    }

    /// Begins at a point, one number a parameter; by default at the origin.
    ///
    /// # Errors
    /// [`Error::WrongLength`] unless there are as many as parameters.
    pub fn start(self, point: &[f64]) -> Result<Self, Error> {
        let expected = self.names().len();
        if point.len() != expected {
            return Err(Error::WrongLength { what: "parameters", expected, found: point.len() });
        }
        Ok(LossRegression { start: DVector::from_column_slice(point), ..self })
    }

    /// Sets the solver. [`Solver::GradientDescent`] has no safe step for a loss that is not known: to ask for it is an error of [`fit`](Self::fit).
    ///
    /// Whatever the solver, the Hessian at its end is what tells a minimum from any other level point, and last steps by that Hessian bring the
    /// gradient down as far as rounding lets them.
    #[must_use]
    pub fn solver(self, solver: Solver) -> Self {
        LossRegression { solver, ..self }
    }

    /// Sets how many steps the solver may take; by default 200 for Newton's method, 2,000 for limited-memory BFGS.
    #[must_use]
    pub fn iteration_limit(self, limit: usize) -> Self {
        LossRegression { limit: Some(limit), ..self }
    }

    /// Passes over the data on the threads of the current [rayon](https://docs.rs/rayon) pool; the bits are the same for any number of them.
    #[cfg(feature = "rayon")]
    #[must_use]
    pub fn parallel(self) -> Self {
        LossRegression { parallel: true, ..self }
    }

    /// A minimum over examples: one column of numbers for each of [`columns`](Self::columns).
    ///
    /// # Errors
    /// [`Error::LossNotReached`] with the reason; [`Error::Unsupported`] for gradient descent; those of the program for columns that do not fit.
    pub fn fit(&self, columns: &[&[f64]]) -> Result<Minimum, Error> {
        self.expect_finite(columns, |_| true)?;
        let examples = self.program.over(columns)?;
        self.minimum(examples, columns.first().map_or(1.0, |column| column.len() as f64))
    }

    /// The same where each example has a weight: 2 counts as two such examples, 0 as none.
    ///
    /// # Errors
    /// As [`fit`](Self::fit); those of the program for weights.
    pub fn fit_weighted(&self, columns: &[&[f64]], weights: &[f64]) -> Result<Minimum, Error> {
        self.expect_finite(columns, |row| weights.get(row).is_none_or(|&weight| weight != 0.0))?;
        let examples = self.program.over(columns)?.weights(weights)?;
        self.minimum(examples, weights.iter().sum())
    }

    /// What examples that count hold is finite.
    fn expect_finite(&self, columns: &[&[f64]], counts: impl Fn(usize) -> bool) -> Result<(), Error> {
        for (name, column) in self.columns().iter().zip(columns) {
            if let Some(row) = (0..column.len()).find(|&row| !column[row].is_finite() && counts(row)) {
                let (column, value) = (shown(name), column[row]);
                return Err(chainrule_data::Error::NonFinite { row, column, value }.into());
            }
        }
        Ok(())
    }

    fn minimum(&self, examples: Examples<'_>, total_weight: f64) -> Result<Minimum, Error> {
        if self.solver == Solver::GradientDescent {
            return Err(no_descent());
        }
        #[cfg(feature = "rayon")]
        let examples = if self.parallel { examples.parallel() } else { examples };
        let mut loss = Loss::new(examples, &self.penalties, &self.start)?;
        if !loss.is_finite_at_start {
            return not_reached(Obstacle::NotFinite, f64::NAN, &self.start);
        }
        let (mut start, mut history) = (self.start.clone(), Vec::new());
        for _ in 0..ROUNDS {
            let taken = history.len().saturating_sub(1);
            let outcome = self.minimised(&loss, start, taken)?;
            let (value, gradient) = loss.value_and_gradient(&outcome.place.point)?;
            let gradient_norm = euclidean_norm(&gradient);
            if let Some(obstacle) = outcome.obstacle {
                return not_reached(obstacle, gradient_norm, &outcome.place.point);
            }
            history.extend(outcome.history.into_iter().skip(usize::from(!history.is_empty())));
            let hessian = loss.hessian(&outcome.place.point)?;
            let factor = match self.factored(&hessian) {
                Ok(factor) => factor,
                Err(obstacle) => return not_reached(obstacle, gradient_norm, &outcome.place.point),
            };
            let place = Place { point: outcome.place.point, value, gradient, column: None };
            if is_settled(&loss, &place.point, &factor.solve(&place.gradient), &hessian)? {
                let Some(covariance) = factor.inverse().map(|inverse| inverse / total_weight) else {
                    return not_reached(Obstacle::SingularHessian, gradient_norm, &place.point);
                };
                let left = self.steps().saturating_sub(history.len().saturating_sub(1));
                let place = polished(&loss, place, &factor, left, &mut history)?;
                let Place { point, value, gradient, .. } = place;
                let (names, gradient_norm) = (self.names().to_vec(), euclidean_norm(&gradient));
                return Ok(Minimum { names, point, value, gradient_norm, history, hessian, covariance });
            }
            // The start may have been so far up that all below looked level: from here it does not.
            loss.scale = value.abs();
            start = place.point;
        }
        let gradient_norm = euclidean_norm(&loss.value_and_gradient(&start)?.1);
        not_reached(Obstacle::NoMinimum, gradient_norm, &start)
    }

    /// The Hessian's factor, or what keeps it from determining the parameters.
    fn factored(&self, hessian: &DMatrix<f64>) -> Result<Factor, Obstacle> {
        /// Eigenvalues below this share of the largest are no rounding.
        const NEGATIVE: f64 = -1e-10;
        let factor = Factor::new(hessian.clone()).ok_or(Obstacle::SingularHessian);
        if factor.as_ref().is_ok_and(Factor::is_clearly_definite) {
            return factor;
        }
        if hessian.iter().any(|entry| !entry.is_finite()) {
            return Err(Obstacle::SingularHessian);
        }
        let eigenvalues = hessian.symmetric_eigenvalues();
        if eigenvalues.min() < NEGATIVE * eigenvalues.amax() {
            return Err(Obstacle::NoMinimumHere);
        }
        let dependences = dependences(hessian, self.names());
        if dependences.is_empty() { factor } else { Err(Obstacle::Dependent { dependences }) }
    }

    /// How many steps may be taken in all.
    fn steps(&self) -> usize {
        self.limit.unwrap_or(if self.solver == Solver::Lbfgs { LBFGS_STEPS } else { NEWTON_STEPS })
    }

    /// Where the solver ends, after so many steps that were taken before.
    fn minimised(&self, loss: &Loss<'_>, start: DVector<f64>, taken: usize) -> Result<Outcome, Error> {
        let watch = &mut |_: &Look<'_>| Ok(None);
        let limit = self.steps().saturating_sub(taken);
        let is_large = loss.size() >= MANY_COEFFICIENTS;
        let manner = match self.solver {
            Solver::NewtonCg => return newton_cg::minimise(loss, start, Goal::Precise, limit, watch),
            Solver::Automatic if is_large => {
                return newton_cg::minimise(loss, start, Goal::Precise, limit, watch);
            }
            Solver::Automatic | Solver::Newton => Manner::newton(limit),
            Solver::Lbfgs => Manner::lbfgs(loss.curvatures(), limit),
            Solver::GradientDescent => return Err(no_descent()),
        };
        Ok(quasi_newton::minimise(loss, start, manner, Goal::Precise, watch)?.0)
    }
}

/// Of a loss that is not known there is no bound on the curvature, which a step of descent would be measured by.
fn no_descent() -> Error {
    Error::Unsupported {
        asked: Solver::GradientDescent.to_string(),
        purpose: "a custom loss",
        reason: "no step is known to be safe for it",
        remedy: "choose Newton's method, with or without conjugate gradients, or limited-memory BFGS, or leave the solver automatic",
    }
}

/// How often a solver begins anew where it ended: each time it brings the loss down by sixteen digits, beside which a minimum is in sight or there is none.
const ROUNDS: usize = 6;

/// Newton steps at the end, each of which doubles the digits.
const LAST_STEPS: usize = 4;

/// Entries of the Hessian that change by less than this share along the Newton step that is left.
const SETTLED: f64 = 0.1;

/// Whether a Newton step, which ought to be next to nothing, leaves the Hessian as it is. Where a loss goes on falling towards 0, as on separated classes, value and gradient are
/// soon as small as anyone likes, but each step is as long as the one before and takes the Hessian down with it.
fn is_settled(
    loss: &Loss<'_>,
    point: &DVector<f64>,
    step: &DVector<f64>,
    hessian: &DMatrix<f64>,
) -> Result<bool, Error> {
    let beyond = loss.hessian(&(point - step))?.diagonal();
    let is_same = |(after, before): (&f64, &f64)| (after / before - 1.0).abs() <= SETTLED;
    Ok(beyond.iter().zip(hessian.diagonal().iter()).all(is_same))
}

/// A place after the Newton steps, if some are left, that still bring the gradient down: beside a loss that was large at the start a solver takes
/// the last of them for rounding.
fn polished(
    loss: &Loss<'_>,
    mut place: Place,
    factor: &Factor,
    left: usize,
    history: &mut Vec<f64>,
) -> Result<Place, Error> {
    for _ in 0..LAST_STEPS.min(left) {
        let next = Place::at(loss, &place.point - factor.solve(&place.gradient))?;
        let is_nearer = euclidean_norm(&next.gradient) < euclidean_norm(&place.gradient);
        if !is_nearer {
            break;
        }
        history.push(next.value);
        place = next;
    }
    Ok(place)
}

fn not_reached<T>(obstacle: Obstacle, gradient_norm: f64, point: &DVector<f64>) -> Result<T, Error> {
    let parameters = point.as_slice().to_vec();
    Err(Error::LossNotReached { obstacle, gradient_norm, parameters })
}

/// A minimum of a loss.
#[derive(Clone, Debug)]
pub struct Minimum {
    names: Vec<String>,
    point: DVector<f64>,
    value: f64,
    gradient_norm: f64,
    history: Vec<f64>,
    hessian: DMatrix<f64>,
    covariance: DMatrix<f64>,
}

impl Minimum {
    /// The names of the parameters.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The parameters at the minimum.
    pub fn parameters(&self) -> &[f64] {
        self.point.as_slice()
    }

    /// J there.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// ‖∇J‖ there.
    pub fn gradient_norm(&self) -> f64 {
        self.gradient_norm
    }

    /// J at the start and after each step.
    pub fn history(&self) -> &[f64] {
        &self.history
    }

    /// ∇²J there, positive definite, symmetric to the bit.
    pub fn hessian(&self) -> &DMatrix<f64> {
        &self.hessian
    }

    /// (Σc·∇²J)⁻¹, symmetric to the bit, which is the covariance of the parameters if the loss is −ln of a probability density and nothing is
    /// penalised.
    pub fn covariance(&self) -> &DMatrix<f64> {
        &self.covariance
    }
}

/// A loss over examples, as solvers see it.
struct Loss<'a> {
    examples: Examples<'a>,
    penalties: &'a DVector<f64>,
    /// |J| at the start: what rounding is measured by.
    scale: f64,
    is_finite_at_start: bool,
}

impl<'a> Loss<'a> {
    fn new(examples: Examples<'a>, penalties: &'a DVector<f64>, start: &DVector<f64>) -> Result<Self, Error> {
        let mut loss = Loss { examples, penalties, scale: 0.0, is_finite_at_start: false };
        let (value, gradient) = loss.value_and_gradient(start)?;
        loss.scale = value.abs();
        loss.is_finite_at_start = value.is_finite() && gradient.iter().all(|slope| slope.is_finite());
        Ok(loss)
    }
}

impl Problem for Loss<'_> {
    fn size(&self) -> usize {
        self.penalties.len()
    }

    fn value_and_gradient(&self, point: &DVector<f64>) -> Result<(f64, DVector<f64>), Error> {
        let (value, gradient) = self.examples.value_and_gradient(point.as_slice())?;
        let pull = self.penalties.component_mul(point);
        Ok((value + pull.dot(point) / 2.0, DVector::from_vec(gradient) + pull))
    }

    fn hessian(&self, point: &DVector<f64>) -> Result<DMatrix<f64>, Error> {
        let rows = self.examples.hessian(point.as_slice())?;
        let bent = |j: usize, k: usize| rows[j][k] + if j == k { self.penalties[j] } else { 0.0 };
        Ok(DMatrix::from_fn(point.len(), point.len(), bent))
    }

    fn hessian_vector(&self, point: &DVector<f64>, direction: &DVector<f64>) -> Result<DVector<f64>, Error> {
        let product = self.examples.hessian_vector(point.as_slice(), direction.as_slice())?;
        Ok(DVector::from_vec(product) + self.penalties.component_mul(direction))
    }

    fn curvatures(&self) -> DVector<f64> {
        self.penalties.map(|penalty| 1.0 + penalty)
    }

    fn unit(&self, place: &Place) -> f64 {
        place.value.abs().max(self.scale).max(f64::MIN_POSITIVE)
    }

    fn is_convex(&self) -> bool {
        false
    }
}
