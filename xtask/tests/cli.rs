//! The command line: help, usage errors in one line, no panic.

#![expect(clippy::panic, reason = "a test fails by panicking, its helpers too")]

mod common;

use common::{refusal, xtask};
use xtask::Outcome;

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let (outcome, printed) = xtask(&["--help"]);
    assert_eq!(outcome, Outcome::Success);
    for word in ["verify", "fit", "tidy", "Exit codes: 0 all well, 1 a check failed"] {
        assert!(printed.contains(word), "{word}");
    }
    for command in ["verify", "fit", "tidy"] {
        let (outcome, printed) = xtask(&[command, "--help"]);
        assert_eq!(outcome, Outcome::Success);
        assert!(printed.contains("--json"), "{command}");
    }
}

#[test]
fn bad_usage_is_one_line_that_names_the_mistake() {
    let cases: [(&[&str], &str); 7] = [
        (&[], "no command given"),
        (&["prove"], "'prove'"),
        (&["verify", "--fast"], "'--fast'"),
        (&["fit"], "--target"),
        (&["fit", "data.csv"], "--target"),
        (&["fit", "data.csv", "--target", "y", "--solver", "magic"], "'magic'"),
        (&["fit", "data.csv", "--target", "y", "--l2", "much"], "'much'"),
    ];
    for (arguments, word) in cases {
        let line = refusal(arguments);
        assert!(line.contains(word) && !line.contains('\n'), "{arguments:?}: {line}");
        let command =
            if ["verify", "fit"].contains(arguments.first().unwrap_or(&"")) { arguments[0] } else { "" };
        let help = format!("see `cargo xtask {command} --help`").replace("  ", " ");
        assert!(line.ends_with(&help), "{line}");
    }
}
