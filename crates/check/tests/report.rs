//! A report as a table, as an error, as JSON.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_check::{Report, Verdict, check, check_hessian};

/// One right claim, one with a wrong sign, one at a kink.
fn mixed() -> Report {
    let f = |x: &[f64]| x[0] * 3.0 + x[1] * x[1] + x[2].abs();
    check(f, |_: &[f64]| [3.0, -4.0, 0.0]).at(&[1.0, 2.0, 0.0]).unwrap()
}

fn right() -> Report {
    check(|x: &[f64]| 3.0 * x[0], |_: &[f64]| [3.0]).at(&[1.0]).unwrap()
}

#[test]
fn equal_numbers_are_off_by_nothing_also_at_zero() {
    let report = check(|_: &[f64]| 4.0, |_: &[f64]| [0.0]).at(&[1.0]).unwrap();
    assert_eq!(report.findings()[0].relative_error(), 0.0);
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
fn the_readme_shows_what_is_printed() {
    // Nothing but + − × enters, so these are the same lines everywhere.
    let rosenbrock = |x: &[f64]| (1.0 - x[0]).powi(2) + 100.0 * (x[1] - x[0] * x[0]).powi(2);
    let gradient = |x: &[f64]| {
        let valley = x[1] - x[0] * x[0];
        [-2.0 * (1.0 - x[0]) - 400.0 * x[0] * valley, 100.0 * valley]
    };
    let failure = check(rosenbrock, gradient).at(&[-1.2, 1.0]).unwrap().agree_to(8).unwrap_err();
    let shown = format!("```text\nError: {failure:?}\n```");
    assert!(include_str!("../README.md").contains(&shown), "{shown}");
}

#[test]
fn columns_are_as_wide_as_the_longest_place() {
    let claim = |_: &[f64]| vec![vec![1.0, 0.0], vec![0.0, 1.0]];
    let report = check_hessian(|x: &[f64]| x.to_vec(), claim).at(&[1.0, 2.0]).unwrap();
    let text = report.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[1].starts_with("where                            claimed                 expected  "),
        "{text}"
    );
    assert!(
        lines[2].starts_with("[0][0]              1.0000000000000000e0     1.0000000000000000e0  "),
        "{text}"
    );
    assert!(
        lines[6].starts_with("[0][1] = [1][0]     0.0000000000000000e0     0.0000000000000000e0  "),
        "{text}"
    );
    // Every line has its verdict in the same column.
    let column = lines[1].chars().count() - "verdict".len();
    let verdict = |line: &&str| line.chars().skip(column).collect::<String>().starts_with("agrees to ");
    assert!(lines[2..].iter().all(verdict), "{text}");
}

#[test]
fn the_summary_counts_every_verdict() {
    let f = |x: &[f64]| x[0] * 3.0 + x[1] * x[1] + x[2].abs() + x[3];
    let report = check(f, |_: &[f64]| [3.0, -4.0, 0.0, 1.1]).floor(0.2).at(&[1.0, 2.0, 0.0, 5.0]).unwrap();
    let summary = |report: &Report| report.to_string().lines().next().unwrap().to_owned();
    assert_eq!(summary(&report), "1 of 4 agree, 1 wrong, 1 not told, 1 excused");
    let failure = report.agree_to(7).unwrap_err();
    assert_eq!(summary(&failure), "1 of 4 agree, 1 wrong, 1 not told, 1 excused, 7 digits required of each");
    assert!(failure.to_string().ends_with("excused by the floor"), "{failure}");
}

#[test]
fn where_there_is_no_estimate_there_is_a_dash() {
    let report = check(|x: &[f64]| x[0].ln(), |_: &[f64]| [f64::INFINITY]).at(&[0.0]).unwrap();
    let expected = concat!(
        "x[0]                       inf                        -         -       -  ",
        "cannot tell: edge of the domain: f has no finite values on both sides"
    );
    assert_eq!(report.to_string().lines().last(), Some(expected), "{report}");
    assert!(report.findings()[0].relative_error().is_nan());
    assert_eq!(report.findings()[0].digits_in_common(), 0);
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
    // Exactly the digits that are certified will do.
    let Verdict::Agrees { digits } = right().findings()[0].verdict else { unreachable!() };
    assert!(right().agree_to(digits).is_ok() && right().agree_to(digits + 1).is_err());
    assert_eq!(right().agree_to(digits).unwrap(), right());
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

#[test]
fn relative_errors_and_digits_are_those_of_claim_and_estimate() {
    // Along a straight line the estimate is exact.
    let finding =
        |claimed: f64| check(|x: &[f64]| 2.0 * x[0], |_: &[f64]| [claimed]).at(&[0.0]).unwrap().findings()[0];
    for (claimed, relative_error, digits) in
        [(2.0, 0.0, 15), (2.5, 0.25, 0), (1.0, 0.5, 0), (-2.0, 2.0, 0), (0.0, 1.0, 0), (2.125, 0.0625, 1)]
    {
        let finding = finding(claimed);
        assert_eq!((finding.relative_error(), finding.digits_in_common()), (relative_error, digits));
    }
    assert_eq!(finding(2.0 + 2e-7).digits_in_common(), 6);
}

#[cfg(feature = "json")]
#[test]
fn every_verdict_has_its_json() {
    let f = |x: &[f64]| x[0].sin() + x[1].abs() + x[2] * x[3];
    let claims = |_: &[f64]| [0.5, 0.0, 2.0, 3.0 + 1e-9];
    let report = check(f, claims).floor(1e-8).at(&[1.0, 0.0, 3.0, 1.0]).unwrap().agree_to(3).unwrap_err();
    let json: serde_json::Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    assert_eq!(json["required"], 3);
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 4);
    // A wrong claim, a kink with its slopes, one wrong by a factor, one excused.
    assert_eq!((&findings[0]["verdict"], &findings[0]["fault"]), (&"wrong".into(), &"other".into()));
    let order = findings[0]["expected"]["order"].as_f64().unwrap();
    assert!((order - 2.0).abs() < 0.1, "{order}");
    assert_eq!(findings[0]["expected"]["doubt"], "near_zero");
    assert_eq!(findings[1]["verdict"], "cannot_tell");
    let kink = &findings[1]["doubt"]["kink"];
    assert_eq!((kink["left"].as_f64(), kink["right"].as_f64()), (Some(-1.0), Some(1.0)), "{report}");
    assert!(findings[1]["expected"]["order"].is_null());
    assert_eq!(findings[2]["fault"]["missing_factor"]["factor"], 0.5);
    assert_eq!(findings[3]["verdict"], "excused");
    // What is for the crate itself is not in it.
    let mut names: Vec<&String> = findings[0]["expected"].as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["doubt", "error", "order", "value"]);
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
