//! `cargo xtask verify`, the main job: every gradient of the project against another route to it.
//!
//! Groups of checks, from the textbook's graph over the table of operations to whole fits, and then the same numbers against an
//! oracle of arbitrary precision. Each check is a row: what, which route against
//! which reference, in how many cases, the largest error, and the bound it has to keep.
//!
//! Invariant: a check never passes without a case, nor with a NaN, nor where the reference itself is in doubt.

mod breaks;
mod budgets;
mod fits;
mod lesson;
mod mutation;
mod objectives;
mod operations;
mod page;
mod planted;
mod plot;
mod programs;
mod report;
mod routes;
mod textbook;

pub use breaks::{Breaks, Threshold};
pub use mutation::{Mutant, Score, score};
pub use page::page;
pub use planted::Planted;
pub use report::{Check, Report, Unit};
pub use routes::{Point, Quantity, Route};

use std::path::Path;
use std::{fs, io};

use chainrule_graph::oracle::first_wrong_node;
use chainrule_graph::{Error as GraphError, Rules, Run, Table};

use crate::Outcome;
use crate::cli::VerifyArguments;
use crate::error::Error;

/// Hands a finished check on.
pub(crate) type Emit<'a> = dyn FnMut(Check) + 'a;

/// The first node of a run that is wrong, as a sentence.
pub(crate) fn culprit<T: Rules>(run: &Run<'_, f64, T>) -> Result<Option<String>, GraphError> {
    Ok(first_wrong_node(run)?.map(|wrong| wrong.to_string()))
}

/// Runs all checks, printing each as it finishes, or one JSON object at the end.
///
/// # Errors
/// If a check cannot be set up; a check that fails is no error but [`Outcome::Failure`].
pub fn run(arguments: &VerifyArguments, print: &mut dyn FnMut(&str)) -> Result<Outcome, Error> {
    if arguments.mutate {
        return mutation::run(arguments, print);
    }
    if let Some(path) = &arguments.html {
        expect_writable(path)?;
    }
    if !arguments.json {
        print(&Check::heading());
    }
    let report = report(&mut |check| {
        if !arguments.json {
            print(&check.line());
        }
    })?;
    if let Some(path) = &arguments.html {
        write(path, &page(&report, &score(&mut |_| ())?))?;
    }
    if arguments.json {
        print(&serde_json::to_string_pretty(&report)?);
    } else {
        print(&report.text());
    }
    Ok(if report.failed() == 0 { Outcome::Success } else { Outcome::Failure(None) })
}

/// A path that cannot be written is said to be so before anything is computed.
fn expect_writable(path: &Path) -> Result<(), Error> {
    fs::File::options()
        .create(true)
        .append(true)
        .open(path)
        .map(drop)
        .map_err(|cause| unwritable(path, &cause))
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(|cause| unwritable(path, &cause))
}

fn unwritable(path: &Path, cause: &io::Error) -> Error {
    Error::Write { path: path.display().to_string(), cause: cause.to_string() }
}

/// Runs all checks, the quickest first, and shows each as it finishes.
///
/// # Errors
/// If a check cannot be set up.
pub fn report(show: &mut dyn FnMut(&Check)) -> Result<Report, Error> {
    let mut report = Report::default();
    let emit = &mut |check: Check| {
        show(&check);
        report.add(check);
    };
    textbook::checks(&Table, emit)?;
    operations::checks(emit)?;
    lesson::checks(&Table, emit)?;
    programs::checks(emit)?;
    objectives::checks(emit)?;
    fits::checks(emit)?;
    let breaks = breaks::demonstrate()?;
    breaks.checks().into_iter().for_each(&mut *emit);
    let routes = routes::measure()?;
    routes.iter().filter_map(Route::check).for_each(&mut *emit);
    budgets::checks(emit);
    report.show(breaks, routes);
    Ok(report)
}
