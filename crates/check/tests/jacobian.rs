//! Jacobians: right, wrong, of the wrong shape; and no more evaluations than points.

use std::cell::RefCell;
use std::collections::HashSet;

use chainrule_check::{Error, Place, check_jacobian};

/// Two outputs of three variables.
fn f(x: &[f64]) -> [f64; 2] {
    [x[0] * x[1] + x[2].sin(), x[0].exp() * x[2]]
}

fn jacobian(x: &[f64]) -> Vec<Vec<f64>> {
    vec![vec![x[1], x[0], x[2].cos()], vec![x[0].exp() * x[2], 0.0, x[0].exp()]]
}

const X: [f64; 3] = [0.4, -1.5, 2.0];

#[test]
fn every_entry_is_certified_row_by_row() {
    let report = check_jacobian(f, jacobian).at(&X).unwrap().agree_to(9).unwrap();
    let places: Vec<_> = report.findings().iter().map(|finding| finding.place).collect();
    let expected: Vec<_> =
        (0..2).flat_map(|row| (0..3).map(move |column| Place::Entry { row, column })).collect();
    assert_eq!(places, expected);
}

#[test]
fn a_wrong_entry_is_named() {
    let claim = |x: &[f64]| {
        let mut claim = jacobian(x);
        claim[1][2] *= 1.0 + 1e-7;
        claim
    };
    let report = check_jacobian(f, claim).at(&X).unwrap();
    let wrong: Vec<_> = report.wrong().map(|finding| finding.place.to_string()).collect();
    assert_eq!(wrong, ["[1][2]"], "{report}");
}

#[test]
fn shapes_are_checked() {
    let row_missing = check_jacobian(f, |x: &[f64]| jacobian(x)[..1].to_vec()).at(&X).unwrap_err();
    assert_eq!(
        row_missing,
        Error::WrongLength { what: "claimed Jacobian", of: "outputs", expected: 2, found: 1 }
    );
    let entry_missing = check_jacobian(f, |_: &[f64]| vec![vec![1.0, 2.0]; 2]).at(&X).unwrap_err();
    assert_eq!(
        entry_missing.to_string(),
        "the row of claims has 2 entries where 3 are expected; give one an entry of the point"
    );
}

#[test]
fn f_is_evaluated_once_at_each_point() {
    let seen: RefCell<(usize, HashSet<Vec<u64>>)> = RefCell::default();
    let counted = |x: &[f64]| {
        let mut seen = seen.borrow_mut();
        seen.0 += 1;
        seen.1.insert(x.iter().map(|x| x.to_bits()).collect());
        vec![x[0].sin() + x[1]; 50]
    };
    let claim = |x: &[f64]| vec![vec![x[0].cos(), 1.0]; 50];
    assert!(check_jacobian(counted, claim).at(&[0.3, 0.4]).unwrap().agree_to(9).is_ok());
    let (evaluations, points) = seen.into_inner();
    // Once more for the number of outputs, and the point itself once for each coordinate.
    assert!(evaluations <= points.len() + 2, "{evaluations} evaluations at {} points", points.len());
}
