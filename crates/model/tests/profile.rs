//! Ends of profile-likelihood intervals are where a fit with the coefficient held there is just rejected.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::Dataset;
use chainrule_data::certified::spector;
use chainrule_model::{Error, Gradient, LogisticRegression, Penalty, Solver};
use nalgebra::{DMatrix, DVector};

/// χ² of one degree of freedom at 5 %.
const QUANTILE: f64 = 3.841_458_820_694_124;

/// The deviance where one coefficient has a given value: its column times the value is the offset of the others.
fn deviance_with(data: &Dataset, name: &str, value: f64) -> f64 {
    let others: Vec<&str> =
        data.feature_names().iter().map(String::as_str).filter(|&other| other != name).collect();
    let at = data.feature_names().iter().position(|other| other == name).unwrap();
    let offset = data.features().column(at) * value;
    let held = data.with_columns(&others).unwrap().with_offset(offset).unwrap();
    LogisticRegression::new().fit(&held).unwrap().deviance()
}

#[test]
fn at_the_ends_the_deviance_is_larger_by_the_quantile() {
    let data = spector().unwrap().dataset;
    for gradient in [Gradient::ClosedForm, Gradient::Graph] {
        let regression = LogisticRegression::new().gradient(gradient);
        let fit = regression.fit(&data).unwrap();
        let intervals = regression.profile_intervals(&data, &fit, 0.95).unwrap();
        for (name, (lower, upper)) in data.feature_names().iter().zip(&intervals[1..]) {
            for end in [lower, upper] {
                let more = deviance_with(&data, name, *end) - fit.deviance();
                assert!((more / QUANTILE - 1.0).abs() < 1e-8, "{name} at {end}: {more}");
            }
        }
        // R 4.2.2, confint(glm(…)), which interpolates between fits.
        assert!((intervals[0].0 + 25.168_164_8).abs() < 0.02 && (intervals[0].1 + 4.902_353_2).abs() < 0.02);
    }
}

/// A column that is 1 for all events but one: the profile is far from a parabola, and at so high a level far away.
#[test]
fn ends_far_away_are_found() {
    let x = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
    let y = [0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0];
    let column = DMatrix::from_column_slice(10, 1, &x);
    let data = Dataset::new(column, DVector::from_column_slice(&y), vec!["x".to_owned()]).unwrap();
    let regression = LogisticRegression::new();
    let fit = regression.fit(&data).unwrap();
    let (lower, upper) = regression.profile_intervals(&data, &fit, 1.0 - 1e-9).unwrap()[1];
    // P(|Z| > 6.109410204869) = 1e-9 (a root of erfc(z/√2) = 1e-9 by mpmath 1.3 with forty digits).
    for end in [lower, upper] {
        let more = deviance_with(&data, "x", end) - fit.deviance();
        assert!((more / 6.109_410_204_869_f64.powi(2) - 1.0).abs() < 1e-6, "{end}: {more}");
    }
}

/// Golden ends: roots of the profile by mpmath 1.3 with fifty digits, each fit by its own Newton's method.
fn assert_ends(found: &[(f64, f64)], expected: &[(f64, f64)]) {
    assert_eq!(found.len(), expected.len());
    let near = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-8;
    for (found, expected) in found.iter().zip(expected) {
        assert!(near(found.0, expected.0) && near(found.1, expected.1), "{found:?} {expected:?}");
    }
}

const WEIGHTS: [f64; 10] = [1.0, 2.0, 1.0, 3.0, 2.0, 1.0, 1.0, 2.0, 1.0, 3.0];

