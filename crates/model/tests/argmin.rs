//! argmin's solvers on our objective end at the certified optimum.
#![cfg(feature = "argmin")]

use argmin::core::{Executor, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::newton::NewtonCG;
use argmin::solver::quasinewton::LBFGS;
use chainrule_data::certified::{Certified, breast_cancer_ridge};
use chainrule_model::{Gradient, Objective};

fn assert_certified(certified: &Certified, found: &[f64]) {
    let known = [&[certified.intercept], certified.coefficients.as_slice()].concat();
    for (found, known) in found.iter().zip(known) {
        assert!((found - known).abs() < 1e-5, "{found} {known}");
    }
}

#[test]
fn gradients_serve_quasi_newton_methods() {
    let certified = breast_cancer_ridge().unwrap();
    for route in [Gradient::ClosedForm, Gradient::Graph] {
        let objective = Objective::new(&certified.dataset, certified.lambda, route).unwrap();
        let solver = LBFGS::new(MoreThuenteLineSearch::new(), 10);
        let run =
            Executor::new(objective, solver).configure(|state| state.param(vec![0.0; 31]).max_iters(500));
        assert_certified(&certified, run.run().unwrap().state().get_best_param().unwrap());
    }
}

#[test]
fn hessians_serve_newtons_method() {
    let certified = breast_cancer_ridge().unwrap();
    let objective = Objective::new(&certified.dataset, certified.lambda, Gradient::ClosedForm).unwrap();
    let solver: NewtonCG<_, f64> = NewtonCG::new(MoreThuenteLineSearch::new());
    let run = Executor::new(objective, solver).configure(|state| state.param(vec![0.0; 31]).max_iters(100));
    // It stops before the last digits of the coefficients are found.
    let found = run.run().unwrap().state().get_best_cost();
    assert!(found / certified.objective.unwrap() - 1.0 < 1e-4, "{found}");
}
