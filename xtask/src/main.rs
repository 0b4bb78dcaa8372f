//! The entry point of `cargo xtask`: reads the command line, runs one command, turns its outcome into an exit code.
//!
//! Exit codes: 0 all well, 1 a check failed or a fit was not reached, 2 bad usage or input.

#![forbid(unsafe_code)]

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use xtask::{Outcome, run};

fn main() -> ExitCode {
    let mut lost = None;
    let mut print = |text: &str| {
        let mut stdout = io::stdout().lock();
        lost = writeln!(stdout, "{text}").and_then(|()| stdout.flush()).err().or(lost.take());
    };
    let outcome = run(std::env::args_os(), &mut print);
    // A reader that has gone away (`| head`) is no reason to complain; a full disk is.
    if let Some(error) = lost.filter(|error| error.kind() != ErrorKind::BrokenPipe) {
        complain(Some(&format!("standard output could not be written: {error}")));
        return ExitCode::from(2);
    }
    match outcome {
        Outcome::Success => ExitCode::SUCCESS,
        Outcome::Failure(line) => {
            complain(line.as_deref());
            ExitCode::from(1)
        }
        Outcome::BadRequest(line) => {
            complain(Some(&line));
            ExitCode::from(2)
        }
    }
}

fn complain(line: Option<&str>) {
    if let Some(line) = line {
        let _ = writeln!(io::stderr().lock(), "error: {line}");
    }
}
