//! A check and the report of all checks, as text and as data.
//!
//! Errors are relative, |found − expected| / max(|found|, |expected|), and 0 for two equal values, infinities
//! included. Below [`SMALLEST_SCALE`] they are relative to that: subnormal numbers have no full precision to lose. Against the
//! oracle they are in units of the last place, where the truth is known to that.
//!
//! Invariant: `passed` follows from the figures of the row; nothing sets it.

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::breaks::Breaks;
use super::routes::Route;

/// The smallest normal f64; what is smaller is compared on its scale.
const SMALLEST_SCALE: f64 = f64::MIN_POSITIVE;

/// What errors are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Parts of the larger number.
    Relative,
    /// Units of the last place of the truth at f64.
    Ulps,
}

/// One row: a route to some derivatives compared with a reference for them.
#[derive(Clone, Debug)]
pub struct Check {
    name: String,
    route: &'static str,
    reference: &'static str,
    unit: Unit,
    bound: f64,
    cases: usize,
    max_error: f64,
    blame: Option<String>,
}

impl Check {
    /// A check of relative errors without cases, which does not pass yet.
    pub fn new(name: impl Into<String>, route: &'static str, reference: &'static str, bound: f64) -> Self {
        let name = name.into();
        Check { name, route, reference, unit: Unit::Relative, bound, cases: 0, max_error: 0.0, blame: None }
    }

    /// The same of errors in units of the last place.
    pub fn in_ulps(
        name: impl Into<String>,
        route: &'static str,
        reference: &'static str,
        bound: f64,
    ) -> Self {
        Check { unit: Unit::Ulps, ..Check::new(name, route, reference, bound) }
    }

    /// Counts cases of which the one that takes up most of its own bound is given; the row shows the one that takes up most of all.
    pub fn count_many(&mut self, cases: usize, error: f64, bound: f64) {
        // No error is worse than one that is no number.
        let usage = |error: f64, bound: f64| match error {
            0.0 => 0.0,
            error if error.is_nan() => f64::INFINITY,
            error => error / bound,
        };
        if self.cases == 0 || usage(error, bound) >= usage(self.max_error, self.bound) {
            (self.max_error, self.bound) = (error, bound);
        }
        self.cases += cases;
    }

    /// Names what is to blame, if the check has failed and nobody has been blamed yet.
    ///
    /// # Errors
    /// Those of the search for the culprit.
    pub fn blame<E>(&mut self, culprit: impl FnOnce() -> Result<Option<String>, E>) -> Result<(), E> {
        if self.has_cases() && !self.passed() && self.blame.is_none() {
            self.blame = culprit()?;
        }
        Ok(())
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

    /// The route that is checked.
    pub fn route(&self) -> &'static str {
        self.route
    }

    /// What it is checked against.
    pub fn reference(&self) -> &'static str {
        self.reference
    }

    /// How many cases were compared.
    pub fn cases(&self) -> usize {
        self.cases
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

    /// Which node of a graph is to blame, if the check failed and it is known.
    pub fn culprit(&self) -> Option<&str> {
        self.blame.as_deref()
    }

    /// The error and the bound as they are printed.
    pub fn figures(&self) -> [String; 2] {
        match self.unit {
            Unit::Relative => [figure(self.max_error, 1), figure(self.bound, 0)],
            Unit::Ulps => [ulps(self.max_error), ulps(self.bound)],
        }
    }

    fn blamed(&self) -> String {
        self.culprit().map(|culprit| format!("; first wrong node: {culprit}")).unwrap_or_default()
    }

    /// The heading of the table.
    pub fn heading() -> String {
        format!("{:6} {:>7} {:>9} {:>9}  what: route against reference", "", "cases", "error", "bound")
    }

    /// The row of the table.
    pub fn line(&self) -> String {
        let verdict = if self.passed() { "ok" } else { "FAILED" };
        let [error, bound] = self.figures();
        format!("{verdict:6} {:>7} {error:>9} {bound:>9}  {}", self.cases, self.title())
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("Check", 9)?;
        row.serialize_field("name", &self.name)?;
        row.serialize_field("route", self.route)?;
        row.serialize_field("reference", self.reference)?;
        row.serialize_field("cases", &self.cases)?;
        row.serialize_field("unit", &self.unit)?;
        row.serialize_field("max_error", &self.max_error)?;
        row.serialize_field("bound", &self.bound)?;
        row.serialize_field("passed", &self.passed())?;
        row.serialize_field("first_wrong_node", &self.blame)?;
        row.end()
    }
}

/// All checks, in the order they were made, and what was seen on the way.
#[derive(Clone, Debug, Default)]
pub struct Report {
    checks: Vec<Check>,
    routes: Vec<Route>,
    breaks: Option<Breaks>,
}

impl Report {
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
        lines.push(self.closing_lines());
        lines.join("\n")
    }

    /// The names of what failed, and the count of all.
    pub fn closing_lines(&self) -> String {
        let failed = self.checks.iter().filter(|check| !check.passed());
        let mut lines: Vec<String> = failed
            .map(|check| format!("failed: {} ({}){}", check.name, check.route, check.blamed()))
            .collect();
        lines.push(format!("{} passed, {} failed", self.checks.len() - self.failed(), self.failed()));
        lines.join("\n")
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 5)?;
        report.serialize_field("passed", &(self.checks.len() - self.failed()))?;
        report.serialize_field("failed", &self.failed())?;
        report.serialize_field("checks", &self.checks)?;
        report.serialize_field("where_it_breaks", &self.breaks)?;
        report.serialize_field("routes", &self.routes)?;
        report.end()
    }
}

/// An error in a column: 0 is plain, since there it means exactly that.
fn figure(error: f64, digits: usize) -> String {
    if error == 0.0 { "0".to_owned() } else { format!("{error:.digits$e}") }
}

/// A number of ulps in a column or a cell: few are counted, many only weighed.
pub(super) fn ulps(error: f64) -> String {
    if error == 0.0 {
        "0 ulp".to_owned()
    } else if error.is_infinite() {
        "∞ ulp".to_owned()
    } else if error < 1e4 {
        format!("{error:.1} ulp")
    } else {
        format!("{error:.0e} ulp")
    }
}

fn relative_error(found: f64, expected: f64, smallest_scale: f64) -> f64 {
    // Equal infinities have no difference, but are equal.
    if found == expected {
        return 0.0;
    }
    (found - expected).abs() / found.abs().max(expected.abs()).max(smallest_scale)
}
