//! A check: a row of the report, a route to some numbers compared with a reference for them.
//!
//! Errors are relative, |found − expected| / max(|found|, |expected|), and 0 for two equal values, infinities
//! included. Below [`SMALLEST_SCALE`] they are relative to that: subnormal numbers have no full precision to lose. Against the
//! oracle they are in units of the last place, where the truth is known to that.
//!
//! Invariant: `passed` follows from the figures of the row; nothing sets it.

use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::files;

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
    /// The worst case that was described: its error as a share of the bound, and the description.
    worst: Option<(f64, String)>,
    /// The source files that a failure convicts.
    files: &'static str,
}

impl Check {
    /// A check of relative errors without cases, which does not pass yet.
    pub fn new(name: impl Into<String>, route: &'static str, reference: &'static str, bound: f64) -> Self {
        let name = name.into();
        Check {
            name,
            route,
            reference,
            unit: Unit::Relative,
            bound,
            cases: 0,
            max_error: 0.0,
            blame: None,
            worst: None,
            files: "",
        }
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

    /// Names the source files that a failure convicts, from the workspace's root: `crates/graph/src/{sweep,tape}.rs` are two.
    #[must_use]
    pub fn convicts(mut self, files: &'static str) -> Self {
        self.files = files;
        self
    }

    /// The same for a check that names none itself.
    #[must_use]
    pub(in crate::verify) fn convicts_at_least(self, files: &'static str) -> Self {
        if self.files.is_empty() { self.convicts(files) } else { self }
    }

    /// Counts a case by its relative error and keeps its place and numbers, should it be the worst to fail.
    pub fn compare_at(&mut self, found: f64, expected: f64, place: impl FnOnce() -> String) {
        let error = relative_error(found, expected, SMALLEST_SCALE);
        self.count_at(error, || format!("{}: found {found:?}, expected {expected:?}", place()));
    }

    /// The same by the error relative to `scale`, where that is larger than the values.
    pub fn compare_at_scale_at(
        &mut self,
        found: f64,
        expected: f64,
        scale: f64,
        place: impl FnOnce() -> String,
    ) {
        let error = relative_error(found, expected, scale);
        self.count_at(error, || format!("{}: found {found:?}, expected {expected:?}", place()));
    }

    /// Counts a case with this error, and keeps what is said of it, should it be the worst to fail.
    pub fn count_at(&mut self, error: f64, describe: impl FnOnce() -> String) {
        let error = if error.is_nan() { f64::INFINITY } else { error };
        if error > self.bound && self.worst.as_ref().is_none_or(|(worst, _)| error > *worst) {
            self.worst = Some((error, describe()));
        }
        self.count(error);
    }

    /// Counts a case that either holds or not; what does not hold is an infinite error.
    pub fn expect(&mut self, holds: bool, describe: impl FnOnce() -> String) {
        self.count_at(if holds { 0.0 } else { f64::INFINITY }, describe);
    }

    /// Counts a text, a name or anything else that has to be equal.
    pub fn expect_same<T: PartialEq + std::fmt::Debug>(
        &mut self,
        found: &T,
        expected: &T,
        place: impl FnOnce() -> String,
    ) {
        self.expect(found == expected, || format!("{}: found {found:?}, expected {expected:?}", place()));
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

    /// The source files that a failure convicts, from the workspace's root.
    pub fn files(&self) -> impl Iterator<Item = String> {
        files::paths(self.files)
    }

    /// What a failure has to say: the worst case with its numbers, the first wrong node, the files that are convicted.
    pub fn findings(&self) -> Vec<String> {
        if self.passed() {
            return Vec::new();
        }
        let worst = self.worst.iter().map(|(_, case)| case.clone());
        let node = self.culprit().map(|culprit| format!("first wrong node: {culprit}"));
        let files = (!self.files.is_empty()).then(|| format!("look at {}", self.files));
        let nothing = (self.cases == 0).then(|| "nothing was compared".to_owned());
        worst.chain(node).chain(files).chain(nothing).collect()
    }

    /// The heading of the table.
    pub fn heading() -> String {
        format!("{:6} {:>7} {:>9} {:>9}  what: route against reference", "", "cases", "error", "bound")
    }

    /// The row of the table.
    pub fn line(&self) -> String {
        let verdict = if self.passed() { "ok" } else { "FAILED" };
        let [error, bound] = self.figures();
        let row = format!("{verdict:6} {:>7} {error:>9} {bound:>9}  {}", self.cases, self.title());
        self.findings().into_iter().fold(row, |row, finding| row + &format!("\n{:36}{finding}", ""))
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("Check", 11)?;
        row.serialize_field("name", &self.name)?;
        row.serialize_field("route", self.route)?;
        row.serialize_field("reference", self.reference)?;
        row.serialize_field("cases", &self.cases)?;
        row.serialize_field("unit", &self.unit)?;
        row.serialize_field("max_error", &self.max_error)?;
        row.serialize_field("bound", &self.bound)?;
        row.serialize_field("passed", &self.passed())?;
        row.serialize_field("first_wrong_node", &self.blame)?;
        row.serialize_field("files", &self.files().collect::<Vec<_>>())?;
        row.serialize_field("findings", &self.findings())?;
        row.end()
    }
}

/// An error in a column: 0 is plain, since there it means exactly that.
fn figure(error: f64, digits: usize) -> String {
    if error == 0.0 { "0".to_owned() } else { format!("{error:.digits$e}") }
}

/// A number of ulps in a column or a cell: few are counted, many only weighed.
pub(in crate::verify) fn ulps(error: f64) -> String {
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
