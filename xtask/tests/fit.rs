//! `cargo xtask fit`: known coefficients, the shape of the JSON object, and bad files by the dozen.
//!
//! The maximum-likelihood coefficients of the small tables are log odds and log odds ratios, known in closed form.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

mod common;

use std::path::PathBuf;

use common::{refusal, xtask};
use serde_json::Value;
use xtask::Outcome;

/// A file of its own for each test.
fn file(name: &str, content: impl AsRef<[u8]>) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

fn json(arguments: &[&str]) -> Value {
    let (outcome, printed) = xtask(arguments);
    assert_eq!(outcome, Outcome::Success, "{printed}");
    serde_json::from_str(&printed).unwrap()
}

fn number(object: &Value, key: &str) -> f64 {
    object[key].as_f64().unwrap()
}

/// 3 of 4 events at x = 0 and 1 of 4 at x = 1: intercept ln 3, coefficient ln(1/3) − ln 3 = −2·ln 3.
const TABLE: &str = "x,y\n0,1\n0,1\n0,1\n0,0\n1,1\n1,0\n1,0\n1,0\n";

#[test]
fn a_two_by_two_table_gives_its_log_odds_by_every_route() {
    let path = file("table.csv", TABLE);
    let ln3 = 3.0_f64.ln();
    for solver in ["newton", "gd"] {
        for gradient in ["closed-form", "graph"] {
            let fit =
                json(&["fit", &path, "--target", "y", "--solver", solver, "--gradient", gradient, "--json"]);
            assert!((number(&fit, "intercept") / ln3 - 1.0).abs() < 1e-8, "{solver}, {gradient}");
            assert!((number(&fit["coef"], "x") / (-2.0 * ln3) - 1.0).abs() < 1e-8, "{solver}, {gradient}");
        }
    }
}

#[test]
fn the_json_object_has_the_promised_keys() {
    let path = file("keys.csv", TABLE);
    let fit = json(&["fit", &path, "--target", "y", "--json"]);
    assert_eq!(fit["converged"], true);
    assert_eq!(fit["labels"]["event"], "1");
    assert_eq!(fit["labels"]["other"], "0");
    assert_eq!(fit["examples"], 8);
    assert!(number(&fit, "iterations") >= 1.0);
    assert!(number(&fit, "gradient_norm") < 1e-12);
    // Mean log-loss at 3:1 odds on every example: H(1/4).
    let entropy = -0.75 * 0.75_f64.ln() - 0.25 * 0.25_f64.ln();
    assert!((number(&fit, "objective") - entropy).abs() < 1e-15);
}

#[test]
fn the_event_can_be_named_and_the_signs_turn() {
    let path = file("event.csv", TABLE.replace(",1\n", ",ill\n").replace(",0\n", ",well\n"));
    let well = json(&["fit", &path, "--target", "y", "--json"]);
    assert_eq!(well["labels"]["event"], "well");
    let ill = json(&["fit", &path, "--target", "y", "--event", "ill", "--json"]);
    assert!((number(&well, "intercept") + number(&ill, "intercept")).abs() < 1e-14);
    let line = refusal(&["fit", &path, "--target", "y", "--event", "dead"]);
    assert!(line.contains("'dead'"), "{line}");
}

#[test]
fn a_penalty_shrinks_and_a_bad_one_is_refused() {
    let path = file("penalty.csv", TABLE);
    let free = json(&["fit", &path, "--target", "y", "--json"]);
    let held = json(&["fit", &path, "--target", "y", "--l2", "0.1", "--json"]);
    assert!(number(&held["coef"], "x").abs() < number(&free["coef"], "x").abs());
    for lambda in ["-1", "nan", "inf"] {
        let line = refusal(&["fit", &path, "--target", "y", "--l2", lambda]);
        assert!(line.contains("penalty"), "{line}");
    }
}

