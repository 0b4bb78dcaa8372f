//! Proven bounds against distances that are known: to certified optima, from wherever a descent was stopped.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::certified::{breast_cancer_ridge, spector};
use chainrule_data::{Dataset, Separable};
use chainrule_model::{Fit, Gradient, LogisticRegression, Penalty, Theorem};

/// ‖w − w*‖, |b − b*| and F − F* of a fit, beside those of the optimum.
fn distances(fit: &Fit, intercept: f64, coefficients: &[f64], objective: f64) -> [f64; 3] {
    let squares = fit.coefficients().iter().zip(coefficients).map(|(w, best)| (w - best) * (w - best));
    [squares.sum::<f64>().sqrt(), (fit.intercept() - intercept).abs(), fit.objective() - objective]
}

fn assert_covers(fit: &Fit, distances: [f64; 3]) {
    let bounds = fit.certificate().unwrap();
    // The known optimum has roundings of its own, in the last of its sixteen digits.
    let known = [1e-14, 1e-14, 1e-16];
    for ((bound, distance), slack) in
        [bounds.weights(), bounds.intercept(), bounds.gap()].into_iter().zip(distances).zip(known)
    {
        assert!(distance <= bound + slack, "{distance:e} is not within {bound:e}");
    }
    assert!(fit.gradient_norm() <= bounds.gradient_norm());
}

#[test]
fn bounds_hold_wherever_a_descent_is_stopped() {
    let certified = breast_cancer_ridge().unwrap();
    let regression = LogisticRegression::new().penalty(Penalty::L2(certified.lambda));
    let mut last = f64::INFINITY;
    for steps in [0, 1, 10, 100, 1_000, 10_000] {
        let fit = regression.descend(&certified.dataset, steps).unwrap();
        let objective = certified.objective.unwrap();
        assert_covers(&fit, distances(&fit, certified.intercept, &certified.coefficients, objective));
        let bound = fit.certificate().unwrap().weights();
        assert!(bound <= last, "{bound:e} after {steps} steps");
        last = bound;
    }
}

#[test]
fn bounds_of_a_fit_are_small() {
    let certified = breast_cancer_ridge().unwrap();
    for gradient in [Gradient::ClosedForm, Gradient::Graph] {
        let regression = LogisticRegression::new().penalty(Penalty::L2(certified.lambda)).gradient(gradient);
        let fit = regression.fit(&certified.dataset).unwrap();
        let objective = certified.objective.unwrap();
        assert_covers(&fit, distances(&fit, certified.intercept, &certified.coefficients, objective));
        let bounds = fit.certificate().unwrap();
        assert!(bounds.weights() < 1e-8 && bounds.gap() < 1e-19, "{bounds:?}");
    }
}

/// Where the optimum is not known, two points that are both near it are near each other.
#[test]
fn bounds_of_two_points_overlap() {
    let made = |seed| Separable::new(300, 4).margin(0.2).seed(seed).generate().unwrap().dataset;
    for (seed, lambda) in [(1, 1.0), (2, 1e-2), (3, 1e-4), (4, 1e-6)] {
        let data: Dataset = made(seed);
        let regression = LogisticRegression::new().penalty(Penalty::L2(lambda));
        let (fit, early) = (regression.fit(&data).unwrap(), regression.descend(&data, 50).unwrap());
        let [weights, intercept, gap] =
            distances(&early, fit.intercept(), fit.coefficients(), fit.objective());
        let (near, far) = (fit.certificate().unwrap(), early.certificate().unwrap());
        assert!(weights <= near.weights() + far.weights(), "{lambda}");
        assert!(intercept <= near.intercept() + far.intercept(), "{lambda}");
        assert!(gap <= far.gap() + 1e-16, "{lambda}");
        assert!(near.gap() <= 1e-12, "{lambda}: {near:?}");
    }
}

#[test]
fn without_a_penalty_the_hessian_proves_it() {
    let certified = spector().unwrap();
    for gradient in [Gradient::ClosedForm, Gradient::Graph] {
        let fit = LogisticRegression::new().gradient(gradient).fit(&certified.dataset).unwrap();
        let bounds = fit.certificate().unwrap();
        assert_eq!(bounds.theorem(), Theorem::SelfConcordance);
        let known = std::iter::once(certified.intercept).chain(certified.coefficients.iter().copied());
        let found = std::iter::once(fit.intercept()).chain(fit.coefficients().iter().copied());
        for ((bound, found), known) in bounds.coefficients().iter().zip(found).zip(known) {
            assert!((found - known).abs() <= bound + 1e-15 * known.abs(), "{found} {known} {bound:e}");
            assert!(*bound < 1e-9 * known.abs(), "{bound:e}");
        }
        assert!(fit.summary().to_string().contains("proved by self-concordance"));
    }
}
