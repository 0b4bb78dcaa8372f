//! `cargo xtask explain`: each format on standard output and in a file, and refusals that name the place.

#![expect(clippy::panic, reason = "a test fails by panicking, its helpers too")]

mod common;

use std::path::PathBuf;

use common::{refusal, xtask};
use serde_json::Value;
use xtask::Outcome;

const LESSON: [&str; 4] = ["explain", "u = b*c; v = a + u; J = 3*v", "--at", "a=5,b=3,c=2"];
const LOGISTIC: [&str; 4] = ["explain", "logistic", "--at", "w1=0.5,x1=2,w2=-1,x2=0.3,b=0.1,y=1"];

fn printed(arguments: &[&str], more: &[&str]) -> String {
    let (outcome, printed) = xtask(&[arguments, more].concat());
    assert_eq!(outcome, Outcome::Success, "{printed}");
    printed
}

#[test]
fn the_lesson_walks_the_chain_rule() {
    let text = printed(&LESSON, &[]);
    for line in [
        "du/db = c = 2",
        "dJ/db = dJ/dv · dv/du · du/db = 3·1·2 = 6",
        "dJ/dc = dJ/dv · dv/du · du/dc = 3·1·3 = 9",
        "dJ/da = dJ/dv · dv/da = 3·1 = 3",
        "nudge b from 3 to 4: J = 39, 39 - 33 = 6, exactly dJ/db",
    ] {
        assert!(text.contains(line), "{line} is missing in:\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "colours without a terminal");
    // The same of one formula, with names of its own choosing.
    let text = printed(&["explain", "3*(a + b*c)", "--at", "a=5", "--at", "b=3, c=2"], &["--wrt", "b"]);
    assert!(text.contains("dJ/db = dJ/dv · dv/du · du/db = 3·1·2 = 6") && !text.contains("dJ/dc"), "{text}");
}

#[test]
fn logistic_says_what_the_lesson_says_in_symbols() {
    let text = printed(&LOGISTIC, &["--wrt", "w1"]);
    for line in [
        "dL/da = -y / a + (1 - y) / (1 - a) = -1.44933",
        "da/dz = a * (1 - a) = 0.21391",
        "dL/dz = dL/da · da/dz = -y * (1 - a) + (1 - y) * a = a - y = -0.310026",
        "dL/dw1 = dL/dz · dz/dw1 = (a - y) * x1 = -0.620051",
    ] {
        assert!(text.contains(line), "{line} is missing in:\n{text}");
    }
    // As many features as the point has.
    assert!(
        printed(&["explain", "logistic", "--at", "w1=1,x1=2,b=0,y=0"], &[])
            .contains("u = w1 * x1 = 1 * 2 = 2")
    );
    assert!(
        printed(&["explain", "logistic", "--at", "w1=1,x1=2,w2=1,x2=0,w3=2,x3=1,b=0,y=0"], &[])
            .contains("w3")
    );
}

#[test]
fn every_format_goes_to_a_file_as_to_standard_output() {
    for (format, beginning) in
        [("text", "J = 3"), ("latex", "\\documentclass{article}"), ("dot", "digraph"), ("svg", "<svg")]
    {
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("explained.{format}"));
        let path = file.display().to_string();
        assert_eq!(printed(&LESSON, &["--format", format, "-o", &path]), "");
        let written = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(written.starts_with(beginning) && written.ends_with('\n'), "{written}");
        assert_eq!(written, printed(&LESSON, &["--format", format]));
    }
}

#[test]
fn the_extension_tells_the_format_unless_it_is_asked_for() {
    let written = |name: &str, more: &[&str]| {
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let path = file.display().to_string();
        assert_eq!(printed(&LESSON, &[&["-o", &path], more].concat()), "");
        std::fs::read_to_string(&file).unwrap_or_default()
    };
    for (name, beginning) in [
        ("by.svg", "<svg"),
        ("by.tex", "\\documentclass"),
        ("by.dot", "digraph"),
        ("by.gv", "digraph"),
        ("by.txt", "J = 3"),
        ("by", "J = 3"),
    ] {
        assert!(written(name, &[]).starts_with(beginning), "{name}");
    }
    assert!(written("asked.svg", &["--format", "text"]).starts_with("J = 3"));
}

#[test]
fn what_cannot_be_written_to_standard_output_is_told() {
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else { return }; // not on this system
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_xtask")).args(LESSON).stdout(full).output();
    let output = output.unwrap_or_else(|error| panic!("{error}"));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("error: standard output could not be written: "), "{said}");
}

