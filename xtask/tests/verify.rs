//! `cargo xtask verify`: it passes, counts right, covers the whole table, and a row that is wrong fails.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod common;

use chainrule_graph::Op;
use common::{refusal, xtask};
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
    // The demonstration follows the rows: at z = 36.74 the textbook loss of y = 0 is gone, all else is there.
    let row = printed.lines().find(|line| line.trim_start().starts_with("36.74  0")).unwrap();
    let cells: Vec<&str> = row.split_whitespace().collect();
    assert_eq!((cells[2], cells[4]), ("∞", "∞"), "{row}");
    for holds in [3, 5, 6, 7, 8, 9] {
        assert!(cells[holds].parse::<f64>().unwrap() <= 4.0, "{row}");
    }
}

#[test]
fn the_json_object_and_the_page_have_what_is_promised() {
    let path = std::env::temp_dir().join(format!("chainrule-verify-{}.html", std::process::id()));
    let (outcome, printed) = xtask(&["verify", "--json", "--html", path.to_str().unwrap()]);
    assert_eq!(outcome, Outcome::Success);
    let report: Value = serde_json::from_str(&printed).unwrap();
    every_operation_is_in(&report);
    every_route_is_in(&report);
    let page = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    is_a_self_contained_page(&page, report["checks"].as_array().unwrap());
}

fn every_operation_is_in(report: &Value) {
    let checks = report["checks"].as_array().unwrap();
    assert_eq!((report["passed"].as_u64(), report["failed"].as_u64()), (Some(checks.len() as u64), Some(0)));
    for check in checks {
        assert_eq!((&check["passed"], &check["first_wrong_node"]), (&Value::Bool(true), &Value::Null));
        assert!(check["cases"].as_u64() > Some(0));
        assert!(check["max_error"].as_f64() <= check["bound"].as_f64());
        assert!(check["name"].is_string() && check["route"].is_string() && check["reference"].is_string());
        assert!(check["unit"] == "relative" || check["unit"] == "ulps");
    }
    for op in Op::all() {
        let name = format!("operation {}", op.name());
        for (route, unit) in [
            ("reverse sweep", "relative"),
            ("dual numbers", "relative"),
            ("value at f64", "ulps"),
            ("partials at f64", "ulps"),
        ] {
            let row = |check: &&Value| {
                let found = check["name"].as_str().unwrap();
                // What is left out is said after a comma.
                let same = found == name || found.starts_with(&format!("{name}, "));
                same && check["route"] == route && check["unit"] == unit
            };
            assert!(checks.iter().any(|check| row(&check)), "{name} by {route}");
        }
    }
}

fn every_route_is_in(report: &Value) {
    let routes = report["routes"].as_array().unwrap();
    let find = |quantity: &str, name: &str| {
        let wanted = |route: &&Value| route["quantity"] == quantity && route["name"] == name;
        routes.iter().find(wanted).unwrap_or_else(|| panic!("{quantity} by {name}"))
    };
    for quantity in ["L", "dL/dz"] {
        for name in ["graph", "tape", "dual numbers", "closed form"] {
            let route = find(quantity, name);
            let points = route["points"].as_array().unwrap();
            assert!(
                points.len() > 1000
                    && points.iter().all(|point| point["ulps"].as_f64() <= route["bound"].as_f64())
            );
            let largest = |sign: f64| {
                points.iter().map(|point| sign * point["logit"].as_f64().unwrap()).fold(0.0, f64::max)
            };
            assert_eq!((largest(1.0), largest(-1.0)), (800.0, 800.0));
        }
        // The textbook's own is measured too, and has no number left at both ends.
        let broken = find(quantity, "textbook formula")["points"].as_array().unwrap();
        assert!(broken.iter().any(|point| point["ulps"].is_null()));
    }
    let thresholds = report["where_it_breaks"]["thresholds"].as_array().unwrap();
    let at: Vec<String> =
        thresholds.iter().map(|threshold| format!("{:.4}", threshold["logit"].as_f64().unwrap())).collect();
    assert_eq!(at, ["36.7368", "36.7368", "-709.7827"]);
}

