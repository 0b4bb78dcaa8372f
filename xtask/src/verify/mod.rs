//! `cargo xtask verify`, the main job: every gradient of the project against another route to it.
//!
//! Five groups of checks, from the table of operations up to whole fits. Each check is a row: what, which route against
//! which reference, in how many cases, the largest error, and the bound it has to keep.
//!
//! Invariant: a check never passes without a case, nor with a NaN, nor where the reference itself is in doubt.

mod fits;
mod lesson;
mod mutation;
mod objectives;
mod operations;
mod report;
mod textbook;

pub use mutation::{Mutant, Score};
pub use report::{Check, Report};

use chainrule_graph::Table;

use crate::Outcome;
use crate::cli::VerifyArguments;
use crate::error::Error;

/// Hands a finished check on.
pub(crate) type Emit<'a> = dyn FnMut(Check) + 'a;

/// Runs all checks, printing each as it finishes, or one JSON object at the end.
///
/// # Errors
/// If a check cannot be set up; a check that fails is no error but [`Outcome::Failure`].
pub fn run(arguments: &VerifyArguments, print: &mut dyn FnMut(&str)) -> Result<Outcome, Error> {
    if arguments.mutate {
        return mutation::run(arguments, print);
    }
    let mut report = Report::default();
    if !arguments.json {
        print(&Check::heading());
    }
    all(&mut |check| {
        if !arguments.json {
            print(&check.line());
        }
        report.add(check);
    })?;
    if arguments.json {
        print(&serde_json::to_string_pretty(&report)?);
    } else {
        print(&report.closing_lines());
    }
    Ok(if report.failed() == 0 { Outcome::Success } else { Outcome::Failure(None) })
}

/// Runs all checks, the quickest first.
///
/// # Errors
/// If a check cannot be set up.
pub fn all(emit: &mut Emit<'_>) -> Result<(), Error> {
    textbook::checks(&Table, emit)?;
    operations::checks(emit)?;
    lesson::checks(&Table, emit)?;
    objectives::checks(emit)?;
    fits::checks(emit)
}
