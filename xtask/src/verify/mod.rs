//! `cargo xtask verify`, the main job: every part of the project against an independent route to the same numbers.
//!
//! Sections of checks, each about one part. Each check is a row: what, which route against which reference, in how many
//! cases, the largest error, and the bound it has to keep. A row names the one operation, kernel, pass, formula or file that it can convict; a row
//! that fails says what failed, with which numbers. Fixed samples are the same in every run; beside them each run draws fresh ones by a
//! seed that it prints.
//!
//! Invariant: a check never passes without a case, nor with a NaN, nor where the reference itself is in doubt; no part judges itself.

mod check;
mod data;
mod effort;
mod exact;
mod explain;
mod graph;
mod lesson;
mod model;
mod program;
mod report;
mod sections;

pub use effort::{Effort, Random};
pub use lesson::breaks::{Breaks, Threshold};
pub use lesson::routes::{Point, Quantity, Route};
pub use report::{Check, Report, Unit, page};

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::thread;

use chainrule_graph::oracle::first_wrong_node;
use chainrule_graph::{Error as GraphError, Rules, Run};

use self::lesson::Shown;
use self::sections::{SECTIONS, Section};
use crate::Outcome;
use crate::cli::VerifyArguments;
use crate::error::Error;
use crate::files::{unwritable, write};

/// Hands a finished check on.
pub(crate) type Emit<'a> = dyn FnMut(Check) + 'a;

/// The first node of a run that is wrong, as a sentence.
pub(crate) fn culprit<T: Rules>(run: &Run<'_, f64, T>) -> Result<Option<String>, GraphError> {
    Ok(first_wrong_node(run)?.map(|wrong| wrong.to_string()))
}

/// Runs the checks, printing each as it finishes, or one JSON object at the end.
///
/// # Errors
/// If nothing is asked for, or a file cannot be written; a check that fails is no error but [`Outcome::Failure`].
pub fn run(arguments: &VerifyArguments, print: &mut dyn FnMut(&str)) -> Result<Outcome, Error> {
    let sections = asked_for(&arguments.only)?;
    if let Some(path) = &arguments.html {
        expect_writable(path)?;
    }
    let effort = Effort { deep: arguments.deep, seed: arguments.seed.unwrap_or_else(any_seed) };
    if !arguments.json {
        print(&Check::heading());
    }
    let report = report(&sections, effort, &mut |check| {
        if !arguments.json {
            print(&check.line());
        }
    })?;
    if let Some(path) = &arguments.html {
        write(path, page(&report))?;
    }
    if arguments.json {
        print(&serde_json::to_string_pretty(&report)?);
    } else {
        print(&report.text());
    }
    Ok(if report.failed() == 0 { Outcome::Success } else { Outcome::Failure(None) })
}

/// The names of the sections, in the order of the report.
pub(crate) fn section_names() -> impl Iterator<Item = &'static str> {
    SECTIONS.iter().map(|section| section.name)
}

/// A seed that is another one in each run, short enough to type.
fn any_seed() -> u64 {
    RandomState::new().hash_one(0) % 1_000_000
}

/// The sections whose names begin with one of these; all, if there are none.
fn asked_for(only: &[String]) -> Result<Vec<Section>, Error> {
    let is_of = |section: &Section, prefix: &String| section.name.starts_with(prefix.as_str());
    if let Some(unknown) = only.iter().find(|prefix| !SECTIONS.iter().any(|section| is_of(section, prefix))) {
        let known: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
        return Err(Error::UnknownSection { found: unknown.clone(), known: known.join(", ") });
    }
    let wanted = |section: &&Section| only.is_empty() || only.iter().any(|prefix| is_of(section, prefix));
    Ok(SECTIONS.iter().filter(wanted).copied().collect())
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

/// Runs sections and shows each check as it finishes. Where all are run, the lesson's routes are measured beside them.
///
/// # Errors
/// If the lesson's routes cannot be measured.
fn report(sections: &[Section], effort: Effort, show: &mut dyn FnMut(&Check)) -> Result<Report, Error> {
    let mut report = Report::new(effort.seed);
    let shown = (sections.len() == SECTIONS.len()).then(|| thread::spawn(Shown::measure));
    let emit = &mut |check: Check| {
        show(&check);
        report.add(check);
    };
    sections::run(sections, effort, emit);
    if let Some(shown) = shown {
        let shown = shown.join().map_err(|_| Error::Unmeasured)??;
        shown.checks().for_each(&mut *emit);
        report.show(shown.breaks, shown.routes);
    }
    Ok(report)
}