#[test]
fn separable_data_end_as_not_reached() {
    let path = file("separable.csv", "x,y\n1,0\n2,0\n3,1\n4,1\n");
    for solver in ["newton", "gd"] {
        let (outcome, printed) = xtask(&["fit", &path, "--target", "y", "--solver", solver, "--json"]);
        let Outcome::Failure(Some(line)) = outcome else { panic!("{outcome:?}") };
        assert!(line.contains("not reached") && line.contains("separable"), "{line}");
        let fit: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(fit["converged"], false);
    }
    let steps = json(&["fit", &path, "--target", "y", "--solver", "gd", "--steps", "20", "--json"]);
    assert_eq!((steps["converged"].clone(), steps["iterations"].clone()), (false.into(), 20.into()));
}

#[test]
fn steps_belong_to_descent() {
    let path = file("steps.csv", TABLE);
    assert!(refusal(&["fit", &path, "--target", "y", "--steps", "5"]).contains("--solver gd"));
}

#[test]
fn for_people_the_fit_is_a_table_with_the_labels_reported() {
    let path = file("people.csv", TABLE);
    let (outcome, printed) = xtask(&["fit", &path, "--target", "y"]);
    assert_eq!(outcome, Outcome::Success);
    for word in ["8 examples, 1 features", "y = 1 in 4, 0 in 4", "larger label", "(intercept)", "converged"] {
        assert!(printed.contains(word), "{word} is missing in:\n{printed}");
    }
}

#[test]
fn bad_files_are_refused_in_one_line_that_says_where() {
    let cases: [(&str, &[u8], &[&str]); 16] = [
        ("nan", b"x,y\n1,0\nNaN,1\n", &["line 3", "'x'", "NaN"]),
        ("inf", b"x,y\n1,0\n-inf,1\n", &["line 3", "'x'", "-inf"]),
        ("huge", b"x,y\n1,0\n1e999,1\n", &["line 3", "'x'", "1e999"]),
        ("empty_field", b"x,y\n1,0\n,1\n", &["line 3", "'x'"]),
        ("text", b"x,y\n1,0\nlots,1\n", &["line 3", "'x'", "lots"]),
        ("long", b"x,y\n1,0\n1,2,3\n", &["line 3"]),
        ("short", b"x,y\n1,0\n1\n", &["line 3"]),
        ("third", b"x,y\n1,0\n2,1\n3,2\n", &["line 4", "'y'", "2"]),
        ("one_class", b"x,y\n1,0\n2,0\n", &["'y'", "0"]),
        ("no_rows", b"x,y\n", &["no_rows.csv"]),
        ("nothing", b"", &["nothing.csv"]),
        ("no_target", b"a,b\n1,0\n", &["'y'", "a"]),
        ("twice", b"x,x,y\n1,2,0\n", &["'x'"]),
        ("nameless", b"x,,y\n1,2,0\n", &["column 2"]),
        ("no_features", b"y\n1\n0\n", &["'y'"]),
        ("bytes", b"x,y\n\xff\xfe,1\n", &["UTF-8"]),
    ];
    for (name, content, words) in cases {
        let name = format!("{name}.csv");
        let path = file(&name, content);
        let line = refusal(&["fit", &path, "--target", "y"]);
        assert!(!line.contains('\n') && line.contains(&name), "{name}: {line}");
        for word in words {
            assert!(line.contains(word), "{name}: {word} is missing in: {line}");
        }
    }
    assert!(refusal(&["fit", "no/such/file.csv", "--target", "y"]).contains("no/such/file.csv"));
}

#[test]
fn names_and_labels_from_the_file_cannot_break_a_line() {
    let path = file("names.csv", TABLE.replace("x,y", "\"x\u{1b}\nz\",y").replace(",1\n", ",\"y\res\"\n"));
    let (outcome, printed) = xtask(&["fit", &path, "--target", "y", "--event", "y\res"]);
    assert_eq!(outcome, Outcome::Success, "{printed}");
    assert!(printed.starts_with(r"8 examples, 1 features; y = y\res in 4, 0 in 4"), "{printed}");
    assert!(printed.contains(r"x\u{1b}\nz "), "{printed}");
}