fn is_a_self_contained_page(page: &str, checks: &[Value]) {
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    for elsewhere in ["http:", "https:", "<script", "src=", "href=", "@import", "url("] {
        assert!(!page.contains(elsewhere), "the page refers to something else by {elsewhere}");
    }
    assert_eq!(page.matches("<svg").count(), 3);
    assert_eq!(page.matches(">ok</td>").count(), checks.len());
    assert!(page.contains("textbook formula, ≤ ∞ ulp"));
}

#[test]
fn a_page_that_cannot_be_written_is_a_bad_request() {
    let path = std::env::temp_dir().join("chainrule-no-such-folder").join("report.html");
    // Before anything is computed or printed.
    let line = refusal(&["verify", "--html", path.to_str().unwrap()]);
    assert!(line.contains("report.html could not be written"), "{line}");
}

#[test]
fn sections_are_chosen_by_name_and_samples_by_seed() {
    let (outcome, printed) = xtask(&["verify", "--only", "lesson textbook", "--seed", "12"]);
    assert_eq!(outcome, Outcome::Success);
    let rows: Vec<&str> = printed.lines().filter(|line| line.starts_with("ok")).collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.contains("  textbook ")), "{rows:?}");
    assert!(printed.contains("\nfresh samples by --seed 12\n"), "{printed}");
    let line = refusal(&["verify", "--only", "lessons"]);
    assert!(line.contains("`lessons` in --only begins no section; there are: lesson textbook, "), "{line}");
}

#[test]
fn a_failed_check_says_what_failed_with_which_numbers_and_where_to_look() {
    let mut check = Check::new("a slope", "found", "expected", 1e-3).convicts("crates/graph/src/op.rs");
    check.compare_at(1.0, 1.0005, || "x = 1".to_owned());
    assert!(check.passed() && check.findings().is_empty());
    check.compare_at(2.0, 2.5, || "x = 2".to_owned());
    check.compare_at(3.0, 4.0, || "x = 3".to_owned());
    check.compare_at(4.0, 4.1, || "x = 4".to_owned());
    assert_eq!(check.findings(), ["x = 3: found 3.0, expected 4.0", "look at crates/graph/src/op.rs"]);
    let mut lines = check.line();
    lines.retain(|letter| letter != ' ');
    assert!(lines.ends_with("\nx=3:found3.0,expected4.0\nlookatcrates/graph/src/op.rs"), "{lines}");
    let mut holds = Check::new("an order", "found", "expected", 0.0);
    holds.expect(true, || unreachable!("what holds is not described"));
    holds.expect_same(&[1, 2], &[2, 1], || "of two".to_owned());
    assert_eq!(holds.findings(), ["of two: found [1, 2], expected [2, 1]"]);
    assert_eq!(Check::new("nothing", "found", "expected", 0.0).findings(), ["nothing was compared"]);
}

#[test]
fn a_failed_check_names_the_first_wrong_node_once() {
    let blame = |check: &mut Check, name: &str| check.blame(|| Ok::<_, ()>(Some(name.to_owned()))).unwrap();
    let mut check = Check::in_ulps("a slope", "found", "oracle", 2.0);
    blame(&mut check, "too early");
    check.count(1.5);
    blame(&mut check, "not failed");
    assert_eq!((check.passed(), check.culprit()), (true, None));
    check.count(3.0);
    blame(&mut check, "sin");
    blame(&mut check, "too late");
    assert_eq!((check.passed(), check.culprit()), (false, Some("sin")));
    assert!(check.line().starts_with("FAILED       2   3.0 ulp   2.0 ulp  a slope: found against oracle\n"));
    let mut report = Report::default();
    report.add(check);
    assert_eq!(report.closing_lines(), "failed: a slope (found); first wrong node: sin\n0 passed, 1 failed");
}

#[test]
fn a_check_shows_the_case_that_takes_up_most_of_its_bound() {
    let mut check = Check::in_ulps("values", "found", "oracle", 0.0);
    check.count_many(10, 0.5, 0.5);
    check.count_many(5, 30.0, 100.0);
    check.count_many(5, 0.0, 0.0);
    assert_eq!((check.cases(), check.max_error(), check.passed()), (20, 0.5, true));
    check.count_many(1, 1e-9, 0.0);
    assert!(!check.passed(), "what has to be exact has no share of nothing");
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
    assert!(
        report.closing_lines().ends_with("failed: a sum (found); nothing was compared\n1 passed, 1 failed")
    );
}
