//! The descent's step, when it ends, and that J falls on the way.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::certified::spector;
use chainrule_data::{Dataset, Separable, Standardiser};
use chainrule_model::{Error, LogisticRegression, Obstacle, Penalty, Solver};
use nalgebra::{DMatrix, DVector};

fn set(x: &[f64], labels: &[f64]) -> Dataset {
    let names = vec!["x".to_owned()];
    let column = DMatrix::from_column_slice(x.len(), 1, x);
    Dataset::new(column, DVector::from_column_slice(labels), names).unwrap()
}

/// With x = (1, 2, 3) the matrix (1/m) Σ x̃x̃ᵀ is ((1, 2), (2, 14/3)), whose larger eigenvalue is
/// (17/3 + √((11/3)² + 16))/2 = 5.547…; its quarter is above 1, and with λ = 10 the penalty rules.
#[test]
fn the_step_is_one_over_the_bound_of_the_curvature() {
    let data = set(&[1.0, 2.0, 3.0], &[0.0, 0.0, 1.0]);
    let largest = (17.0 / 3.0 + ((11.0_f64 / 3.0).powi(2) + 16.0).sqrt()) / 2.0;
    for lambda in [0.0, 0.5, 10.0] {
        let first = LogisticRegression::new().penalty(Penalty::L2(lambda)).descend(&data, 1).unwrap();
        // At the origin ∂J/∂b = (½ + ½ − ½)/3 and ∂J/∂w = (½ + 1 − 3/2)/3 = 0.
        let step = first.intercept() / -(0.5 / 3.0);
        assert!((step * (largest / 4.0 + lambda) - 1.0).abs() < 1e-14, "λ = {lambda}: the step is {step}");
        assert_eq!(first.coefficients(), [0.0]);
    }
}

#[test]
fn the_objective_falls_whatever_the_penalty() {
    let data = spector().unwrap().dataset;
    for lambda in [0.0, 1.0, 1e3, 1e6] {
        let trained = LogisticRegression::new().penalty(Penalty::L2(lambda)).descend(&data, 100).unwrap();
        assert!(trained.history().windows(2).all(|pair| pair[1] <= pair[0] * (1.0 + 1e-15)), "λ = {lambda}");
    }
}

/// On standardised columns mean ‖x̃‖² is d + 1. Steps near the end are so short that the norm at which the descent ends is
/// the first below the bound, and hardly below it.
#[test]
fn a_descent_ends_at_the_first_gradient_that_is_small_enough() {
    let data = spector().unwrap().dataset;
    let data = Standardiser::fit(&data).unwrap().transform(&data).unwrap();
    let fit = LogisticRegression::new().solver(Solver::GradientDescent).fit(&data).unwrap();
    let bound = 1e-13 * ((data.dimension() + 1) as f64).sqrt();
    // Half the bound for the rounding of the gradient, some 1e-16 in each entry, and of the columns.
    assert!(
        fit.gradient_norm() <= 1.5 * bound && fit.gradient_norm() > 0.5 * bound,
        "{}",
        fit.gradient_norm()
    );
}

#[test]
fn exactly_as_many_steps_are_taken_as_are_allowed() {
    let certified = spector().unwrap();
    for limit in [0, 1, 10] {
        let regression = LogisticRegression::new().solver(Solver::GradientDescent).iteration_limit(limit);
        let result = regression.fit(&certified.dataset);
        let Err(Error::NotReached { obstacle: Obstacle::IterationLimit, fit }) = result else {
            panic!("{limit}")
        };
        assert_eq!((fit.iterations(), fit.history().len()), (limit, limit + 1));
    }
}

/// Before each step, and with the J of the history: not in leaps.
#[test]
fn a_descent_tells_before_each_step_how_far_it_has_come() {
    let data = spector().unwrap().dataset;
    let mut told = Vec::new();
    let regression = LogisticRegression::new()
        .penalty(Penalty::L2(0.1))
        .solver(Solver::GradientDescent)
        .iteration_limit(120);
    let Err(Error::NotReached { fit, .. }) =
        regression.fit_watched(&data, &mut |progress| told.push((progress.steps, progress.objective)))
    else {
        panic!("a descent over columns that are not standardised was over in 120 steps")
    };
    let steps: Vec<(usize, f64)> = fit.history()[..120].iter().copied().enumerate().collect();
    assert_eq!(told, steps);
}

/// With a wide margin the hyperplane of the first steps separates the classes, which is looked for from the eighth on.
#[test]
fn separated_classes_end_a_descent_early() {
    let data = Separable::new(100, 2).margin(0.5).seed(3).generate().unwrap().dataset;
    let result = LogisticRegression::new().solver(Solver::GradientDescent).fit(&data);
    let Err(Error::NotReached { obstacle: Obstacle::Separable { .. }, fit }) = result else {
        panic!("separated classes were fitted")
    };
    assert!(fit.iterations() <= 20, "{}", fit.iterations());
}

/// A column's square is beyond the largest f64, and with it the curvature that a step is made of.
#[test]
fn a_step_that_overflows_is_an_error_that_names_the_column() {
    let features = DMatrix::from_column_slice(4, 2, &[1.0, 2.0, 3.0, 4.0, 1e300, -1e300, 2e300, 1e299]);
    let labels = DVector::from_column_slice(&[0.0, 1.0, 0.0, 1.0]);
    let data = Dataset::new(features, labels, vec!["small".to_string(), "huge".to_string()]).unwrap();
    let error = LogisticRegression::new().descend(&data, 3).unwrap_err();
    assert!(error.to_string().contains("through column `huge`"), "{error}");
}