/// The standard errors of log odds and log odds ratios of counts: √Σ 1/nᵢ.
#[test]
fn the_json_object_has_standard_errors_or_says_why_not() {
    let path = file("inference.csv", TABLE);
    let fit = json(&["fit", &path, "--target", "y", "--json"]);
    let error = (1.0 + 1.0 / 3.0_f64).sqrt();
    assert!((number(&fit["std_err"], "intercept") / error - 1.0).abs() < 1e-12);
    let error = (2.0 * (1.0 + 1.0 / 3.0_f64)).sqrt();
    let z = -2.0 * 3.0_f64.ln() / error;
    assert!((number(&fit["std_err"]["coef"], "x") / error - 1.0).abs() < 1e-12);
    assert!((number(&fit["z"]["coef"], "x") / z - 1.0).abs() < 1e-12);
    // 2·Φ(z) at this z by the complementary error function of Python's math module.
    assert!((number(&fit["p"]["coef"], "x") / 0.178_457_442_476_981_53 - 1.0).abs() < 1e-12);
    let entropy = -0.75 * 0.75_f64.ln() - 0.25 * 0.25_f64.ln();
    assert!((number(&fit, "log_likelihood") / (-8.0 * entropy) - 1.0).abs() < 1e-14);
    assert!((number(&fit, "null_deviance") / (16.0 * 2.0_f64.ln()) - 1.0).abs() < 1e-14);
    assert!((number(&fit, "aic") - number(&fit, "deviance") - 4.0).abs() < 1e-12);
    assert!((number(&fit, "bic") - number(&fit, "deviance") - 2.0 * 8.0_f64.ln()).abs() < 1e-12);
    assert!(fit["withheld"].is_null());

    let ridge = json(&["fit", &path, "--target", "y", "--l2", "0.1", "--json"]);
    assert!(ridge["std_err"].is_null() && ridge["z"].is_null() && ridge["p"].is_null());
    assert!(ridge["withheld"].as_str().unwrap().contains("penalty"));
}

#[test]
fn every_solver_finds_the_log_odds() {
    let path = file("solvers.csv", TABLE);
    for solver in ["auto", "lbfgs", "newton-cg"] {
        let fit = json(&["fit", &path, "--target", "y", "--solver", solver, "--json"]);
        assert!((number(&fit["coef"], "x") / (-2.0 * 3.0_f64.ln()) - 1.0).abs() < 1e-12, "{solver}");
        assert_eq!(fit["certificate"]["theorem"], "self-concordance", "{solver}");
    }
}

/// The table in four rows with counts says what it says in eight, standard errors included; a row that counts 0 is none.
#[test]
fn weights_are_repetitions() {
    let rows = file("rows.csv", TABLE);
    let counts = file("counts.csv", "x,n,y\n0,3,1\n0,1,0\n1,1,1\n1,3,0\n1e300,0,1\n");
    let whole = json(&["fit", &rows, "--target", "y", "--json"]);
    let counted = json(&["fit", &counts, "--target", "y", "--weights", "n", "--json"]);
    for path in [
        ["coef", "x"].as_slice(),
        &["std_err", "coef", "x"],
        &["std_err", "intercept"],
        &["p", "coef", "x"],
        &["aic"],
        &["bic"],
        &["null_deviance"],
    ] {
        let at =
            |fit: &Value| path.iter().fold(fit.clone(), |value, key| value[key].clone()).as_f64().unwrap();
        assert!((at(&counted) / at(&whole) - 1.0).abs() < 1e-12, "{path:?}");
    }
    // Four cells of a table: the variance of a log odds ratio is the sum of their inverses.
    let expected = (1.0_f64 / 3.0 + 1.0 + 1.0 + 1.0 / 3.0).sqrt();
    assert!((number(&counted["std_err"]["coef"], "x") / expected - 1.0).abs() < 1e-12);
}

