//! From a file to coefficients: an optimum, or an error that says why there is none.
//!
//! The objective at the origin is ln 2 whatever the data and the penalty, so an optimum above it is none.
//!
//! Invariant: files are small, so that a run is about odd numbers, not about long sums.

use std::f64::consts::LN_2;

use chainrule_data::{CsvReader, Dataset};
use chainrule_model::{Error, Fit, Gradient, LogisticRegression, Obstacle, Penalty, Separation, Solver};

use crate::csv::assert_clear;

/// Values of a file that is fitted; more are another matter.
const MOST_VALUES: usize = 200;
/// Steps of a descent, which need not arrive.
const STEPS: usize = 50;
/// What the objective at the optimum may exceed ln 2 by: the rounding of a mean of at most [`MOST_VALUES`] losses.
const ROUNDING: f64 = 1e-12;

/// Any bytes as a file with the target `y`, fitted by all solvers and both gradients, with a penalty and without.
pub fn any_file(bytes: &[u8]) {
    let Ok(reading) = CsvReader::new("y").labels_as_found().read(bytes, "fuzzed.csv") else { return };
    let data = reading.dataset;
    if data.len() * (data.dimension() + 1) > MOST_VALUES {
        return;
    }
    for penalty in [Penalty::None, Penalty::L2(0.1)] {
        for gradient in [Gradient::ClosedForm, Gradient::Graph] {
            let regression = LogisticRegression::new().penalty(penalty).gradient(gradient);
            judge(&data, regression.fit(&data));
            for solver in [Solver::GradientDescent, Solver::Lbfgs, Solver::NewtonCg] {
                judge(&data, regression.clone().solver(solver).iteration_limit(STEPS).fit(&data));
            }
        }
    }
    // Firth's objective may be anything; its coefficients are numbers, or there is a clear line.
    match LogisticRegression::new().penalty(Penalty::Firth).iteration_limit(STEPS).fit(&data) {
        Ok(fit) => assert!(fit.coefficients().iter().all(|weight| weight.is_finite())),
        Err(error) => assert_clear(&error),
    }
}

/// A fit is an optimum; a refusal is a clear line.
fn judge(data: &Dataset, result: Result<Fit, Error>) {
    match result {
        Err(error) => {
            assert_clear(&error);
            if let Error::NotReached { obstacle: Obstacle::Separable { separation }, .. } = error {
                assert_separates(data, &separation);
            }
        }
        Ok(fit) => {
            assert!(fit.converged());
            assert_eq!(fit.coefficients().len(), data.dimension());
            assert!(
                fit.intercept().is_finite() && fit.coefficients().iter().all(|w| w.is_finite()),
                "{fit:?}"
            );
            assert!(fit.objective() <= LN_2 + ROUNDING, "no optimum: {fit:?} of {data:?}");
        }
    }
}

/// No example lies on the wrong side by more than rounding can have put it there.
fn assert_separates(data: &Dataset, separation: &Separation) {
    let operations = (data.dimension() + 3) as f64;
    for (row, label) in data.labels().iter().enumerate() {
        let products = data.columns().zip(separation.weights()).map(|(column, weight)| column[row] * weight);
        let (sum, size) = products
            .fold((separation.intercept(), separation.intercept().abs()), |(sum, size), product| {
                (sum + product, size + product.abs())
            });
        let side = if *label > 0.5 { sum } else { -sum };
        assert!(
            side >= -4.0 * operations * f64::EPSILON * size,
            "{separation:?} of {data:?}, row {row}: {side}"
        );
    }
}
