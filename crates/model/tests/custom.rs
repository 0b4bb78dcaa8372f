//! Losses written as graphs: against the logistic regression itself, and against what is known of others.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::certified::spector;
use chainrule_graph::Graph;
use chainrule_model::{Error, Fit, LogisticRegression, LossRegression, Solver};

fn regression(graph: &Graph, formula: &str) -> LossRegression {
    Fit::loss(graph, graph.parse(formula).unwrap()).unwrap()
}

const SOLVERS: [Solver; 3] = [Solver::Newton, Solver::Lbfgs, Solver::NewtonCg];

#[test]
fn the_log_loss_as_a_formula_is_logistic_regression() {
    let data = spector().unwrap().dataset;
    let known = LogisticRegression::new().fit(&data).unwrap();
    let graph = Graph::new();
    let loss = regression(&graph, "data g, t, p, y; z = b + w1*g + w2*t + w3*p; softplus(z) - y*z");
    let columns: Vec<&[f64]> = data.columns().chain([data.labels().as_slice()]).collect();
    for solver in [Solver::Newton, Solver::NewtonCg] {
        let minimum = loss.clone().solver(solver).fit(&columns).unwrap();
        let expected = std::iter::once(known.intercept()).chain(known.coefficients().iter().copied());
        for (found, expected) in minimum.parameters().iter().zip(expected) {
            assert!((found / expected - 1.0).abs() < 1e-9, "{solver:?}: {found} {expected}");
        }
        let errors = minimum.covariance().unwrap().diagonal().map(f64::sqrt);
        for (found, expected) in errors.iter().zip(known.inference().unwrap().standard_errors()) {
            assert!((found / expected - 1.0).abs() < 1e-8, "{solver:?}: {found} {expected}");
        }
    }
}

/// Squares: the minimum is the mean, weights included, and a penalty pulls it by n/(n + λ·n).
#[test]
fn a_mean_is_found_by_every_solver() {
    let x = [1.0, 4.0, 7.0, 100.0];
    for solver in SOLVERS {
        let graph = Graph::new();
        let loss = regression(&graph, "data x; (x - m)^2/2").solver(solver);
        assert!((loss.fit(&[&x]).unwrap().parameters()[0] - 28.0).abs() < 1e-12);
        let weighted = loss.fit_weighted(&[&x], &[2.0, 1.0, 1.0, 0.0]).unwrap();
        assert!((weighted.parameters()[0] - 3.25).abs() < 1e-12);
        let pulled = loss.l2(1.0, &["m"]).unwrap().fit(&[&x]).unwrap();
        assert!((pulled.parameters()[0] - 14.0).abs() < 1e-12);
    }
}

/// A smooth absolute value is hardly moved by an outlier: all but the outlier lie around 2.
#[test]
fn a_robust_loss_ignores_an_outlier() {
    let graph = Graph::new();
    let loss = regression(&graph, "data x; sqrt((x - m)^2 + 0.01)");
    let minimum = loss.fit(&[&[1.9, 2.0, 2.1, 2.05, 1.95, 1e6]]).unwrap();
    assert!((minimum.parameters()[0] - 2.0).abs() < 0.1, "{:?}", minimum.parameters());
}

/// (p² − 1)² has a maximum at 0 and minima at ±1: from 0.1, where the Hessian is negative, the way leads to 1.
#[test]
fn a_negative_hessian_leads_to_a_minimum_all_the_same() {
    for solver in SOLVERS {
        let graph = Graph::new();
        let loss = regression(&graph, "data c; c*(p^2 - 1)^2").solver(solver).start(&[0.1]).unwrap();
        let minimum = loss.fit(&[&[1.0, 3.0]]).unwrap();
        assert!((minimum.parameters()[0] - 1.0).abs() < 1e-12, "{solver:?}: {:?}", minimum.parameters());
    }
}

#[test]
fn what_cannot_be_fitted_says_why() {
    let graph = Graph::new();
    let loss = regression(&graph, "data x; x*p");
    assert!(matches!(loss.fit(&[&[1.0, 2.0]]), Err(Error::LossNotReached { .. })));
    let error = loss.clone().l2(1.0, &["q"]).unwrap_err();
    assert_eq!(error.to_string(), "`q` is no parameter of the loss; its parameters are: p");
    assert!(matches!(loss.clone().l2(-1.0, &["p"]), Err(Error::InvalidPenalty { .. })));
    assert!(matches!(loss.clone().start(&[1.0, 2.0]), Err(Error::WrongLength { .. })));
    assert!(matches!(loss.fit(&[]), Err(Error::Program(_))));
}
