//! Jacobians: right, wrong, of the wrong shape; and no more evaluations than points.

use std::cell::RefCell;
use std::collections::HashSet;

use chainrule_check::{Doubt, Error, Place, Verdict, check_jacobian};

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
fn scales_are_those_of_the_columns_and_the_floor_that_of_every_entry() {
    let f = |x: &[f64]| [(x[0] / 1e-150).sin() + (x[1] / 1e150).sin(), x[2].cos()];
    let claim = |_: &[f64]| vec![vec![1e150, 1e-150, 0.0], vec![0.0, 0.0, 1e-12]];
    let check = check_jacobian(f, claim).scales(&[1e-150, 1e150, 1.0]);
    let report = check.clone().at(&[0.0; 3]).unwrap();
    assert_eq!(report.findings().len(), 6);
    assert!(
        report.findings()[..5].iter().all(|one| matches!(one.verdict, Verdict::Agrees { .. })),
        "{report}"
    );
    assert!(matches!(report.findings()[5].verdict, Verdict::CannotTell { .. }), "{report}");
    let excused = check.floor(1e-9).at(&[0.0; 3]).unwrap();
    assert_eq!(excused.findings()[5].verdict, Verdict::Excused, "{excused}");
    assert!(excused.agree_to(9).is_ok());
}

#[test]
fn outputs_are_judged_each_for_itself() {
    // One smooth, one with a kink, one with noise, one without values, of one variable. A wave of 10¹⁵ radians is as
    // good as noise.
    let noise = |x: f64| 1e-3 * (1e15 * x).sin();
    let f = |x: &[f64]| [x[0].sin(), x[0].abs(), x[0].sin() + noise(x[0]), x[0].ln()];
    let claim = |_: &[f64]| vec![vec![1.0], vec![1.0], vec![1.0], vec![f64::INFINITY]];
    let report = check_jacobian(f, claim).at(&[0.0]).unwrap();
    assert!(matches!(report.findings()[0].verdict, Verdict::Agrees { digits: 9.. }), "{report}");
    let doubts: Vec<Doubt> = report
        .untold()
        .filter_map(|finding| match finding.verdict {
            Verdict::CannotTell { doubt } => Some(doubt),
            _ => None,
        })
        .collect();
    assert!(matches!(doubts[..], [Doubt::Kink { .. }, Doubt::Noise { .. }, Doubt::DomainEdge]), "{report}");
}

#[test]
fn nothing_to_check_is_refused() {
    let none: &[f64] = &[];
    let outputs = check_jacobian(|_: &[f64]| none, |_: &[f64]| vec![]).at(&[1.0]);
    assert_eq!(outputs.unwrap_err(), Error::NothingToCheck { what: "outputs" });
    let coordinates = check_jacobian(|_: &[f64]| [1.0], |_: &[f64]| vec![vec![]]).at(&[]);
    assert_eq!(coordinates.unwrap_err(), Error::NothingToCheck { what: "coordinates" });
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
    // The point itself is seen three times: for the number of outputs, and once for each coordinate.
    assert_eq!(evaluations, points.len() + 2);
    assert!(points.len() < 400, "{} points", points.len());
}