#[test]
fn spaces_and_repetitions_in_wrt_do_not_matter() {
    let text = printed(&LESSON, &["--wrt", "a, b,a"]);
    assert_eq!(text, printed(&LESSON, &["--wrt", "a,b"]));
}

#[test]
fn steps_are_json() {
    let steps: Value = serde_json::from_str(&printed(&LESSON, &["--json"])).unwrap_or_default();
    assert_eq!((steps["output"].as_str(), steps["formula"].as_str()), (Some("J"), Some("3 * (a + b * c)")));
    let path = &steps["steps"]
        .as_array()
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .find(|step| step["kind"] == "path")
        .cloned();
    let path = path.clone().unwrap_or_default();
    assert_eq!((path["input"].as_str(), path["value"].as_f64()), (Some("b"), Some(6.0)));
    // By their numbers: dJ/dv, dv/du, du/db.
    let values: Vec<Option<f64>> = path["partials"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|number| steps["steps"][number.as_u64().unwrap_or(0) as usize - 1]["value"].as_f64())
        .collect();
    assert_eq!(values, [3.0, 1.0, 2.0].map(Some));
}

#[test]
fn refusals_name_the_place() {
    let said = |formula: &str, more: &[&str]| refusal(&[&["explain", formula], more].concat());
    assert_eq!(said("3*(a + b*c)", &["--at", "a=5,b=3"]), "`c` has no value; add one, as in `--at c=1`");
    assert_eq!(
        said("logistic", &[]),
        "`w1`, `x1`, `w2`, `x2`, `b`, `y` have no value; add them, as in `--at w1=1,x1=1,w2=1`"
    );
    assert!(said("logistic", &["--at", "w1000=1"]).contains("`w10`, `x10`, 1981 more have no value"));
    assert_eq!(
        said("logistic", &["--at", "w9999999999999=1"]),
        "9999999999999 features are too many for the lesson's graph; take at most 1000"
    );
    assert!(said("a", &["--at", "a=1", "--loud"]).ends_with("see `cargo xtask explain --help`"));
    assert_eq!(
        said("a*b", &["--at", "a=5,b=3,d=1"]),
        "`d` in --at is not in the formula; its names are: a, b, J"
    );
    assert_eq!(
        said("a*b", &["--at", "a=5,b=3", "--wrt", "c"]),
        "`c` in --wrt is not in the formula; its names are: a, b, J"
    );
    assert_eq!(said("a", &["--at", "a=1,a=2"]), "`a` in --at has two values; keep one");
    assert_eq!(said("u=2*a;u+1", &["--at", "a=1,u=2"]), "`u` in --at is computed from others; leave it out");
    for bad in ["a", "a=", "=3", "a=b", "a=inf", "a=1e999"] {
        let expected = format!("`{bad}` in --at is not a name and a number; write `--at a=5,b=-1e3`");
        assert_eq!(said("a", &["--at", bad]), expected);
    }
    assert_eq!(
        said("ln(x)", &["--at", "x=-1"]),
        "`J = ln(x)` has no value at x = -1: it has a value and a derivative where x > 0; choose another point"
    );
    assert!(said("x", &["--at", "x=1", "-o", "no/such/folder/x.svg"]).contains("no/such/folder/x.svg"));
}

#[test]
fn formulas_are_refused_with_a_caret() {
    let said = |formula: &str| refusal(&["explain", formula, "--at", "a=1"]);
    let text = said("3*(a + *b)");
    assert!(text.starts_with("character 8 of the formula: found `*`, expected "), "{text}");
    assert!(text.ends_with("\n  3*(a + *b)\n         ^"), "{text}");
    assert!(said("2a").contains("a product is written with `*`"));
    assert!(said("log(a)").contains("did you mean `ln`?"));
}

#[test]
fn the_pictures_in_the_repository_are_what_the_command_draws() {
    let images = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crates/explain/images");
    let file = |name: &str| std::fs::read_to_string(images.join(name)).unwrap_or_default();
    assert_eq!(file("lesson.svg").trim_end(), printed(&LESSON, &["--format", "svg"]).trim_end());
    assert_eq!(
        file("logistic.svg").trim_end(),
        printed(&LOGISTIC, &["--wrt", "w1", "--format", "svg"]).trim_end()
    );
}
