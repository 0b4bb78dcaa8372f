//! Verdicts on right, slightly wrong and grossly wrong claims.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_check::{Comparison, Error, Verdict, compare};

/// What extrapolated differences can be held to at ordinary points.
const BOUND: f64 = 1e-8;

fn claim(f: impl Fn(&[f64]) -> f64, claimed: f64, x: f64) -> Comparison {
    compare(f, &[claimed], &[x]).unwrap()[0]
}

#[test]
fn a_planted_error_of_one_in_a_million_is_found_and_the_truth_is_not_accused() {
    for k in 1..=300 {
        let x = f64::from(k) / 50.0;
        let f = |x: &[f64]| x[0].sin() * (0.3 * x[0]).exp();
        let truth = (0.3 * x).exp() * (x.cos() + 0.3 * x.sin());
        assert_eq!(claim(f, truth, x).verdict(BOUND), Verdict::Agrees, "at {x}");
        assert_eq!(claim(f, truth * (1.0 + 1e-6), x).verdict(BOUND), Verdict::Wrong, "at {x}");
    }
}

#[test]
fn common_faults_are_wrong() {
    let f = |x: &[f64]| x[0].powi(3);
    for fault in [-12.0, 0.0, 6.0, 12.5, f64::NAN, f64::INFINITY] {
        assert_eq!(claim(f, fault, 2.0).verdict(BOUND), Verdict::Wrong, "{fault}");
    }
    assert_eq!(claim(f, 12.0, 2.0).verdict(BOUND), Verdict::Agrees);
}

#[test]
fn where_f_is_flat_only_zero_agrees() {
    for height in [0.0, 4.0] {
        assert_eq!(claim(|_| height, 0.0, 1.0).verdict(BOUND), Verdict::Agrees);
        assert_eq!(claim(|_| height, 1e-300, 1.0).verdict(BOUND), Verdict::Wrong);
    }
    // At the top of a hill the slope is 0, but no quotient has any relative precision.
    assert_eq!(claim(|x| x[0].cos(), 0.0, 0.0).verdict(BOUND), Verdict::CannotTell);
}

#[test]
fn noise_is_no_verdict() {
    let noisy = |x: &[f64]| x[0].sin() + 1e-7 * (1e9 * x[0]).sin();
    assert_eq!(claim(noisy, 0.7_f64.cos(), 0.7).verdict(BOUND), Verdict::CannotTell);
}

#[test]
fn claims_are_one_a_coordinate() {
    let error = compare(|x| x[0], &[1.0], &[1.0, 2.0]).unwrap_err();
    assert_eq!(error, Error::WrongLength { what: "claimed gradient", expected: 2, found: 1 });
}
