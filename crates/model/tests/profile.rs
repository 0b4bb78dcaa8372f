//! Ends of profile-likelihood intervals are where a fit with the coefficient held there is just rejected.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::Dataset;
use chainrule_data::certified::spector;
use chainrule_model::{Error, Gradient, LogisticRegression, Penalty};
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

#[test]
fn other_data_penalties_and_levels_are_refused() {
    let data = spector().unwrap().dataset;
    let regression = LogisticRegression::new();
    let fit = regression.fit(&data).unwrap();
    for level in [0.0, 1.0, f64::NAN] {
        let error = regression.profile_intervals(&data, &fit, level).unwrap_err();
        assert!(matches!(error, Error::InvalidLevel { .. }), "{error}");
    }
    let other = data.with_columns(&["GPA"]).unwrap();
    assert!(matches!(regression.profile_intervals(&other, &fit, 0.9), Err(Error::NotNested { .. })));
    let ridge = LogisticRegression::new().penalty(Penalty::L2(0.1)).fit(&data).unwrap();
    assert!(matches!(regression.profile_intervals(&data, &ridge, 0.9), Err(Error::NotNested { .. })));
}