/// Two columns and an offset; each example so often as its weight says, or with that weight.
fn offset_set(repeated: bool) -> Dataset {
    let a = [0.5, -1.0, 1.5, 2.0, -0.5, 0.25, -2.0, 1.0, -1.5, 0.75];
    let b = [1.0, 0.0, 2.0, 1.0, 3.0, 0.0, 1.0, 2.0, 3.0, 0.0];
    let y = [1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0];
    let offset = [0.5, -0.5, 0.25, 0.0, 1.0, -1.0, 0.5, 0.25, -0.25, 0.0];
    let rows: Vec<usize> = (0..10)
        .flat_map(|i| std::iter::repeat_n(i, if repeated { WEIGHTS[i] as usize } else { 1 }))
        .collect();
    let of = |numbers: &[f64; 10]| DVector::from_iterator(rows.len(), rows.iter().map(|&i| numbers[i]));
    let names = vec!["a".to_owned(), "b".to_owned()];
    let data = Dataset::new(DMatrix::from_columns(&[of(&a), of(&b)]), of(&y), names).unwrap();
    let data = data.with_offset(of(&offset)).unwrap();
    if repeated { data } else { data.with_weights(of(&WEIGHTS)).unwrap() }
}

#[test]
fn weights_are_repetitions_and_an_offset_counts() {
    let expected = [
        (-7.296_489_412_705_608, -0.333_571_759_561_549),
        (0.529_529_717_951_847, 5.039_040_479_712_02),
        (-0.045_021_019_593_66, 3.215_781_295_663_864),
    ];
    for gradient in [Gradient::ClosedForm, Gradient::Graph] {
        for data in [offset_set(false), offset_set(true)] {
            let regression = LogisticRegression::new().gradient(gradient);
            let fit = regression.fit(&data).unwrap();
            assert_ends(&regression.profile_intervals(&data, &fit, 0.95).unwrap(), &expected);
        }
    }
}

/// Classes that overlap between −⅛ and ⅛ alone, by two examples of this weight.
fn nearly_separable(weight: f64) -> Dataset {
    let x = DMatrix::from_column_slice(8, 1, &[-3.0, -2.0, -1.0, -0.125, 0.125, 1.0, 2.0, 3.0]);
    let y = DVector::from_column_slice(&[0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0]);
    let weights = DVector::from_column_slice(&[1.0, 1.0, 1.0, weight, weight, 1.0, 1.0, 1.0]);
    Dataset::new(x, y, vec!["x".to_owned()]).unwrap().with_weights(weights).unwrap()
}

#[test]
fn nearly_separable_data_have_both_ends() {
    let regression = LogisticRegression::new();
    let data = nearly_separable(1.0);
    let fit = regression.fit(&data).unwrap();
    let found = regression.profile_intervals(&data, &fit, 0.95).unwrap();
    assert_ends(
        &found,
        &[(-2.945_627_045_022_515, 2.945_627_045_022_515), (0.375_999_015_259_588_4, 13.963_004_260_242_206)],
    );
    let data = nearly_separable(0.125);
    let fit = regression.fit(&data).unwrap();
    let (lower, upper) = regression.profile_intervals(&data, &fit, 0.95).unwrap()[1];
    for end in [lower, upper] {
        let more = deviance_with(&data, "x", end) - fit.deviance();
        assert!((more / QUANTILE - 1.0).abs() < 1e-8, "{end}: {more}");
    }
}

/// Without a column the profile is the likelihood itself: of three events in ten, by mpmath 1.3 with fifty digits.
#[test]
fn the_intercept_alone_has_an_interval() {
    let y = DVector::from_fn(10, |i, _| f64::from(u8::from(i < 3)));
    let data = Dataset::new(DMatrix::zeros(10, 0), y, Vec::new()).unwrap();
    let fit = LogisticRegression::new().fit(&data).unwrap();
    let found = LogisticRegression::new().profile_intervals(&data, &fit, 0.95).unwrap();
    assert_ends(&found, &[(-2.381_960_857_916_256, 0.432_787_206_794_891)]);
}

/// Overlap of such small weight takes the slope's upper end where every logit is in the hundreds of millions and the information of the intercept is 0 in f64: no fit is there to
/// tell it.
#[test]
fn an_end_beyond_every_fit_is_an_error_that_names_it() {
    let data = nearly_separable(2.0_f64.powi(-30));
    let regression = LogisticRegression::new();
    let fit = regression.fit(&data).unwrap();
    let error = regression.profile_intervals(&data, &fit, 0.95).unwrap_err();
    assert!(matches!(&error, Error::ProfileNotReached { column, end: "upper" } if column == "x"), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("the upper end") && text.contains("`x`") && text.contains("a lower level"),
        "{text}"
    );
}

