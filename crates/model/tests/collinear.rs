//! Columns that determine each other, and how little of a penalty is enough to choose between their weights.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::Dataset;
use chainrule_model::{Error, LogisticRegression, Obstacle, Penalty};
use nalgebra::{DMatrix, DVector};

/// Half of them at −1, half at 1: mean 0, standard deviation 1.
const EXAMPLES: usize = 100;

/// The same column so many times, with labels that overlap: of ten examples at 1 seven are events, at −1 three.
fn set(copies: usize) -> Dataset {
    let side = |i: usize| if i < EXAMPLES / 2 { -1.0 } else { 1.0 };
    let features = DMatrix::from_fn(EXAMPLES, copies, |i, _| side(i));
    let labels = DVector::from_fn(EXAMPLES, |i, _| if (i % 10 < 7) == (side(i) > 0.0) { 1.0 } else { 0.0 });
    let names = (1..=copies).map(|j| format!("x{j}")).collect();
    Dataset::new(features, labels, names).unwrap()
}

/// What is left of the second column is 2λ beside ¼, which is above the share of 1e-12 that counts as nothing, however
/// many examples there are.
#[test]
fn a_penalty_just_above_the_share_that_counts_as_nothing_makes_a_fit() {
    let alone = LogisticRegression::new().fit(&set(1)).unwrap();
    // By hand: the log-odds of 7 in 10.
    assert!((alone.coefficients()[0] - (0.7_f64 / 0.3).ln()).abs() < 1e-14);
    let both = LogisticRegression::new().penalty(Penalty::L2(1e-12)).fit(&set(2)).unwrap();
    // How the weight is shared is lost to rounding, its sum is not.
    let sum: f64 = both.coefficients().iter().sum();
    assert!((sum - alone.coefficients()[0]).abs() < 1e-10, "{:?}", both.coefficients());
}

#[test]
fn a_penalty_below_the_share_that_counts_as_nothing_does_not() {
    assert!(LogisticRegression::new().penalty(Penalty::L2(5e-14)).fit(&set(2)).is_err());
}

/// x3 = 2·x1 − x2 + 1, x4 = 5, x5 = −x1: each is named with what it is made of, and no other column is.
#[test]
fn every_dependent_column_is_named_with_those_it_is_made_of() {
    let part = |i: usize, by: f64| (i as f64 * by).fract();
    let features = DMatrix::from_fn(50, 6, |i, j| {
        let (one, two, last) = (part(i, 0.618_034), part(i, 0.754_878), part(i, 0.569_84));
        [one, two, 2.0 * one - two + 1.0, 5.0, -one, last][j]
    });
    let labels = DVector::from_fn(50, |i, _| f64::from(u8::from(part(i, 0.882_1) > 0.5)));
    let names: Vec<String> = (1..=6).map(|j| format!("x{j}")).collect();
    let data = Dataset::new(features, labels, names).unwrap();
    let Err(Error::NotReached { obstacle: Obstacle::Collinear { dependences }, .. }) =
        LogisticRegression::new().fit(&data)
    else {
        panic!("no dependence was found")
    };
    let said: Vec<String> = dependences.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["`x3` is determined by `x1`, `x2`", "`x4` is constant", "`x5` is determined by `x1`"]);
    let known: Vec<&str> = data
        .feature_names()
        .iter()
        .map(String::as_str)
        .filter(|name| ["x1", "x2", "x6"].contains(name))
        .collect();
    assert!(LogisticRegression::new().fit(&data.with_columns(&known).unwrap()).is_ok());
}

/// With eight examples there are at most seven columns beside the intercept that say something new.
#[test]
fn more_columns_than_examples_are_named() {
    let features = DMatrix::from_fn(8, 10, |i, j| ((i * i + 3 * i * j + 7 * j * j * j) % 101) as f64);
    let labels = DVector::from_fn(8, |i, _| f64::from(u8::from(i % 2 == 0)));
    let data = Dataset::new(features, labels, (1..=10).map(|j| format!("x{j}")).collect()).unwrap();
    let error = LogisticRegression::new().fit(&data).unwrap_err().to_string();
    for name in ["`x8` is", "`x9` is", "`x10` is"] {
        assert!(error.contains(name), "{name} is missing in {error}");
    }
    assert!(LogisticRegression::new().penalty(Penalty::L2(0.1)).fit(&data).is_ok());
}
