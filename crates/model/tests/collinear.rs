//! Columns that determine each other, and how little of a penalty is enough to choose between their weights.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_data::Dataset;
use chainrule_model::{LogisticRegression, Penalty};
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
