//! Fits: the certified data sets by every solver and gradient, and data that have no fit.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::certified::{Certified, breast_cancer_ridge, spector};
use chainrule_data::{Dataset, Separable};
use chainrule_model::{Error, Fit, Gradient, LogisticRegression, Obstacle, Penalty, Solver};
use nalgebra::{DMatrix, DVector};

/// The relative error in any coefficient that counts as agreement with a certified one.
const CERTIFIED: f64 = 1e-8;

fn obstacle(result: Result<Fit, Error>) -> Obstacle {
    match result {
        Err(Error::NotReached { obstacle, fit }) => {
            assert!(!fit.converged());
            obstacle
        }
        other => panic!("expected a fit that was not reached, found {other:?}"),
    }
}

fn assert_certified(fit: &Fit, certified: &Certified) {
    assert!((fit.intercept() / certified.intercept - 1.0).abs() <= CERTIFIED);
    for (found, expected) in fit.coefficients().iter().zip(&certified.coefficients) {
        assert!((found / expected - 1.0).abs() <= CERTIFIED, "{found} is not {expected}");
    }
}

fn set(columns: &[(&str, &[f64])], labels: &[f64]) -> Dataset {
    let values = columns.iter().flat_map(|(_, values)| values.iter().copied());
    let features = DMatrix::from_iterator(labels.len(), columns.len(), values);
    let names = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    Dataset::new(features, DVector::from_column_slice(labels), names).unwrap()
}

#[test]
fn newton_reaches_the_certified_coefficients_by_both_gradients() {
    for certified in [spector().unwrap(), breast_cancer_ridge().unwrap()] {
        for gradient in [Gradient::ClosedForm, Gradient::Graph] {
            let regression =
                LogisticRegression::new().penalty(Penalty::L2(certified.lambda)).gradient(gradient);
            let fit = regression.fit(&certified.dataset).unwrap();
            assert_certified(&fit, &certified);
            assert!(fit.converged());
            assert!(fit.iterations() <= 12, "{}", fit.iterations());
            assert!(fit.gradient_norm() < 1e-12);
        }
    }
}

#[test]
fn descent_reaches_the_certified_coefficients() {
    for certified in [spector().unwrap(), breast_cancer_ridge().unwrap()] {
        let regression =
            LogisticRegression::new().penalty(Penalty::L2(certified.lambda)).solver(Solver::GradientDescent);
        assert_certified(&regression.fit(&certified.dataset).unwrap(), &certified);
    }
}

#[test]
fn without_features_the_intercept_is_the_log_odds() {
    let labels = [1.0, 0.0, 1.0, 1.0];
    let fit = LogisticRegression::new().fit(&set(&[], &labels)).unwrap();
    assert!((fit.intercept() - 3.0_f64.ln()).abs() < 1e-15);
    assert!((fit.probability(&[]).unwrap() - 0.75).abs() < 1e-15);
}

#[test]
fn columns_of_any_scale_and_offset_give_the_same_fit() {
    let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let labels = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0];
    let plain = LogisticRegression::new().fit(&set(&[("x", &x)], &labels)).unwrap();
    let moved = x.map(|x| 1e6 + 1e-3 * x);
    let fit = LogisticRegression::new().fit(&set(&[("x", &moved)], &labels)).unwrap();
    // The spacing of f64 at 1e6 is 1e-10, which is 1e-7 of the column's step.
    assert!((fit.coefficients()[0] * 1e-3 / plain.coefficients()[0] - 1.0).abs() < 1e-6);
    let (here, there) = (plain.probability(&[2.5]).unwrap(), fit.probability(&[1e6 + 2.5e-3]).unwrap());
    assert!((here - there).abs() < 1e-6);
}

#[test]
fn columns_at_the_ends_of_the_range_are_fitted_or_refused() {
    let x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let labels = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0];
    let fit = |scale: f64, penalty| {
        let column = x.map(|x| x * scale);
        LogisticRegression::new().penalty(penalty).fit(&set(&[("x", &column)], &labels))
    };
    let plain = fit(1.0, Penalty::None).unwrap().coefficients()[0];
    for scale in [1e-300, 1e-150, 1e150, 1e300] {
        let fitted = fit(scale, Penalty::None).unwrap();
        assert!((fitted.coefficients()[0] * scale / plain - 1.0).abs() < 1e-12, "{scale:e}");
        assert!(fitted.gradient_norm().is_finite(), "{scale:e}");
        assert!(fit(scale, Penalty::L2(0.1)).unwrap().objective() <= 2.0_f64.ln());
    }
    assert_eq!(obstacle(fit(1e-309, Penalty::None)), Obstacle::Overflow { column: "x".to_owned() });
}

#[test]
fn separable_data_have_no_fit_by_either_gradient() {
    for (margin, seed) in [(0.01, 1), (0.5, 2), (5.0, 3)] {
        let made = Separable::new(50, 3).margin(margin).seed(seed).generate().unwrap();
        for gradient in [Gradient::ClosedForm, Gradient::Graph] {
            let regression = LogisticRegression::new().gradient(gradient);
            assert!(matches!(obstacle(regression.fit(&made.dataset)), Obstacle::Separable { .. }));
            let descent = regression.solver(Solver::GradientDescent);
            assert!(matches!(obstacle(descent.fit(&made.dataset)), Obstacle::Separable { .. }));
        }
        let penalised = LogisticRegression::new().penalty(Penalty::L2(1e-6)).fit(&made.dataset);
        assert!(penalised.unwrap().converged());
    }
}

