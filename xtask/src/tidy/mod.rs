//! `cargo xtask tidy`: the repository's own hygiene, one row a rule.
//!
//! The judgments are pure functions of what was read ([`packages`], [`documents`]); running cargo is a file of its own
//! ([`commands`]). A judgment returns what it objects to, and a rule holds if there is nothing.
//!
//! Invariant: every rule is judged, also after one has failed, so one run shows all there is to mend.

pub mod commands;
pub mod convicted;
pub mod documents;
pub mod packages;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::Outcome;
use crate::cli::TidyArguments;
use crate::error::Error;
use crate::files;

/// A rule and what was found against it.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    /// What has to hold.
    pub name: &'static str,
    /// Whether it does.
    pub passed: bool,
    /// What was found against it, with semicolons; empty if it holds.
    pub detail: String,
}

impl Rule {
    /// The rule holds if there are no objections.
    pub fn new(name: &'static str, objections: &[String]) -> Self {
        Rule { name, passed: objections.is_empty(), detail: objections.join("; ") }
    }
}

#[derive(Serialize)]
struct Report {
    passed: usize,
    failed: usize,
    checks: Vec<Rule>,
}

/// Judges every rule, printing each as it is judged, or one JSON object at the end.
///
/// # Errors
/// If cargo or a file that is to be judged cannot be run or read at all; a rule that does not hold is no error but
/// [`Outcome::Failure`].
pub fn run(arguments: &TidyArguments, print: &mut dyn FnMut(&str)) -> Result<Outcome, Error> {
    let mut checks = Vec::new();
    judge(&workspace_root(), &mut |rule| {
        if !arguments.json {
            let verdict = if rule.passed { "ok" } else { "FAILED" };
            print(format!("{verdict:6} {}  {}", rule.name, rule.detail).trim_end());
        }
        checks.push(rule);
    })?;
    let failed = checks.iter().filter(|rule| !rule.passed).count();
    let report = Report { passed: checks.len() - failed, failed, checks };
    if arguments.json {
        print(&serde_json::to_string_pretty(&report)?);
    } else {
        print(&format!("{} passed, {} failed", report.passed, report.failed));
    }
    Ok(if report.failed == 0 { Outcome::Success } else { Outcome::Failure(None) })
}

/// Judges every rule of the workspace at `root`, those that need no build first.
fn judge(root: &Path, emit: &mut dyn FnMut(Rule)) -> Result<(), Error> {
    let packages = packages::read(root)?;
    let changelog = files::read(&root.join("CHANGELOG.md"))?;
    let manifest = files::read(&root.join("Cargo.toml"))?;
    emit(Rule::new("dependencies point downwards", &packages::layering(&packages)));
    emit(Rule::new("graph and check depend on thiserror alone", &packages::lean(&packages)));
    emit(Rule::new("crates are described and licensed", &packages::descriptions(&packages)));
    emit(Rule::new("versions are in step", &packages::versions(&packages, &manifest)));
    emit(Rule::new("CHANGELOG names the version", &documents::changelog(&changelog, &packages)));
    emit(Rule::new("every crate has a README and docs", &documents::crates(&packages)?));
    emit(Rule::new("verify has a row for every source", &convicted::objections(root)?));
    for command in commands::ALL {
        emit(Rule::new(command.name, &command.objections(root)?));
    }
    Ok(())
}

/// The folder of the workspace's manifest: the one above this crate's.
fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
