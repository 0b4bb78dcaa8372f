//! A report as a table, as an error, as JSON.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_check::{Report, check};

/// One right claim, one with a wrong sign, one at a kink.
fn mixed() -> Report {
    let f = |x: &[f64]| x[0] * 3.0 + x[1] * x[1] + x[2].abs();
    check(f, |_: &[f64]| [3.0, -4.0, 0.0]).at(&[1.0, 2.0, 0.0]).unwrap()
}

fn right() -> Report {
    check(|x: &[f64]| 3.0 * x[0], |_: &[f64]| [3.0]).at(&[1.0]).unwrap()
}

#[test]
fn the_table_names_place_claim_estimate_digits_and_fault() {
    let text = mixed().to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "1 of 3 agree, 1 wrong, 1 not told");
    assert_eq!(
        lines[1],
        "where                  claimed                 expected         ±  digits  verdict"
    );
    assert_eq!(lines.len(), 5);
    assert!(
        lines[2].starts_with("x[0]      3.0000000000000000e0     3.0000000000000000e0  "),
        "{}",
        lines[2]
    );
    assert!(lines[2].ends_with("  agrees to 14 digits"), "{}", lines[2]);
    assert!(lines[3].starts_with("x[1]     -4.0000000000000000e0  "), "{}", lines[3]);
    assert!(lines[3].ends_with("       0  WRONG: opposite sign"), "{}", lines[3]);
    assert!(
        lines[4].contains("cannot tell: kink: slope -1.000000e0 on the left, 1.000000e0 on the right"),
        "{}",
        lines[4]
    );
}

#[test]
fn what_a_test_shows_is_the_table() {
    let report = mixed();
    assert_eq!(format!("{report:?}"), report.to_string());
    // As a test's error it is shown by `{:?}` behind a trait object.
    let error: Box<dyn std::error::Error> = Box::new(report.clone());
    assert_eq!(format!("{error:?}"), report.to_string());
}

#[test]
fn agreement_wants_digits_of_every_claim() {
    assert!(right().agree_to(12).is_ok());
    let failure = right().agree_to(16).unwrap_err();
    assert!(
        failure.to_string().starts_with("1 of 1 agree, 0 wrong, 0 not told, 16 digits required of each\n")
    );
    assert!(mixed().agree_to(1).is_err());
    // What cannot be told is not certified, but it is not wrong.
    let kink = || check(|x: &[f64]| x[0].abs(), |_: &[f64]| [0.0]).at(&[0.0]).unwrap();
    assert!(kink().agree_to(1).is_err());
    assert!(kink().not_wrong().is_ok());
    assert!(mixed().not_wrong().is_err());
}

#[test]
fn findings_can_be_asked_one_by_one() {
    let report = mixed();
    assert_eq!((report.findings().len(), report.wrong().count(), report.untold().count()), (3, 1, 1));
    let wrong = report.wrong().next().unwrap();
    assert_eq!((wrong.place.to_string().as_str(), wrong.claimed), ("x[1]", -4.0));
    assert!((wrong.relative_error() - 2.0).abs() < 1e-9);
    assert_eq!(wrong.digits_in_common(), 0);
}

#[cfg(feature = "json")]
#[test]
fn the_json_says_the_same() {
    let f = |x: &[f64]| x[0] * 3.0 + x[1] * x[1] + x[2].sqrt();
    let report = check(f, |_: &[f64]| [3.0, f64::NAN, 1.0]).at(&[1.0, 2.0, 0.0]).unwrap();
    let json: serde_json::Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings[0]["place"]["coordinate"], 0);
    assert_eq!((&findings[0]["verdict"], &findings[0]["claimed"]), (&"agrees".into(), &3.0.into()));
    assert!(findings[0]["digits"].as_u64().unwrap() >= 12);
    assert!((findings[0]["expected"]["value"].as_f64().unwrap() - 3.0).abs() < 1e-12);
    assert_eq!((&findings[1]["verdict"], &findings[1]["fault"]), (&"wrong".into(), &"not_finite".into()));
    assert!(findings[1]["claimed"].is_null());
    assert_eq!(
        (&findings[2]["verdict"], &findings[2]["doubt"]),
        (&"cannot_tell".into(), &"domain_edge".into())
    );
    assert!(findings[2]["expected"].is_null());
}
