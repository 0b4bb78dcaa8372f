//! A check and the report of all checks, as text and as data.
//!
//! Errors are relative, |found − expected| / max(|found|, |expected|), and 0 for two equal values, infinities
//! included. Below [`SMALLEST_SCALE`] they are relative to that: subnormal numbers have no full precision to lose.
//!
//! Invariant: `passed` follows from the figures of the row; nothing sets it.

use serde::{Serialize, Serializer, ser::SerializeStruct};

/// The smallest normal f64; what is smaller is compared on its scale.
const SMALLEST_SCALE: f64 = f64::MIN_POSITIVE;

/// One row: a route to some derivatives compared with a reference for them.
#[derive(Clone, Debug)]
pub struct Check {
    name: String,
    route: &'static str,
    reference: &'static str,
    bound: f64,
    cases: usize,
    max_error: f64,
}

impl Check {
    /// A check without cases, which does not pass yet.
    pub fn new(name: impl Into<String>, route: &'static str, reference: &'static str, bound: f64) -> Self {
        Check { name: name.into(), route, reference, bound, cases: 0, max_error: 0.0 }
    }

    /// Counts a case by its relative error.
    pub fn compare(&mut self, found: f64, expected: f64) {
        self.count(relative_error(found, expected, SMALLEST_SCALE));
    }

    /// Counts a case by its error relative to `scale`, where that is larger than the values.
    pub fn compare_at_scale(&mut self, found: f64, expected: f64, scale: f64) {
        self.count(relative_error(found, expected, scale));
    }

    /// Counts a case with this error; a NaN counts as infinite.
    pub fn count(&mut self, error: f64) {
        self.cases += 1;
        self.max_error = self.max_error.max(if error.is_nan() { f64::INFINITY } else { error });
    }

    /// Whether anything was compared.
    pub fn has_cases(&self) -> bool {
        self.cases > 0
    }

    /// What is checked.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is checked and by which route.
    pub fn title(&self) -> String {
        format!("{}: {} against {}", self.name, self.route, self.reference)
    }

    /// Whether there were cases and all of them kept the bound.
    pub fn passed(&self) -> bool {
        self.cases > 0 && self.max_error <= self.bound
    }

    /// The largest error of all cases.
    pub fn max_error(&self) -> f64 {
        self.max_error
    }

    /// The heading of the table.
    pub fn heading() -> String {
        format!("{:6} {:>7} {:>8} {:>8}  what: route against reference", "", "cases", "error", "bound")
    }

    /// The row of the table.
    pub fn line(&self) -> String {
        let verdict = if self.passed() { "ok" } else { "FAILED" };
        format!(
            "{verdict:6} {:>7} {:>8} {:>8}  {}",
            self.cases,
            figure(self.max_error, 1),
            figure(self.bound, 0),
            self.title()
        )
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("Check", 7)?;
        row.serialize_field("name", &self.name)?;
        row.serialize_field("route", self.route)?;
        row.serialize_field("reference", self.reference)?;
        row.serialize_field("cases", &self.cases)?;
        row.serialize_field("max_error", &self.max_error)?;
        row.serialize_field("bound", &self.bound)?;
        row.serialize_field("passed", &self.passed())?;
        row.end()
    }
}

/// All checks, in the order they were made.
#[derive(Clone, Debug, Default)]
pub struct Report {
    checks: Vec<Check>,
}

impl Report {
    /// Appends a check.
    pub fn add(&mut self, check: Check) {
        self.checks.push(check);
    }

    /// The checks.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// How many checks did not pass.
    pub fn failed(&self) -> usize {
        self.checks.iter().filter(|check| !check.passed()).count()
    }

    /// The names of what failed, and the count of all.
    pub fn closing_lines(&self) -> String {
        let failed = self.checks.iter().filter(|check| !check.passed());
        let mut lines: Vec<String> =
            failed.map(|check| format!("failed: {} ({})", check.name, check.route)).collect();
        lines.push(format!("{} passed, {} failed", self.checks.len() - self.failed(), self.failed()));
        lines.join("\n")
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 3)?;
        report.serialize_field("passed", &(self.checks.len() - self.failed()))?;
        report.serialize_field("failed", &self.failed())?;
        report.serialize_field("checks", &self.checks)?;
        report.end()
    }
}

/// An error in a column: 0 is plain, since there it means exactly that.
fn figure(error: f64, digits: usize) -> String {
    if error == 0.0 { "0".to_owned() } else { format!("{error:.digits$e}") }
}

fn relative_error(found: f64, expected: f64, smallest_scale: f64) -> f64 {
    // Equal infinities have no difference, but are equal.
    if found == expected {
        return 0.0;
    }
    (found - expected).abs() / found.abs().max(expected.abs()).max(smallest_scale)
}