#[test]
fn other_data_penalties_and_levels_are_refused() {
    let data = spector().unwrap().dataset;
    let regression = LogisticRegression::new();
    let fit = regression.fit(&data).unwrap();
    for level in [0.0, 1.0, f64::NAN] {
        let error = regression.profile_intervals(&data, &fit, level).unwrap_err();
        assert!(matches!(error, Error::InvalidLevel { .. }), "{error}");
    }
    let ridge = LogisticRegression::new().penalty(Penalty::L2(0.1)).fit(&data).unwrap();
    let firth = LogisticRegression::new().penalty(Penalty::Firth).fit(&data).unwrap();
    let swapped = Dataset::new(
        data.features().clone(),
        data.labels().map(|label| 1.0 - label),
        data.feature_names().to_vec(),
    );
    let moved = data.clone().with_offset(DVector::from_fn(32, |i, _| 0.1 * i as f64)).unwrap();
    let others = [data.with_columns(&["GPA"]).unwrap(), swapped.unwrap(), moved];
    let of_others = others.iter().map(|other| (other, &fit));
    for (data, fit) in of_others.chain([(&data, &ridge), (&data, &firth)]) {
        let error = regression.profile_intervals(data, fit, 0.9).unwrap_err();
        assert!(matches!(error, Error::NoProfile { .. }), "{error}");
    }
}

/// By the solver that was named, within the limit of steps that was set; what would only be replaced is refused.
#[test]
fn intervals_are_found_by_the_solver_that_is_asked_for() {
    let data = spector().unwrap().dataset;
    let fit = LogisticRegression::new().fit(&data).unwrap();
    let by = |solver| LogisticRegression::new().solver(solver);
    let newton = by(Solver::Newton).profile_intervals(&data, &fit, 0.95).unwrap();
    assert_eq!(newton, by(Solver::Automatic).profile_intervals(&data, &fit, 0.95).unwrap());
    for solver in [Solver::Lbfgs, Solver::NewtonCg] {
        let found = by(solver).profile_intervals(&data, &fit, 0.95).unwrap();
        assert_ends(&found, &newton);
        // To the bit it would be Newton's method instead.
        assert_ne!(found, newton, "{solver:?}");
    }
    let error = by(Solver::GradientDescent).profile_intervals(&data, &fit, 0.95).unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    assert!(
        error.to_string().starts_with("gradient descent cannot be used for profile-likelihood"),
        "{error}"
    );
    let error = by(Solver::Newton).iteration_limit(0).profile_intervals(&data, &fit, 0.95).unwrap_err();
    assert!(matches!(error, Error::ProfileNotReached { .. }), "{error}");
    for penalty in [Penalty::L2(0.1), Penalty::Firth] {
        let error =
            LogisticRegression::new().penalty(penalty).profile_intervals(&data, &fit, 0.95).unwrap_err();
        assert!(matches!(error, Error::NoProfile { .. }) && error.to_string().contains("penalty"), "{error}");
    }
}

/// A fit that was content with a thousandth of the objective is no maximum to measure from.
#[test]
fn a_fit_to_a_tolerance_has_no_profile() {
    let data = spector().unwrap().dataset;
    let regression = LogisticRegression::new().solver(Solver::GradientDescent).tolerance(1e-3);
    let fit = regression.fit(&data).unwrap();
    let gap = fit.certificate().unwrap().gap();
    assert!(2.0 * fit.total_weight() * gap > 1e-3, "{gap:e}");
    let error = LogisticRegression::new().profile_intervals(&data, &fit, 0.95).unwrap_err();
    assert!(matches!(error, Error::NoProfile { .. }) && error.to_string().contains("tolerance"), "{error}");
    let nested = LogisticRegression::new().fit(&data.with_columns(&["GPA"]).unwrap()).unwrap();
    let error = fit.likelihood_ratio_test(&nested).unwrap_err();
    assert!(matches!(error, Error::NotNested { .. }) && error.to_string().contains("tolerance"), "{error}");
}
