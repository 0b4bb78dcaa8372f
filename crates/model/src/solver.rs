//! What the solvers have in common: their names, what they see of a function, and how they end.
//!
//! Invariant: an outcome without obstacle met its solver's criterion for an optimum.

use std::fmt;

use nalgebra::{DMatrix, DVector};

use crate::error::{Error, Obstacle};
use crate::metric::Metric;

/// How to look for the minimum. A solver that is named is the one that is used, or the error says that it cannot be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Solver {
    /// [`Solver::Newton`] below 1,000 coefficients; from there [`Solver::NewtonCg`], which needs no matrix.
    #[default]
    Automatic,
    /// Newton's method; a few steps, each of which solves a linear system. Large data are begun on a part of them, and a Hessian is kept as long as
    /// it serves.
    Newton,
    /// Limited-memory BFGS (Liu and Nocedal, *Mathematical Programming* 45, 1989): gradients alone, room for a few vectors.
    Lbfgs,
    /// Newton's method with the linear system solved by conjugate gradients, as far as is worth it: one pass over the data for each product of
    /// the Hessian with a direction, and no matrix.
    NewtonCg,
    /// Gradient descent with a safe step, until the gradient vanishes; many cheap steps.
    GradientDescent,
}

impl Solver {
    /// How many steps it may take unless a limit is set.
    pub(crate) fn step_limit(self) -> usize {
        match self {
            Solver::Automatic | Solver::Newton | Solver::NewtonCg => NEWTON_STEPS,
            Solver::Lbfgs => LBFGS_STEPS,
            Solver::GradientDescent => DESCENT_STEPS,
        }
    }
}

/// Steps unless a limit is set: with and without conjugate gradients, of limited-memory BFGS, of descent, and for Firth's likelihood.
const NEWTON_STEPS: usize = 100;
const LBFGS_STEPS: usize = 1_000;
const DESCENT_STEPS: usize = 100_000;
pub(crate) const FIRTH_STEPS: usize = 1_000;

impl fmt::Display for Solver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Solver::Automatic => "the automatic choice of solver",
            Solver::Newton => "Newton's method",
            Solver::Lbfgs => "limited-memory BFGS",
            Solver::NewtonCg => "Newton's method by conjugate gradients",
            Solver::GradientDescent => "gradient descent",
        })
    }
}

/// A smooth function to be minimised.
pub(crate) trait Problem {
    /// How many coordinates a point has.
    fn size(&self) -> usize;

    /// The value and the gradient, by one pass over the data.
    fn value_and_gradient(&self, point: &DVector<f64>) -> Result<(f64, DVector<f64>), Error>;

    /// A point with what one pass tells of it.
    fn place(&self, point: DVector<f64>) -> Result<Place, Error> {
        let (value, gradient) = self.value_and_gradient(&point)?;
        Ok(Place { point, value, gradient, column: None })
    }

    /// The second derivatives.
    fn hessian(&self, point: &DVector<f64>) -> Result<DMatrix<f64>, Error>;

    /// The second derivatives times a direction, by one pass over the data.
    fn hessian_vector(&self, point: &DVector<f64>, direction: &DVector<f64>) -> Result<DVector<f64>, Error>;

    /// About how large the second derivative by each coordinate is, each above 0.
    fn curvatures(&self) -> DVector<f64>;

    /// A matrix that no Hessian exceeds, if one is known: steps by it always lower the value, if slowly.
    fn bound(&self) -> Option<Metric> {
        None
    }

    /// Whether the Hessian is nowhere indefinite.
    fn is_convex(&self) -> bool {
        true
    }

    /// A bound on the gap to the optimum that follows from the gradient alone, if there is one; roundings left out.
    fn gap_bound(&self, _: &Place) -> Option<f64> {
        None
    }

    /// What gaps are measured by: J, above 0.
    fn unit(&self, place: &Place) -> f64 {
        place.value.abs()
    }

    /// About how many passes for a gradient a Hessian costs.
    fn hessian_cost(&self) -> f64 {
        1.0 + self.size() as f64 / 20.0
    }
}

/// Where a solver ended: the point, J at the start and after each step, and what stood in the way of an optimum.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) place: Place,
    /// False where the last step was taken without a look: then value and gradient are those before it.
    pub(crate) is_seen: bool,
    pub(crate) history: Vec<f64>,
    pub(crate) obstacle: Option<Obstacle>,
}

impl Outcome {
    /// An end before the first step.
    pub(crate) fn at_origin(problem: &impl Problem, obstacle: Obstacle) -> Result<Self, Error> {
        let place = Place::at(problem, DVector::zeros(problem.size()))?;
        let history = vec![place.value];
        Ok(Outcome::at(place, history, Some(obstacle)))
    }

    /// An end at a place that was looked at.
    pub(crate) fn at(place: Place, history: Vec<f64>, obstacle: Option<Obstacle>) -> Self {
        Outcome { place, is_seen: true, history, obstacle }
    }
}

/// From so many coefficients on no Hessian is formed unless it is asked for.
pub(crate) const MANY_COEFFICIENTS: usize = 1_000;

/// When a solver is content.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    /// As near the optimum as rounding lets it come.
    Precise,
    /// √(∇JᵀM⁻¹∇J) of at most this after the next step, M being about the Hessian.
    Decrement(f64),
    /// A gap to the optimum of at most this share of J, by the bound there is, or as far as ∇JᵀM⁻¹∇J/2 tells.
    Gap(f64),
}

/// What may be lost to rounding when two values of J are compared, relative to J.
pub(crate) const OBJECTIVE_ROUNDING: f64 = 1e-12;

/// A step is halved at most this often; after that it no longer changes the point.
const HALVINGS: usize = 40;

/// A point, and value and gradient there.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) point: DVector<f64>,
    pub(crate) value: f64,
    pub(crate) gradient: DVector<f64>,
    /// The first column of the loss's Hessian, where a proof may ask for it.
    pub(crate) column: Option<DVector<f64>>,
}

impl Place {
    pub(crate) fn at(problem: &impl Problem, point: DVector<f64>) -> Result<Self, Error> {
        problem.place(point)
    }

    /// The first place on the way along a step, whole, halved, …, where the value has fallen as the slope promises, up to rounding; at most so many
    /// are tried.
    pub(crate) fn lower(
        &self,
        problem: &impl Problem,
        step: &DVector<f64>,
        tries: usize,
    ) -> Result<Option<Place>, Error> {
        /// Armijo's share of the promised fall (Nocedal and Wright, *Numerical Optimization*, 2nd edition 2006, section 3.1).
        const PROMISED: f64 = 1e-4;
        let slope = self.gradient.dot(step);
        let mut share = 1.0;
        for _ in 0..tries.min(HALVINGS) {
            let there = Place::at(problem, &self.point + step * share)?;
            let allowed = self.value + PROMISED * share * slope + OBJECTIVE_ROUNDING * problem.unit(self);
            if there.value <= allowed && there.gradient.iter().all(|slope| slope.is_finite()) {
                return Ok(Some(there));
            }
            share /= 2.0;
        }
        Ok(None)
    }
}
