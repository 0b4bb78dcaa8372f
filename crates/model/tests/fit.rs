//! What a fit says of itself, against the objective evaluated at its point.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::certified::spector;
use chainrule_data::{Classes, Dataset};
use chainrule_model::{Gradient, LogisticRegression, Objective, Penalty};
use nalgebra::{DMatrix, DVector};

fn set(x: &[f64], labels: &[f64]) -> Dataset {
    let names = vec!["x".to_owned()];
    let column = DMatrix::from_column_slice(x.len(), 1, x);
    Dataset::new(column, DVector::from_column_slice(labels), names).unwrap()
}

#[test]
fn objective_and_gradient_norm_are_those_at_the_point() {
    let data = spector().unwrap().dataset;
    for lambda in [0.0, 0.3] {
        let fit = LogisticRegression::new().penalty(Penalty::L2(lambda)).descend(&data, 3).unwrap();
        let point = DVector::from_column_slice(fit.coefficients()).insert_row(0, fit.intercept());
        let objective = Objective::new(&data, lambda, Gradient::ClosedForm).unwrap();
        assert_eq!(fit.objective(), objective.value(&point).unwrap());
        let norm = objective.gradient(&point).unwrap().norm();
        assert!((fit.gradient_norm() / norm - 1.0).abs() < 1e-15, "{} is not {norm}", fit.gradient_norm());
    }
}

/// At the origin ∂J/∂b = 0 and ∂J/∂w = ½·(x₀ − x₁)/2, whose square is beyond the range of f64 at either end.
#[test]
fn the_gradient_norm_neither_overflows_nor_underflows() {
    for unit in [1e-200, 1.0, 1e200] {
        let start = LogisticRegression::new().descend(&set(&[4.0 * unit, 0.0], &[1.0, 0.0]), 0).unwrap();
        assert_eq!(start.gradient_norm(), unit);
    }
}

#[test]
fn a_gradient_of_zero_has_the_norm_zero() {
    let start = LogisticRegression::new().descend(&set(&[1.0, 1.0], &[0.0, 1.0]), 0).unwrap();
    assert_eq!(start.gradient_norm(), 0.0);
}

#[test]
fn a_fit_keeps_the_names_of_the_classes() {
    let classes = Classes::new("well", "ill");
    let data = set(&[1.0, 3.0, 2.0, 4.0], &[0.0, 0.0, 1.0, 1.0]).with_target("outcome", classes.clone());
    let fit = LogisticRegression::new().fit(&data).unwrap();
    assert_eq!(fit.classes(), &classes);
}

#[test]
fn the_summary_escapes_names_and_keeps_its_columns() {
    let data = Dataset::new(
        DMatrix::from_row_slice(4, 2, &[0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0]),
        DVector::from_column_slice(&[0.0, 1.0, 1.0, 0.0]),
        vec!["two\nlines and more".to_owned(), "x".to_owned()],
    );
    let data = data.unwrap().with_target("y\u{feff}", Classes::new("no", "yes\t"));
    let summary =
        LogisticRegression::new().penalty(Penalty::L2(1.0)).fit(&data).unwrap().summary().to_string();
    assert!(summary.starts_with(r"P(y\u{feff} = yes\t)"), "{summary}");
    assert!(summary.contains(r"  two\nlines and more  "), "{summary}");
    let rows = summary.lines().skip(2).take(3);
    assert!(rows.clone().all(|row| row.chars().count() == "  two.nlines and more  ".len() + 24), "{summary}");
}
