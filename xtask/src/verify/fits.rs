//! Whole fits: the two real data sets against their certified coefficients.
//!
//! Invariant: the certified numbers come from the data crate, which says who computed them and how.

use chainrule_data::certified::{Certified, breast_cancer_ridge, spector};
use chainrule_model::{Error as ModelError, Gradient, LogisticRegression, Penalty, Solver};

use super::{Check, Emit};
use crate::error::Error;

/// The relative error in any coefficient that is still an agreement with the certified value.
const CERTIFIED: f64 = 1e-8;

pub(super) fn checks(emit: &mut Emit<'_>) -> Result<(), Error> {
    for certified in [spector()?, breast_cancer_ridge()?] {
        emit(fit(&certified, "Newton, closed form", Solver::Newton, Gradient::ClosedForm)?);
        emit(fit(&certified, "Newton, graph", Solver::Newton, Gradient::Graph)?);
        emit(fit(&certified, "descent, closed form", Solver::GradientDescent, Gradient::ClosedForm)?);
    }
    Ok(())
}

fn fit(
    certified: &Certified,
    route: &'static str,
    solver: Solver,
    gradient: Gradient,
) -> Result<Check, Error> {
    let mut check =
        Check::new(format!("fit of {}", certified.name), route, "certified coefficients", CERTIFIED);
    let penalty = Penalty::L2(certified.lambda);
    let regression = LogisticRegression::new().penalty(penalty).solver(solver).gradient(gradient);
    match regression.fit(&certified.dataset) {
        Ok(fit) => {
            check.compare(fit.intercept(), certified.intercept);
            for (&found, &expected) in fit.coefficients().iter().zip(&certified.coefficients) {
                check.compare(found, expected);
            }
        }
        Err(ModelError::NotReached { .. }) => check.count(f64::INFINITY),
        Err(error) => return Err(error.into()),
    }
    Ok(check)
}
