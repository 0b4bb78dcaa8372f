//! Whole fits: the two real data sets against their certified coefficients and what follows from them.
//!
//! Invariant: the certified numbers come from the data crate, which says who computed them and how.

use chainrule_data::certified::{Certified, breast_cancer_ridge, spector};
use chainrule_model::{Error as ModelError, Fit, Gradient, LogisticRegression, Penalty, Solver};

use crate::error::Error;
use crate::verify::{Check, Effort, Emit};

/// The relative error in any coefficient that is still an agreement with the certified value.
const CERTIFIED: f64 = 1e-8;

/// The same in what follows from coefficients by Newton's method, which has nine digits and more.
const CERTIFIED_FIGURES: f64 = 1e-9;

/// How far a coefficient may lie outside its proved bound: the certified one has a rounding of its own, in the last of sixteen digits.
const OUTSIDE: f64 = 1e-14;

const ROUTES: [(&str, Solver, Gradient); 5] = [
    ("Newton, closed form", Solver::Newton, Gradient::ClosedForm),
    ("Newton, graph", Solver::Newton, Gradient::Graph),
    ("L-BFGS, closed form", Solver::Lbfgs, Gradient::ClosedForm),
    ("Newton-CG, graph", Solver::NewtonCg, Gradient::Graph),
    ("descent, closed form", Solver::GradientDescent, Gradient::ClosedForm),
];

pub(in crate::verify) fn checks(_: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    for certified in [spector()?, breast_cancer_ridge()?] {
        for (route, solver, gradient) in ROUTES {
            let fit = fit(&certified, solver, gradient)?;
            emit(coefficients(&certified, route, fit.as_ref()));
            if solver == Solver::Newton {
                emit(figures(&certified, route, fit.as_ref()));
                emit(bounds(&certified, route, fit.as_ref()));
            }
        }
    }
    Ok(())
}

/// The fit, if there is one.
fn fit(certified: &Certified, solver: Solver, gradient: Gradient) -> Result<Option<Fit>, Error> {
    let penalty = Penalty::L2(certified.lambda);
    let regression = LogisticRegression::new().penalty(penalty).solver(solver).gradient(gradient);
    match regression.fit(&certified.dataset) {
        Ok(fit) => Ok(Some(fit)),
        Err(ModelError::NotReached { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Pairs of what was found and what is certified, each compared; without a fit the check fails.
fn compared(mut check: Check, pairs: Option<Vec<(f64, f64)>>) -> Check {
    match pairs {
        Some(pairs) => pairs.into_iter().for_each(|(found, expected)| check.compare(found, expected)),
        None => check.count(f64::INFINITY),
    }
    check
}

fn coefficients(certified: &Certified, route: &'static str, fit: Option<&Fit>) -> Check {
    let name = format!("fit of {}", certified.name);
    let check = Check::new(name, route, "certified coefficients", CERTIFIED);
    compared(check, fit.map(|fit| found(fit).zip(known(certified)).collect()))
}

/// Standard errors, z, p and AIC where there are any; log-likelihood and deviance.
fn figures(certified: &Certified, route: &'static str, fit: Option<&Fit>) -> Check {
    let figures = if certified.lambda > 0.0 {
        "log-likelihood, deviance"
    } else {
        "standard errors, z, p, log-likelihood, AIC"
    };
    let name = format!("{figures} of {}", certified.name);
    let check = Check::new(name, route, "certified figures", CERTIFIED_FIGURES);
    let pairs = |fit: &Fit| {
        let parameters = certified.coefficients.len() as f64 + 1.0;
        let deviance = -2.0 * certified.log_likelihood;
        let mut pairs = vec![(fit.log_likelihood(), certified.log_likelihood), (fit.deviance(), deviance)];
        // Withheld under a penalty; missing without one it fails.
        if certified.lambda == 0.0 {
            pairs.push((fit.aic().unwrap_or(f64::NAN), deviance + 2.0 * parameters));
        }
        if let (Ok(inference), Some(errors)) = (fit.inference(), &certified.standard_errors) {
            let z = known(certified).zip(errors).map(|(coefficient, error)| coefficient / error);
            pairs.extend(inference.standard_errors().into_iter().zip(errors.iter().copied()));
            pairs.extend(inference.z().into_iter().zip(z));
            pairs.extend(inference.p().into_iter().zip(certified.p_values.iter().flatten().copied()));
        }
        pairs
    };
    compared(check, fit.map(pairs))
}

/// By how much coefficients lie outside their proved bounds, as a share of themselves.
fn bounds(certified: &Certified, route: &'static str, fit: Option<&Fit>) -> Check {
    let name = format!("certificate of {}", certified.name);
    let mut check = Check::new(name, route, "distances to certified coefficients", OUTSIDE);
    match fit.and_then(|fit| Some((fit, fit.certificate()?))) {
        Some((fit, certificate)) => {
            let distances = found(fit).zip(known(certified));
            for ((found, known), bound) in distances.zip(certificate.coefficients()) {
                check.count(((found - known).abs() - bound).max(0.0) / known.abs());
            }
        }
        None => check.count(f64::INFINITY),
    }
    check
}

fn found(fit: &Fit) -> impl Iterator<Item = f64> {
    std::iter::once(fit.intercept()).chain(fit.coefficients().iter().copied())
}

fn known(certified: &Certified) -> impl Iterator<Item = f64> {
    std::iter::once(certified.intercept).chain(certified.coefficients.iter().copied())
}
