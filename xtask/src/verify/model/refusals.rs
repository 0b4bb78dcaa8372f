//! Fits that are refused, and what is asked in vain.
//!
//! Invariant: an error is told by its kind, not by its words.

use chainrule_data::Dataset;
use chainrule_model::{Error as ModelError, Fit, LogisticRegression, Penalty, Solver, Withheld};
use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::verify::Check;

/// What cannot be fitted, and what is asked in vain, is refused by the right error.
pub(super) fn refusals() -> Result<Check, Error> {
    let mut row = Check::new("fits that are refused", "the error", "what is wrong", 0.0)
        .convicts("crates/model/src/{error,regression,verdict,penalty}.rs");
    let with = |column: Vec<f64>, labels: Vec<f64>| {
        Dataset::new(
            DMatrix::from_vec(labels.len(), column.len() / labels.len(), column),
            DVector::from_vec(labels),
            vec!["x".to_owned()],
        )
    };
    let overlapping = with(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], vec![0.0, 1.0, 0.0, 1.0, 0.0, 1.0])?;
    let separated = with(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0])?;
    let constant = with(vec![2.0; 6], vec![0.0, 1.0, 0.0, 1.0, 0.0, 1.0])?;
    let alike = with(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], vec![1.0; 6])?;
    let plain = LogisticRegression::new;
    let ridge = |lambda: f64| plain().penalty(Penalty::L2(lambda));
    let cases: [(&str, Result<Fit, ModelError>, &[&str]); 9] = [
        ("separated classes", plain().fit(&separated), &["NotReached", "Separable", "Complete"]),
        ("a constant column", plain().fit(&constant), &["NotReached", "Collinear"]),
        ("labels of one kind", plain().fit(&alike), &["OneClass"]),
        ("λ = −1", ridge(-1.0).fit(&overlapping), &["InvalidPenalty"]),
        ("λ = ∞", ridge(f64::INFINITY).fit(&overlapping), &["InvalidPenalty"]),
        ("a tolerance of −1", plain().tolerance(-1.0).fit(&overlapping), &["InvalidTolerance"]),
        ("no steps", plain().iteration_limit(0).fit(&overlapping), &["NotReached"]),
        (
            "two steps of descent",
            plain().solver(Solver::GradientDescent).iteration_limit(2).fit(&overlapping),
            &["NotReached"],
        ),
        (
            "Firth by Newton's method",
            plain().penalty(Penalty::Firth).solver(Solver::Newton).fit(&overlapping),
            &["Unsupported"],
        ),
    ];
    for (what, outcome, expected) in cases {
        let found = outcome.err().map(|error| format!("{error:?}")).unwrap_or_default();
        row.expect(expected.iter().all(|word| found.contains(word)), || {
            format!("{what}: {found}, expected {expected:?}")
        });
    }
    row.expect(ridge(0.1).fit(&separated).is_ok(), || "separated classes under a ridge".to_owned());
    row.expect(plain().penalty(Penalty::Firth).fit(&separated).is_ok(), || {
        "separated classes by Firth's likelihood".to_owned()
    });
    let fit = plain().fit(&overlapping)?;
    row.expect(fit.probability(&[1.0, 2.0]).is_err(), || "a probability of two features".to_owned());
    row.expect(fit.likelihood_ratio_test(&fit).is_err(), || "a test against itself".to_owned());
    let descended = plain().descend(&overlapping, 7)?;
    row.expect_same(&descended.iterations(), &7, || "steps of descent".to_owned());
    row.expect(!descended.converged() && descended.certificate().is_none(), || {
        "descent claims an optimum".to_owned()
    });
    row.expect(descended.inference().err() == Some(Withheld::NoOptimum), || {
        "inference without an optimum".to_owned()
    });
    let falls = descended.history().windows(2).all(|pair| pair[1] < pair[0]);
    row.expect(falls, || format!("descent that does not fall: {:?}", descended.history()));
    Ok(row)
}