#[test]
fn an_offset_is_no_feature() {
    let path =
        file("offset.csv", TABLE.replace("x,y", "x,y,o").replace(",1\n", ",1,2\n").replace(",0\n", ",0,2\n"));
    let fit = json(&["fit", &path, "--target", "y", "--offset", "o", "--json"]);
    assert!((number(&fit, "intercept") - (3.0_f64.ln() - 2.0)).abs() < 1e-14);
}

#[test]
fn penalties_are_named() {
    let path = file("penalties.csv", TABLE);
    let with = |penalty: &str| json(&["fit", &path, "--target", "y", "--penalty", penalty, "--json"]);
    assert_eq!(with("none"), json(&["fit", &path, "--target", "y", "--json"]));
    assert_eq!(with("l2:0.1"), json(&["fit", &path, "--target", "y", "--l2", "0.1", "--json"]));
    // Of a table Firth's likelihood adds a half to each cell (Heinze and Schemper 2002).
    let firth = with("firth");
    assert!((number(&firth["coef"], "x") - 2.0 * (1.5_f64 / 3.5).ln()).abs() < 1e-12);
    assert_eq!(firth["certificate"]["theorem"], "stationarity");
    assert_eq!(firth["certificate"]["gap"], Value::Null);
    for penalty in ["l1", "l2", "l2:x", "firth:1"] {
        let line = refusal(&["fit", &path, "--target", "y", "--penalty", penalty]);
        assert!(line.contains("--penalty"), "{line}");
    }
    let line = refusal(&["fit", &path, "--target", "y", "--penalty", "l2:-1"]);
    assert!(line.contains("the penalty -1"), "{line}");
}

#[test]
fn a_separation_is_printed_though_the_fit_fails() {
    let separation = |name: &str, text: &str| {
        let path = file(name, text);
        let (outcome, printed) = xtask(&["fit", &path, "--target", "y", "--json"]);
        let Outcome::Failure(Some(line)) = outcome else { panic!("{outcome:?}") };
        let fit: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!((&fit["converged"], &fit["std_err"]), (&Value::Bool(false), &Value::Null));
        (line, fit["separation"].clone())
    };
    let (line, found) = separation("complete.csv", "a,x,y\n3,1,0\n1,2,0\n2,4,1\n1,5,1\n");
    assert!(line.contains("complete separation by `x`"), "{line}");
    assert_eq!(found["kind"], "complete");
    assert_eq!(found["columns"], serde_json::json!(["x"]));
    let direction =
        |x: f64| number(&found["direction"], "intercept") + number(&found["direction"]["coef"], "x") * x;
    assert!(direction(2.0) < 0.0 && direction(4.0) > 0.0);
    assert!((number(&found, "margin") - 1.0).abs() < 1e-9);
    let (_, found) = separation("quasi.csv", "a,x,y\n3,1,0\n1,2,0\n1,2,1\n4,1,0\n9,5,1\n0,5,1\n");
    assert_eq!((&found["kind"], &found["direction"]["coef"]["a"]), (&"quasi-complete".into(), &0.0.into()));
    let path = file("overlap.csv", TABLE);
    assert_eq!(json(&["fit", &path, "--target", "y", "--json"])["separation"], Value::Null);
}

