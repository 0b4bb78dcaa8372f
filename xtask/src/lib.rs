//! The project's commands, `cargo xtask verify`, `mutate`, `fit`, `explain`, `bench` and `tidy`, as functions.
//!
//! Data flows one way: a command line becomes a command, a command makes a report, a report becomes text or JSON, and
//! the outcome becomes an exit code. Only `main` touches the process.
//!
//! Invariant: a command's result is the same object whether it is printed for people or, with `--json`, for
//! programs; nothing but that object goes to standard output with `--json`.

#![forbid(unsafe_code)]

pub mod bench;
pub mod cli;
pub mod error;
pub mod explain;
mod files;
pub mod fit;
#[cfg(feature = "parquet")]
pub mod flights;
pub mod mutate;
pub mod tidy;
pub mod verify;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::cli::{Cli, Command};
use crate::error::Error;

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All well: exit code 0.
    Success,
    /// A check failed or a fit was not reached: exit code 1, with a line for standard error unless the report
    /// itself says it all.
    Failure(Option<String>),
    /// Bad usage or input: exit code 2, with a line for standard error.
    BadRequest(String),
}

/// Runs one command line, program name included; `print` takes what belongs on standard output, line by line.
pub fn run(arguments: impl IntoIterator<Item = OsString>, print: &mut dyn FnMut(&str)) -> Outcome {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let command = named_command(&arguments);
    match Cli::try_parse_from(arguments) {
        Ok(cli) => dispatch(&cli.command, print),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            print(error.to_string().trim_end());
            Outcome::Success
        }
        Err(error) => Outcome::BadRequest(usage_line(&error, &command)),
    }
}

fn dispatch(command: &Command, print: &mut dyn FnMut(&str)) -> Outcome {
    let outcome = match command {
        Command::Verify(arguments) => verify::run(arguments, print),
        Command::Mutate(arguments) => mutate::run(arguments, print),
        Command::Fit(arguments) => fit::run(arguments, print),
        Command::Explain(arguments) => explain::run(arguments, print),
        Command::Bench(arguments) => bench::run(arguments, print),
        #[cfg(feature = "parquet")]
        Command::Flights(arguments) => flights::run(arguments, print),
        Command::Tidy(arguments) => tidy::run(arguments, print),
    };
    outcome.unwrap_or_else(|error| match error {
        Error::NotReached(_) => Outcome::Failure(Some(error.to_string())),
        _ => Outcome::BadRequest(error.to_string()),
    })
}

/// `explain ` if that is the command, for the line that says whose help to read.
fn named_command(arguments: &[OsString]) -> String {
    let name = arguments.get(1).and_then(|argument| argument.to_str()).unwrap_or_default();
    let is_known = Cli::command().get_subcommands().any(|command| command.get_name() == name);
    if is_known { format!("{name} ") } else { String::new() }
}

/// A usage error in one line: what clap says first, and where to read on.
fn usage_line(error: &clap::Error, command: &str) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "no command given; see `cargo xtask --help`".to_owned();
    }
    let text = error.to_string();
    let message: Vec<&str> = text
        .lines()
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    format!("{}; see `cargo xtask {command}--help`", message.join(" ").trim_start_matches("error: "))
}

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
