//! The intercept alone, with an offset: what a fit is compared with, however large the offsets.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::Dataset;
use chainrule_model::{Fit, Gradient, LogisticRegression, Penalty};
use nalgebra::{DMatrix, DVector};

/// Overlapping classes with one column, weights, and offsets up to this size; without a pattern.
fn data(reach: f64) -> Dataset {
    let part = |i: usize, by: f64| (i as f64 * by).fract();
    let x = DMatrix::from_fn(60, 1, |i, _| 2.0 * part(i + 1, 0.618_034) - 1.0);
    let y = DVector::from_fn(60, |i, _| f64::from(u8::from(part(i + 1, 0.754_878) < 0.5 + 0.3 * x[(i, 0)])));
    let data = Dataset::new(x, y, vec!["x".to_owned()]).unwrap();
    let weighted = data.with_weights(DVector::from_fn(60, |i, _| 0.5 + part(i, 0.569_84))).unwrap();
    weighted.with_offset(DVector::from_fn(60, |i, _| reach * (2.0 * part(i, 0.882_1) - 1.0))).unwrap()
}

fn bare(data: &Dataset) -> Fit {
    LogisticRegression::new().fit(&data.with_columns(&[]).unwrap()).unwrap()
}

#[test]
fn the_null_deviance_is_that_of_a_fit_of_the_intercept() {
    for reach in [0.01, 1.0, 5.0] {
        let data = data(reach);
        let fits = [Penalty::None, Penalty::L2(0.1), Penalty::Firth]
            .map(|penalty| LogisticRegression::new().penalty(penalty).fit(&data).unwrap());
        let expected = bare(&data).deviance();
        for fit in fits {
            assert!((fit.null_deviance() / expected - 1.0).abs() < 1e-13, "{reach}: {}", fit.null_deviance());
        }
        assert!((bare(&data).null_deviance() / expected - 1.0).abs() < 1e-13);
    }
}

/// An offset that is the same for all moves the intercept and nothing else: k·ln(k/m) + (m − k)·ln(1 − k/m) is left.
#[test]
fn a_constant_offset_changes_nothing_however_large() {
    let data = data(0.0);
    let (k, m) = (data.event_weight(), data.total_weight());
    let expected = -2.0 * (k * (k / m).ln() + (m - k) * (1.0 - k / m).ln());
    for offset in [0.0, -3.0, 700.0, 5e3, -1e6] {
        let moved = data.clone().with_offset(DVector::from_element(60, offset)).unwrap();
        // Nothing of the fit itself is asked.
        let fit = LogisticRegression::new().descend(&moved, 0).unwrap();
        assert!((fit.null_deviance() / expected - 1.0).abs() < 1e-9, "{offset}: {}", fit.null_deviance());
    }
}

/// Σ pᵢ·L of an intercept is convex: its least by thirds of an interval, by the definition of L alone.
fn least_deviance(data: &Dataset) -> f64 {
    let offset = data.offset().unwrap();
    let loss = |b: f64| -> f64 {
        (0..60)
            .map(|i| {
                let margin = (1.0 - 2.0 * data.labels()[i]) * (b + offset[i]);
                data.weights().unwrap()[i] * (margin.max(0.0) + (-margin.abs()).exp().ln_1p())
            })
            .sum()
    };
    let (mut low, mut high) = (-2e4, 2e4);
    for _ in 0..200 {
        let (one, other) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
        (low, high) = if loss(one) < loss(other) { (low, other) } else { (one, high) };
    }
    2.0 * loss(low)
}

/// Offsets all over ±5,000: most losses are their logits, and the loss is nearly piecewise linear in the intercept.
#[test]
fn offsets_in_the_thousands_have_a_null_deviance() {
    let data = data(5e3);
    let expected = least_deviance(&data);
    for gradient in [Gradient::ClosedForm, Gradient::Graph] {
        let trained = LogisticRegression::new().gradient(gradient).descend(&data, 0).unwrap();
        let found = trained.null_deviance();
        assert!((found / expected - 1.0).abs() < 1e-9, "{found} {expected}");
    }
}

/// Every tenth offset is 5,000 or −5,000: these examples say nothing of the coefficients any more, and the others have a fit.
#[test]
fn some_offsets_in_the_thousands_leave_a_fit_with_a_penalty() {
    let data = data(1.0);
    let offset = data.offset().unwrap().map_with_location(|i, _, offset| match i % 20 {
        0 => 5e3,
        10 => -5e3,
        _ => offset,
    });
    let data = data.with_offset(offset).unwrap();
    let expected = least_deviance(&data);
    for gradient in [Gradient::ClosedForm, Gradient::Graph] {
        let regression = LogisticRegression::new().penalty(Penalty::L2(0.1)).gradient(gradient);
        let fit = regression.fit(&data).unwrap();
        assert!(fit.converged());
        assert!((fit.null_deviance() / expected - 1.0).abs() < 1e-9, "{} {expected}", fit.null_deviance());
    }
}

#[test]
fn a_fit_with_offset_is_tested_against_the_intercept() {
    let data = data(1.0);
    let fit = LogisticRegression::new().fit(&data).unwrap();
    let test = fit.likelihood_ratio_test(&bare(&data)).unwrap();
    assert_eq!(test.degrees_of_freedom, 1);
    let expected = fit.null_deviance() - fit.deviance();
    assert!((test.statistic / expected - 1.0).abs() < 1e-10, "{} {expected}", test.statistic);
}

/// Of one class the intercept goes beyond every bound, and the likelihood to 1; Firth's fit is there all the same.
#[test]
fn one_class_has_firths_fit_and_a_null_deviance_of_nothing() {
    let given = data(1.0);
    for label in [0.0, 1.0] {
        let data = Dataset::new(
            given.features().clone(),
            DVector::from_element(60, label),
            given.feature_names().to_vec(),
        );
        let weighted = data.unwrap().with_weights(given.weights().unwrap().clone()).unwrap();
        for data in [weighted.clone(), weighted.with_offset(given.offset().unwrap().clone()).unwrap()] {
            let fit = LogisticRegression::new().penalty(Penalty::Firth).fit(&data).unwrap();
            assert_eq!(fit.null_deviance(), 0.0);
            assert!((fit.intercept() > 0.0) == (label > 0.5) && fit.intercept().is_finite());
            assert!(fit.gradient_norm() < 1e-12, "{}", fit.gradient_norm());
        }
    }
}

/// One class weighs 10⁻¹⁷ of the other, and a difference of sums would not know it.
#[test]
fn a_class_of_next_to_no_weight_counts() {
    let data = data(0.0);
    let weights = data.labels().map(|label| if label > 0.5 { 1e-17 } else { 1.0 });
    let (k, others) = (data.events() as f64 * 1e-17, (data.len() - data.events()) as f64);
    let expected = -2.0 * (k * (k / (k + others)).ln() + others * (-k / (k + others)).ln_1p());
    let trained = LogisticRegression::new().descend(&data.with_weights(weights).unwrap(), 0).unwrap();
    assert!(
        (trained.null_deviance() / expected - 1.0).abs() < 1e-12,
        "{} {expected}",
        trained.null_deviance()
    );
}