/// The table, with weights of 0 for one of the two labels.
#[test]
fn weights_that_leave_a_class_without_weight_say_so() {
    for (name, text, class, examples) in [
        ("no_events.csv", "x,n,y\n0,0,ill\n0,1,well\n1,0,ill\n1,3,well\n", "ill", 2),
        ("no_others.csv", "x,n,y\n0,3,ill\n0,0,well\n1,1,ill\n1,0,well\n2,0,well\n", "well", 3),
    ] {
        let path = file(name, text);
        for more in [&[][..], &["--l2", "0.1"], &["--solver", "lbfgs"], &["--gradient", "graph"]] {
            let arguments =
                [&["fit", &path, "--target", "y", "--event", "ill", "--weights", "n"], more].concat();
            let line = refusal(&arguments);
            let words = [
                name,
                "the weights in column 'n'",
                &format!("class '{class}' of 'y'"),
                &format!("{examples} examples"),
            ];
            assert!(words.iter().all(|word| line.contains(word)) && !line.contains("labels"), "{line}");
        }
        // Without the weights there is nothing the matter, and Firth's likelihood needs one class alone.
        assert!(
            json(&["fit", &path, "--target", "y", "--penalty", "firth", "--weights", "n", "--json"])["converged"]
                == true
        );
    }
    let path = file("no_weight.csv", "x,n,y\n0,0,1\n1,0,0\n");
    let line = refusal(&["fit", &path, "--target", "y", "--weights", "n"]);
    assert!(
        line.contains("all weights are 0") && line.contains("column 'n'") && line.contains("no_weight.csv"),
        "{line}"
    );
    // Labels of one kind are no matter of the weights.
    let path = file("one_label.csv", "x,n,y\n0,0,1\n1,3,1\n");
    let line = refusal(&["fit", &path, "--target", "y", "--weights", "n"]);
    assert!(line.contains("every label is '1'") && !line.contains("weight"), "{line}");
}

/// What was asked for and cannot be done is bad usage, never something else in its stead.
#[test]
fn options_that_cannot_be_followed_are_refused() {
    let path = file("stead.csv", TABLE);
    let refused = |more: &[&str], words: &[&str]| {
        let line = refusal(&[&["fit", &path, "--target", "y"], more].concat());
        assert!(words.iter().all(|word| line.contains(word)), "{line}");
    };
    for (solver, name) in [
        ("newton", "Newton's method"),
        ("lbfgs", "limited-memory BFGS"),
        ("newton-cg", "conjugate gradients"),
        ("gd", "gradient descent"),
    ] {
        refused(&["--penalty", "firth", "--solver", solver], &[name, "Firth", "leave the solver automatic"]);
    }
    refused(&["--penalty", "firth", "--tolerance", "1e-3"], &["a tolerance", "Firth"]);
    refused(&["--solver", "gd", "--steps", "5", "--tolerance", "1e-3"], &["a tolerance", "descent steps"]);
    refused(&["--solver", "gd", "--steps", "5", "--iterations", "4"], &["a limit of 4 steps"]);
    refused(&["--solver", "gd", "--steps", "5", "--penalty", "firth"], &["firth"]);
    let firth = [
        "fit",
        &path,
        "--target",
        "y",
        "--penalty",
        "firth",
        "--solver",
        "auto",
        "--iterations",
        "50",
        "--json",
    ];
    assert_eq!(json(&firth)["converged"], true);
}

#[test]
fn criteria_are_withheld_as_standard_errors_are() {
    let path = file("criteria.csv", TABLE);
    let with = |penalty: &str| json(&["fit", &path, "--target", "y", "--penalty", penalty, "--json"]);
    let free = with("none");
    assert!(free["aic"].is_f64() && free["bic"].is_f64() && free["criteria_withheld"].is_null());
    let ridge = with("l2:0.1");
    assert!(ridge["aic"].is_null() && ridge["bic"].is_null());
    assert!(
        ridge["criteria_withheld"] == ridge["withheld"]
            && ridge["withheld"].as_str().unwrap().contains("AIC and BIC")
    );
    let firth = with("firth");
    assert!(firth["aic"].is_null() && firth["bic"].is_null() && firth["withheld"].is_null());
    assert!(firth["criteria_withheld"].as_str().unwrap().contains("Firth"));
    for (penalty, said) in
        [("l2:0.1", "standard errors, AIC and BIC are those of"), ("firth", "AIC and BIC are those of")]
    {
        let (outcome, printed) = xtask(&["fit", &path, "--target", "y", "--penalty", penalty]);
        assert_eq!(outcome, Outcome::Success);
        assert!(printed.contains(said) && printed.matches("AIC").count() == 1, "{printed}");
    }
    let steps = json(&["fit", &path, "--target", "y", "--solver", "gd", "--steps", "5", "--json"]);
    assert!(
        steps["aic"].is_null() && steps["criteria_withheld"].as_str().unwrap().contains("none was reached")
    );
}
