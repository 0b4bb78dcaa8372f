//! The command line: understood, or refused in one line that says where to read on.
//!
//! Invariant: no command is ever run.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use clap::Parser;
use xtask::Outcome;
use xtask::cli::{Cli, Command, FitArguments};

/// The program's name, then one argument a line.
pub fn any_arguments(bytes: &[u8]) {
    let lines = bytes.split(|&byte| byte == b'\n').map(|line| OsString::from_vec(line.to_vec()));
    let arguments: Vec<OsString> = std::iter::once(OsString::from("cargo xtask")).chain(lines).collect();
    match Cli::try_parse_from(&arguments) {
        Ok(Cli { command: Command::Fit(fit) }) => assert_comes_back(&fit),
        Ok(_) => {}
        // Parsing is all that `run` does with arguments that do not parse.
        Err(_) => assert_answered(arguments),
    }
}

/// Help on standard output, or one line that names the mistake and ends with where to read on.
fn assert_answered(arguments: Vec<OsString>) {
    let mut printed = String::new();
    match xtask::run(arguments, &mut |line| printed.push_str(line)) {
        Outcome::Success => assert!(!printed.is_empty()),
        Outcome::BadRequest(line) => {
            assert!(printed.is_empty(), "{printed}");
            // The help of the command, where one was named.
            let (mistake, pointer) = line.rsplit_once("; see `cargo xtask ").expect("where to read on");
            assert!(pointer.ends_with("--help`"), "{line:?}");
            assert!(!mistake.is_empty() && !mistake.contains('\n'), "{line:?}");
        }
        Outcome::Failure(line) => panic!("nothing was run, and yet: {line:?}"),
    }
}

/// Options that were understood, written in full and parsed again, are the same.
fn assert_comes_back(fit: &FitArguments) {
    let again = Cli::try_parse_from(written(fit)).unwrap_or_else(|error| panic!("{fit:?}: {error}"));
    let Command::Fit(again) = again.command else { panic!("{fit:?} came back as another command") };
    assert_eq!(format!("{again:?}"), format!("{fit:?}"));
}

/// The options in full.
fn written(fit: &FitArguments) -> Vec<OsString> {
    let name = |value: &dyn std::fmt::Debug| match format!("{value:?}").as_str() {
        "ClosedForm" => "closed-form".to_owned(),
        "NewtonCg" => "newton-cg".to_owned(),
        other => other.to_lowercase(),
    };
    let mut arguments: Vec<OsString> = vec!["cargo xtask".into(), "fit".into()];
    arguments.push(format!("--target={}", fit.target).into());
    arguments.extend(fit.event.iter().map(|event| format!("--event={event}").into()));
    arguments.extend(fit.weights.iter().map(|column| format!("--weights={column}").into()));
    arguments.extend(fit.offset.iter().map(|column| format!("--offset={column}").into()));
    match fit.l2 {
        Some(lambda) => arguments.push(format!("--l2={lambda}").into()),
        None => arguments.push(format!("--penalty={}", fit.penalty).into()),
    }
    arguments.extend(fit.tolerance.iter().map(|tolerance| format!("--tolerance={tolerance}").into()));
    arguments.push(format!("--solver={}", name(&fit.solver)).into());
    arguments.push(format!("--gradient={}", name(&fit.gradient)).into());
    arguments.extend(fit.iterations.iter().map(|limit| format!("--iterations={limit}").into()));
    arguments.extend(fit.steps.iter().map(|steps| format!("--steps={steps}").into()));
    arguments.extend(fit.json.then(|| "--json".into()));
    arguments.push("--".into());
    arguments.push(fit.file.clone().into_os_string());
    arguments
}
