//! The objective for the solvers of [argmin](https://docs.rs/argmin), feature `argmin`.
//!
//! Points and gradients are `Vec<f64>`, Hessians `Vec<Vec<f64>>`, since argmin knows nalgebra's types of an older version only. What argmin finds is its own: no
//! certificate, and no words about separated classes.
//!
//! ```
//! use argmin::core::{Executor, State};
//! use argmin::solver::linesearch::MoreThuenteLineSearch;
//! use argmin::solver::quasinewton::LBFGS;
//! use chainrule_data::certified::breast_cancer_ridge;
//! use chainrule_model::{Gradient, Objective};
//!
//! let certified = breast_cancer_ridge()?;
//! let objective = Objective::new(&certified.dataset, certified.lambda, Gradient::Graph)?;
//! let solver = LBFGS::new(MoreThuenteLineSearch::new(), 10);
//! let start = vec![0.0; certified.dataset.dimension() + 1];
//! let result = Executor::new(objective, solver).configure(|state| state.param(start).max_iters(200)).run()?;
//! let found = result.state().get_best_param().ok_or("none")?;
//! assert!((found[0] - certified.intercept).abs() < 1e-5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Invariant: nothing is computed here; every number is the objective's.

use argmin::core::{CostFunction, Error, Gradient, Hessian};
use nalgebra::DVector;

use crate::objective::Objective;

impl CostFunction for Objective<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, point: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.value(&DVector::from_column_slice(point))?)
    }
}

impl Gradient for Objective<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, point: &Vec<f64>) -> Result<Vec<f64>, Error> {
        let gradient = Objective::gradient(self, &DVector::from_column_slice(point))?;
        Ok(gradient.as_slice().to_vec())
    }
}

impl Hessian for Objective<'_> {
    type Param = Vec<f64>;
    type Hessian = Vec<Vec<f64>>;

    fn hessian(&self, point: &Vec<f64>) -> Result<Vec<Vec<f64>>, Error> {
        let hessian = Objective::hessian(self, &DVector::from_column_slice(point))?;
        Ok(hessian.column_iter().map(|column| column.iter().copied().collect()).collect())
    }
}