#[test]
fn data_separable_but_for_a_tie_have_no_fit() {
    // At x = 2 both labels occur, on either side only one: the slope still grows for ever.
    let data = set(&[("x", &[1.0, 2.0, 2.0, 3.0])], &[0.0, 0.0, 1.0, 1.0]);
    let reason = obstacle(LogisticRegression::new().fit(&data));
    assert!(matches!(reason, Obstacle::Separable { .. }), "{reason:?}");
}

#[test]
fn a_descent_that_has_not_settled_is_no_fit() {
    let certified = spector().unwrap();
    let regression = LogisticRegression::new().solver(Solver::GradientDescent).iteration_limit(10);
    assert_eq!(obstacle(regression.fit(&certified.dataset)), Obstacle::IterationLimit);
}

/// The dependences that an obstacle names.
fn named(obstacle: &Obstacle) -> String {
    let Obstacle::Collinear { dependences } = obstacle else { panic!("{obstacle}") };
    dependences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[test]
fn dependent_columns_are_named() {
    let x = [1.0, 2.0, 4.0, 3.0, 0.5, 1.5];
    let twice = x.map(|x| 2.0 * x + 1.0);
    let labels = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0];
    let data = set(&[("x", &x), ("twice", &twice)], &labels);
    for solver in [Solver::Newton, Solver::GradientDescent] {
        let reason = obstacle(LogisticRegression::new().solver(solver).fit(&data));
        assert_eq!(named(&reason), "`twice` is determined by `x`");
    }
    let data = set(&[("x", &x), ("same", &[7.0; 6])], &labels);
    let reason = obstacle(LogisticRegression::new().fit(&data));
    assert_eq!(named(&reason), "`same` is constant");
    assert!(LogisticRegression::new().penalty(Penalty::L2(0.1)).fit(&data).is_ok());
}

#[test]
fn one_class_is_refused() {
    let data = set(&[("x", &[1.0, 2.0])], &[1.0, 1.0]);
    let error = LogisticRegression::new().fit(&data).unwrap_err();
    assert_eq!(error.to_string(), "all 2 labels are 1; both classes are needed for a finite fit");
    let error = LogisticRegression::new().fit(&set(&[("x", &[1.0, 2.0])], &[0.0, 0.0])).unwrap_err();
    assert_eq!(error.to_string(), "all 2 labels are 0; both classes are needed for a finite fit");
}

/// The two gradients agree to rounding, so that only their summation tells which one was used: the closed form's sums over chunks are compensated.
#[test]
fn the_gradient_asked_for_is_the_one_used() {
    let data = Separable::new(100_000, 3).margin(0.1).seed(1).generate().unwrap().dataset;
    let by = |gradient| {
        let fit = LogisticRegression::new().gradient(gradient).descend(&data, 20).unwrap();
        (fit.coefficients().to_vec(), fit.objective(), fit.gradient_norm())
    };
    assert_ne!(by(Gradient::ClosedForm), by(Gradient::Graph));
}

#[test]
fn a_stated_number_of_steps_is_the_lessons_loop() {
    // w ← w − α·∂J/∂w by hand, with the step the crate takes, found from its first step: b₁ = −α·∂J/∂b(0).
    let data = set(&[("x", &[1.0, 2.0, 3.0])], &[0.0, 0.0, 1.0]);
    let first = LogisticRegression::new().descend(&data, 1).unwrap();
    let step = first.intercept() / (-0.5 * (1.0 + 1.0 - 1.0) / 3.0);
    assert!(step > 0.0);
    let (mut b, mut w) = (0.0_f64, 0.0_f64);
    for _ in 0..10 {
        let residual = |x: f64, y: f64| 1.0 / (1.0 + (-(w * x + b)).exp()) - y;
        let r = [residual(1.0, 0.0), residual(2.0, 0.0), residual(3.0, 1.0)];
        b -= step * (r[0] + r[1] + r[2]) / 3.0;
        w -= step * (r[0] + 2.0 * r[1] + 3.0 * r[2]) / 3.0;
    }
    for gradient in [Gradient::ClosedForm, Gradient::Graph] {
        let trained = LogisticRegression::new().gradient(gradient).descend(&data, 10).unwrap();
        assert_eq!((trained.iterations(), trained.history().len()), (10, 11));
        assert!((trained.intercept() - b).abs() < 1e-13 && (trained.coefficients()[0] - w).abs() < 1e-13);
        assert!(trained.history().windows(2).all(|pair| pair[1] < pair[0]));
    }
}

#[test]
fn a_fit_speaks_in_the_units_and_names_of_the_data() {
    let certified = spector().unwrap();
    let fit = LogisticRegression::new().fit(&certified.dataset).unwrap();
    assert_eq!(fit.feature_names(), ["GPA", "TUCE", "PSI"]);
    let summary = fit.summary().to_string();
    for word in ["GRADE", "(intercept)", "GPA", "TUCE", "PSI", "converged"] {
        assert!(summary.contains(word), "{word} is missing in:\n{summary}");
    }
    assert!((fit.objective() * -32.0 / certified.log_likelihood - 1.0).abs() < 1e-12);
    let error = fit.probability(&[1.0]).unwrap_err();
    assert_eq!(error.to_string(), "1 features were given where 3 are needed");
}
