//! `cargo xtask verify`: it passes, counts right, covers the whole table, and a row that is wrong fails.

#![expect(clippy::panic, reason = "a test fails by panicking, its helpers too")]

mod common;

use chainrule_graph::Op;
use common::xtask;
use serde_json::Value;
use xtask::Outcome;
use xtask::verify::{Check, Report};

#[test]
fn everything_passes_and_the_last_line_counts() {
    let (outcome, printed) = xtask(&["verify"]);
    let failures: Vec<_> = printed.lines().filter(|line| line.starts_with("FAILED")).collect();
    assert_eq!((outcome, failures), (Outcome::Success, vec![]));
    let rows = printed.lines().filter(|line| line.starts_with("ok")).count();
    assert_eq!(printed.lines().last().unwrap(), format!("{rows} passed, 0 failed"));
}

#[test]
fn the_json_object_has_the_promised_keys_and_every_operation() {
    let (outcome, printed) = xtask(&["verify", "--json"]);
    assert_eq!(outcome, Outcome::Success);
    let report: Value = serde_json::from_str(&printed).unwrap();
    let checks = report["checks"].as_array().unwrap();
    assert_eq!((report["passed"].as_u64(), report["failed"].as_u64()), (Some(checks.len() as u64), Some(0)));
    for check in checks {
        assert_eq!(check["passed"], true);
        assert!(check["cases"].as_u64() > Some(0));
        assert!(check["max_error"].as_f64() <= check["bound"].as_f64());
        assert!(check["name"].is_string() && check["route"].is_string() && check["reference"].is_string());
    }
    for op in Op::all() {
        for route in ["reverse sweep", "dual numbers"] {
            let name = format!("operation {}", op.name());
            let row = |check: &&Value| {
                check["name"] == name.as_str()
                    && check["route"] == route
                    && check["reference"] == "differences of the value"
            };
            assert!(checks.iter().any(|check| row(&check)), "{name} by {route}");
        }
    }
}

#[test]
fn no_corruption_of_the_table_survives() {
    let (outcome, printed) = xtask(&["verify", "--mutate", "--json"]);
    let score: Value = serde_json::from_str(&printed).unwrap();
    let survivors: Vec<_> = score["mutants"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|mutant| mutant["caught_by"].is_null() && mutant["equivalent"] == false)
        .collect();
    assert_eq!((outcome, survivors), (Outcome::Success, vec![]));
    assert_eq!(score["survived"], 0);
    // Each catch is by a check of the operation that was corrupted, or by one that says so.
    for mutant in score["mutants"].as_array().unwrap() {
        if let Some(check) = mutant["caught_by"].as_str() {
            assert!(
                check.starts_with(&format!("operation {}: ", mutant["operation"].as_str().unwrap())),
                "{mutant}"
            );
        }
    }
    // What changes nothing is known in advance: exchanged arguments of symmetric operations, and zeros.
    let equivalent =
        score["mutants"].as_array().unwrap().iter().filter(|mutant| mutant["equivalent"] == true);
    let mut operations: Vec<_> = equivalent.map(|mutant| mutant["operation"].as_str().unwrap()).collect();
    operations.dedup();
    assert_eq!(operations, ["add", "sub", "sign", "select", "sum"]);
}

#[test]
fn a_check_passes_only_with_cases_that_all_keep_the_bound() {
    let check = || Check::new("a sum", "found", "expected", 1e-3);
    assert!(!check().passed(), "without cases");
    let mut near = check();
    near.compare(1.0, 1.0005);
    near.compare(f64::INFINITY, f64::INFINITY);
    near.compare(0.0, 1e-320);
    assert!(near.passed());
    for (found, expected) in
        [(1.0, 1.01), (0.0, 1e-9), (f64::NAN, f64::NAN), (f64::INFINITY, 1.0), (1.0, -1.0)]
    {
        let mut far = near.clone();
        far.compare(found, expected);
        assert!(!far.passed(), "{found} against {expected}");
    }
    let mut report = Report::default();
    report.add(near);
    report.add(check());
    assert_eq!(report.failed(), 1);
    assert!(report.closing_lines().ends_with("failed: a sum (found)\n1 passed, 1 failed"));
}
