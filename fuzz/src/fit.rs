//! From a file to coefficients: an optimum, or an error that says why there is none.
//!
//! The objective at the origin is ln 2 whatever the data and the penalty, so an optimum above it is none.
//!
//! Invariant: files are small, so that a run is about odd numbers, not about long sums.

use std::f64::consts::LN_2;

use chainrule_data::{CsvReader, Dataset};
use chainrule_model::{Error, Fit, Gradient, LogisticRegression, Penalty, Solver};

use crate::csv::assert_clear;

/// Values of a file that is fitted; more are another matter.
const MOST_VALUES: usize = 200;
/// Steps of a descent, which need not arrive.
const STEPS: usize = 50;
/// What the objective at the optimum may exceed ln 2 by: the rounding of a mean of at most [`MOST_VALUES`] losses.
const ROUNDING: f64 = 1e-12;

/// Any bytes as a file with the target `y`, fitted by both solvers and both gradients, with a penalty and without.
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
            judge(&data, regression.solver(Solver::GradientDescent).iteration_limit(STEPS).fit(&data));
        }
    }
}

/// A fit is an optimum; a refusal is a clear line.
fn judge(data: &Dataset, result: Result<Fit, Error>) {
    match result {
        Err(error) => assert_clear(&error),
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
