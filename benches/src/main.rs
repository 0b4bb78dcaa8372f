//! Runs the suites, or with `--fits` whole fits, and prints a row of JSON for each contender; `cargo xtask bench` makes a table of them.

use std::process::ExitCode;

use chainrule_bench::{Options, Row};

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "rows are what this program is for")]
fn main() -> ExitCode {
    let mut print = |rows: &[Row]| {
        for row in rows {
            match serde_json::to_string(row) {
                Ok(line) => println!("{line}"),
                Err(error) => eprintln!("{error}"),
            }
        }
    };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = if arguments.iter().any(|argument| argument == "--fits") {
        chainrule_bench::run_fits(&options(&arguments), &mut print, &mut |line| eprintln!("{line}"))
    } else {
        chainrule_bench::run(&mut print)
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options(arguments: &[String]) -> Options {
    let flights = arguments.iter().position(|argument| argument == "--flights");
    Options {
        peers: arguments.iter().any(|argument| argument == "--peers"),
        flights: flights.and_then(|at| arguments.get(at + 1)).map(Into::into),
    }
}
