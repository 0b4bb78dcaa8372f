//! The verdicts on all claims of one check, as text, as JSON and as an error.
//!
//! Invariant: the text, the JSON and the error are readings of the same findings.

use std::fmt;

use crate::derivative::Derivative;
use crate::doubt::Doubt;
use crate::fault::{Claim, Fault, likely};
use crate::place::Place;
use crate::verdict::{Verdict, judge};

/// One claim, what differences say, and the verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Finding {
    /// Which derivative.
    pub place: Place,
    /// What was claimed.
    pub claimed: f64,
    /// What differences say; nothing where f has no values to take them of.
    pub expected: Option<Derivative>,
    /// What follows.
    #[cfg_attr(feature = "json", serde(flatten))]
    pub verdict: Verdict,
}

impl Finding {
    pub(crate) fn new(place: Place, claimed: f64, expected: &Result<Derivative, Doubt>, floor: f64) -> Self {
        let verdict = judge(claimed, expected, floor);
        Finding { place, claimed, expected: expected.as_ref().ok().copied(), verdict }
    }

    /// |claimed − expected| / |expected|; 0 if they are equal, NaN if nothing is expected.
    pub fn relative_error(&self) -> f64 {
        match self.expected {
            Some(expected) if expected.value == self.claimed => 0.0,
            Some(expected) => (self.claimed - expected.value).abs() / expected.value.abs(),
            None => f64::NAN,
        }
    }

    /// The digits to which claim and estimate agree, certain or not.
    pub fn digits_in_common(&self) -> u32 {
        crate::verdict::digits(self.relative_error())
    }

    fn satisfies(&self, digits: u32) -> bool {
        match self.verdict {
            Verdict::Agrees { digits: certified } => certified >= digits,
            Verdict::Excused => true,
            _ => false,
        }
    }
}

/// All findings of one check.
///
/// `{}` prints a table; so does `{:?}`, since that is what a test that returns it shows. As a
/// [`std::error::Error`] it is what [`Report::agree_to`] fails with.
#[must_use = "a report fails nothing by itself; ask for the digits that have to agree"]
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct Report {
    findings: Vec<Finding>,
    /// The digits that were asked for and are not there.
    required: Option<u32>,
}

impl Report {
    /// Names the likely fault of whatever is wrong.
    pub(crate) fn new(mut findings: Vec<Finding>, point: &[f64]) -> Self {
        let wrong: Vec<Claim> = findings.iter().filter_map(unexplained).collect();
        let faults = likely(&wrong, point);
        let unexplained = findings.iter_mut().filter(|finding| unexplained(finding).is_some());
        for (finding, fault) in unexplained.zip(faults) {
            finding.verdict = Verdict::Wrong { fault };
        }
        Report { findings, required: None }
    }

    /// Every finding, in the order of the coordinates, entries or directions.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What is wrong.
    pub fn wrong(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| matches!(finding.verdict, Verdict::Wrong { .. }))
    }

    /// What could not be told.
    pub fn untold(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| matches!(finding.verdict, Verdict::CannotTell { .. }))
    }

    /// The report, if every claim is certified to that many digits (or excused by the floor); otherwise the report as an error.
    ///
    /// A claim of which nothing could be told is not certified, so it fails too; see [`Report::not_wrong`].
    ///
    /// ```
    /// use chainrule_check::check;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// check(|x| x[0].sin(), |x| vec![x[0].cos()]).at(&[1.0])?.agree_to(9)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The report itself, which prints as a table with the likely fault of each wrong claim.
    pub fn agree_to(self, digits: u32) -> Result<Report, Report> {
        if self.findings.iter().all(|finding| finding.satisfies(digits)) {
            Ok(self)
        } else {
            Err(Report { required: Some(digits), ..self })
        }
    }

    /// The report, if no claim is wrong, though some may be beyond what differences can tell; otherwise the report as an error.
    ///
    /// ```
    /// // |x| has no derivative at 0, so 1 is not wrong there, and certified it is not either.
    /// let checked = chainrule_check::check(|x: &[f64]| x[0].abs(), |_: &[f64]| [1.0]).at(&[0.0])?;
    /// assert!(checked.clone().not_wrong().is_ok() && checked.agree_to(6).is_err());
    /// # Ok::<(), chainrule_check::Error>(())
    /// ```
    ///
    /// # Errors
    /// The report itself.
    pub fn not_wrong(self) -> Result<Report, Report> {
        if self.wrong().next().is_none() { Ok(self) } else { Err(self) }
    }

    /// The findings as JSON; a number that is not finite is `null`.
    ///
    /// ```
    /// let checked = chainrule_check::check(|x: &[f64]| 2.0 * x[0], |_: &[f64]| [3.0]).at(&[1.0])?;
    /// assert!(checked.to_json()?.contains("\"claimed\": 3.0"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// None that is known: those of the writer are passed on.
    #[cfg(feature = "json")]
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    fn summary(&self) -> String {
        let count = |of: fn(&Verdict) -> bool| self.findings.iter().filter(|one| of(&one.verdict)).count();
        let agree = count(|verdict| matches!(verdict, Verdict::Agrees { .. }));
        let excused = count(|verdict| matches!(verdict, Verdict::Excused));
        let (wrong, untold) = (self.wrong().count(), self.untold().count());
        let mut parts = vec![format!("{agree} of {} agree", self.findings.len()), format!("{wrong} wrong")];
        parts.push(format!("{untold} not told"));
        if excused > 0 {
            parts.push(format!("{excused} excused"));
        }
        if let Some(digits) = self.required {
            parts.push(format!("{digits} digits required of each"));
        }
        parts.join(", ")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places: Vec<String> = self.findings.iter().map(|finding| finding.place.to_string()).collect();
        let width = places.iter().map(|place| place.chars().count()).max().unwrap_or(0).max("where".len());
        writeln!(f, "{}", self.summary())?;
        write!(f, "{:width$}  {:>23}  {:>23} {:>9}  digits  verdict", "where", "claimed", "expected", "±")?;
        for (finding, place) in self.findings.iter().zip(places) {
            write!(f, "\n{place:width$}  {finding}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>23.16e}  ", self.claimed)?;
        match self.expected {
            Some(expected) => {
                write!(
                    f,
                    "{:>23.16e} {:>9.1e}  {:>6}",
                    expected.value,
                    expected.error,
                    self.digits_in_common()
                )?;
            }
            None => write!(f, "{:>23} {:>9}  {:>6}", "-", "-", "-")?,
        }
        write!(f, "  {}", self.verdict)
    }
}

/// A wrong claim whose fault is still to be named.
fn unexplained(finding: &Finding) -> Option<Claim> {
    let Finding { place, claimed, expected, verdict } = *finding;
    let is_unexplained = matches!(verdict, Verdict::Wrong { fault: Fault::Other });
    expected.filter(|_| is_unexplained).map(|expected| Claim { place, claimed, expected })
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for Report {}
