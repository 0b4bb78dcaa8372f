//! Runs the suites and prints a row of JSON for each contender; `cargo xtask bench` makes a table of them.

use std::process::ExitCode;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "rows are what this program is for")]
fn main() -> ExitCode {
    let mut print = |rows: &[chainrule_bench::Row]| {
        for row in rows {
            match serde_json::to_string(row) {
                Ok(line) => println!("{line}"),
                Err(error) => eprintln!("{error}"),
            }
        }
    };
    match chainrule_bench::run(&mut print) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
