//! The report of all checks, as text, as data and as a page.
//!
//! Invariant: what passed and what failed is counted from the checks; nothing sets it.

mod check;
mod page;
mod plot;

pub(super) use check::ulps;
pub use check::{Check, Unit};
pub use page::page;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::lesson::breaks::Breaks;
use super::lesson::routes::Route;

/// All checks, in the order they were made, and what was seen on the way.
#[derive(Clone, Debug, Default)]
pub struct Report {
    checks: Vec<Check>,
    routes: Vec<Route>,
    breaks: Option<Breaks>,
    seed: u64,
}

impl Report {
    /// A report without checks, whose fresh samples are drawn by a seed.
    pub fn new(seed: u64) -> Self {
        Report { seed, ..Report::default() }
    }

    /// Appends a check.
    pub fn add(&mut self, check: Check) {
        self.checks.push(check);
    }

    /// Keeps what the checks have seen, for readers who want to see it too.
    pub(super) fn show(&mut self, breaks: Breaks, routes: Vec<Route>) {
        self.breaks = Some(breaks);
        self.routes = routes;
    }

    /// The lesson's routes, logit by logit.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// Where the textbook formula breaks, once that has been looked at.
    pub fn breaks(&self) -> Option<&Breaks> {
        self.breaks.as_ref()
    }

    /// The checks.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// How many checks did not pass.
    pub fn failed(&self) -> usize {
        self.checks.iter().filter(|check| !check.passed()).count()
    }

    /// What follows the rows: where the textbook formula breaks, then the closing lines.
    pub fn text(&self) -> String {
        let mut lines = self.breaks.as_ref().map(Breaks::lines).unwrap_or_default();
        lines.push(String::new());
        lines.push(format!("fresh samples by --seed {}", self.seed));
        lines.push(self.closing_lines());
        lines.join("\n")
    }

    /// The names of what failed, and the count of all.
    pub fn closing_lines(&self) -> String {
        let failed = self.checks.iter().filter(|check| !check.passed());
        let mut lines: Vec<String> = failed
            .map(|check| format!("failed: {} ({}){}", check.name(), check.route(), blamed(check)))
            .collect();
        lines.push(format!("{} passed, {} failed", self.checks.len() - self.failed(), self.failed()));
        lines.join("\n")
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 6)?;
        report.serialize_field("passed", &(self.checks.len() - self.failed()))?;
        report.serialize_field("failed", &self.failed())?;
        report.serialize_field("seed", &self.seed)?;
        report.serialize_field("checks", &self.checks)?;
        report.serialize_field("where_it_breaks", &self.breaks)?;
        report.serialize_field("routes", &self.routes)?;
        report.end()
    }
}

/// The first thing that a failed check has to say.
fn blamed(check: &Check) -> String {
    check.findings().first().map(|finding| format!("; {finding}")).unwrap_or_default()
}
