//! Running a command line as `main` does, with what it prints collected.

use std::ffi::OsString;

use xtask::{Outcome, run};

/// The outcome of `cargo xtask ARGUMENTS` and what it printed on standard output.
pub(crate) fn xtask(arguments: &[&str]) -> (Outcome, String) {
    let mut printed = String::new();
    let line = std::iter::once("cargo xtask").chain(arguments.iter().copied()).map(OsString::from);
    let outcome = run(line, &mut |text| {
        printed.push_str(text);
        printed.push('\n');
    });
    (outcome, printed)
}

/// The line for standard error of a request that was refused.
#[allow(dead_code, reason = "not every test file asks for it")]
pub(crate) fn refusal(arguments: &[&str]) -> String {
    match xtask(arguments) {
        (Outcome::BadRequest(line), printed) if printed.is_empty() => line,
        other => panic!("expected a refusal and no output, found {other:?}"),
    }
}
