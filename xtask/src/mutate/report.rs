//! What became of the mistakes: a log of trials that runs append to, and the report that is counted from it.
//!
//! A mistake that changes no result counts neither for nor against. That it changes none takes an explanation, a law by the mistake's id; what has
//! none counts as unnoticed, and so does what ran out of time. What does not compile is nobody's mistake.
//!
//! Invariant: every figure is counted from the log and the explanations; nothing sets it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::plan::Mutant;
use crate::error::Error;
use crate::files::{unreadable, unwritable};

/// What became of a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// A row of verify failed.
    CaughtByVerify,
    /// Verify passed, a test of the crate failed.
    CaughtByTests,
    /// Nothing noticed.
    Survived,
    /// Something did not end; counts as unnoticed.
    TimedOut,
    /// The compiler refused it.
    DoesNotCompile,
    /// It changes no result, for a reason that is written down.
    Equivalent,
}

/// A row of verify that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// The files that it convicts.
    pub files: Vec<String>,
}

/// A line of the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trial {
    /// The mistake's id.
    pub id: String,
    /// Whether by `verify --deep`.
    pub deep: bool,
    /// The source.
    pub file: String,
    /// Its line.
    pub line: usize,
    /// The function around it.
    pub function: String,
    /// The operator of mutation.
    pub kind: String,
    /// What stood there.
    pub before: String,
    /// What was put there.
    pub after: String,
    /// What became of it.
    pub fate: Fate,
    /// The rows that failed.
    pub rows: Vec<Row>,
    /// Whether a row that failed names the file or the operation.
    pub named: bool,
    /// How long the trial took.
    pub seconds: f64,
}

impl Trial {
    /// A trial and what came of it.
    pub fn new(mutant: &Mutant, deep: bool, fate: Fate, rows: Vec<Row>, seconds: f64) -> Trial {
        let named = rows.iter().any(|row| names(row, mutant));
        Trial {
            id: mutant.id.clone(),
            deep,
            file: mutant.file.clone(),
            line: mutant.line,
            function: mutant.function.clone(),
            kind: mutant.kind.to_owned(),
            before: mutant.before.clone(),
            after: mutant.after.clone(),
            fate,
            rows,
            named,
            seconds,
        }
    }

    /// One line for people.
    pub fn line(&self) -> String {
        let fate = match self.fate {
            Fate::CaughtByVerify if self.named => "verify",
            Fate::CaughtByVerify => "verify (unnamed)",
            Fate::CaughtByTests => "tests",
            Fate::Survived => "SURVIVED",
            Fate::TimedOut => "TIMED OUT",
            Fate::DoesNotCompile => "does not compile",
            Fate::Equivalent => "equivalent",
        };
        format!("{fate:<18}{}", self.place())
    }

    fn place(&self) -> String {
        let (before, after) = (shown(&self.before), shown(&self.after));
        format!(
            "{} {}:{} in {}: {}, {before} → {after}",
            self.id, self.file, self.line, self.function, self.kind
        )
    }
}

/// Source text in one line of bounded length.
fn shown(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return "nothing".to_owned();
    }
    let cut: String = line.chars().take(60).collect();
    if cut.len() < line.len() { format!("`{cut}…`") } else { format!("`{cut}`") }
}

/// Whether a row names a mistake's file, or the function or operation that it is in.
fn names(row: &Row, mutant: &Mutant) -> bool {
    let by_word =
        mutant.function.split_whitespace().last().filter(|word| word.len() > 2 && !word.ends_with('!'));
    let name = row.name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric() && c != '_');
    row.files.contains(&mutant.file)
        || by_word.is_some_and(|word| {
            words.any(|found| found.replace('_', "") == word.to_lowercase().replace('_', ""))
        })
}

/// Why a mistake changes no result, a line of the explanations.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Explanation {
    /// The mistake's id.
    pub id: String,
    /// The law.
    pub law: String,
}

/// The lines of a file of JSON lines; none if there is no file.
///
/// # Errors
/// If the file cannot be read, or one of its lines.
pub fn read_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Error> {
    let text = match fs::read_to_string(path) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(unreadable(path, &cause)),
        Ok(text) => text,
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            let path = path.display().to_string();
            serde_json::from_str(line).map_err(|cause| Error::Log { path, line: index + 1, cause })
        })
        .collect()
}

/// Appends a trial to the log.
///
/// # Errors
/// If the log cannot be written.
pub fn append(path: &Path, trial: &Trial) -> Result<(), Error> {
    let line = serde_json::to_string(trial)?;
    let unwritable = |cause: io::Error| unwritable(path, &cause);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(unwritable)?;
    }
    let mut file = fs::File::options().create(true).append(true).open(path).map_err(unwritable)?;
    writeln!(file, "{line}").map_err(unwritable)
}

/// Trials of a file: how many change a result, and what noticed them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All that compile and change a result.
    pub tried: usize,
    /// Noticed by verify.
    pub by_verify: usize,
    /// Noticed by verify, by a row that names the part.
    pub named: usize,
    /// Noticed by the crate's tests alone.
    pub by_tests: usize,
    /// Unnoticed.
    pub survived: usize,
    /// Without an end.
    pub timed_out: usize,
    /// Without a change of any result, explained.
    pub equivalent: usize,
    /// Refused by the compiler.
    pub does_not_compile: usize,
}

impl Counts {
    fn add(&mut self, trial: &Trial, is_explained: bool) {
        let fate = match trial.fate {
            Fate::Survived | Fate::TimedOut if is_explained => Fate::Equivalent,
            fate => fate,
        };
        let field = match fate {
            Fate::CaughtByVerify => &mut self.by_verify,
            Fate::CaughtByTests => &mut self.by_tests,
            Fate::Survived => &mut self.survived,
            Fate::TimedOut => &mut self.timed_out,
            Fate::DoesNotCompile => &mut self.does_not_compile,
            Fate::Equivalent => &mut self.equivalent,
        };
        *field += 1;
        self.named += usize::from(fate == Fate::CaughtByVerify && trial.named);
        self.tried += usize::from(!matches!(fate, Fate::DoesNotCompile | Fate::Equivalent));
    }
}

/// The report of a log.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Over all files.
    pub total: Counts,
    /// File by file.
    pub files: BTreeMap<String, Counts>,
    /// Everything unnoticed or without an end, with its law if it has one, by file and function.
    pub survivors: Vec<Survivor>,
    /// The mean time of a trial.
    pub seconds: f64,
}

/// A mistake that nothing noticed.
#[derive(Clone, Debug, Serialize)]
pub struct Survivor {
    /// The trial.
    pub trial: Trial,
    /// Why it changes no result.
    pub law: Option<String>,
}

impl Report {
    /// Counts trials; of a mistake that was tried twice, the last counts.
    pub fn new(trials: &[Trial], explanations: &[Explanation]) -> Report {
        let laws: BTreeMap<&str, &str> =
            explanations.iter().map(|known| (known.id.as_str(), known.law.as_str())).collect();
        let last: BTreeMap<&str, &Trial> = trials.iter().map(|trial| (trial.id.as_str(), trial)).collect();
        let mut report =
            Report { total: Counts::default(), files: BTreeMap::new(), survivors: Vec::new(), seconds: 0.0 };
        for trial in last.values() {
            let law = laws.get(trial.id.as_str()).map(|&law| law.to_owned());
            report.total.add(trial, law.is_some());
            report.files.entry(trial.file.clone()).or_default().add(trial, law.is_some());
            report.seconds += trial.seconds / last.len() as f64;
            if matches!(trial.fate, Fate::Survived | Fate::TimedOut) {
                report.survivors.push(Survivor { trial: (*trial).clone(), law });
            }
        }
        report.survivors.sort_by(|one, other| key(one).cmp(&key(other)));
        report
    }

    /// The report for people.
    pub fn text(&self) -> String {
        let mut text = String::from(
            "file                                              tried  verify  named  tests  unnoticed\n",
        );
        for (file, counts) in &self.files {
            let unnoticed = counts.survived + counts.timed_out;
            let Counts { tried, by_verify, named, by_tests, .. } = counts;
            let _ =
                writeln!(text, "{file:<48}{tried:>7}{by_verify:>8}{named:>7}{by_tests:>7}{unnoticed:>11}");
        }
        text.push('\n');
        for Survivor { trial, law } in &self.survivors {
            let _ = writeln!(text, "{}", trial.line());
            let _ = writeln!(text, "{:18}{}", "", law.as_deref().unwrap_or("not explained"));
        }
        let total = &self.total;
        let _ = writeln!(
            text,
            "{} tried, {} more do not compile, {} more change no result; {:.1} s each",
            total.tried, total.does_not_compile, total.equivalent, self.seconds
        );
        let _ = writeln!(text, "noticed by verify: {}", share(total.by_verify, total.tried));
        let _ = writeln!(text, "and by a row that names the part: {}", share(total.named, total.tried));
        let _ = write!(
            text,
            "noticed by verify or tests: {}",
            share(total.by_verify + total.by_tests, total.tried)
        );
        text
    }
}

fn key(survivor: &Survivor) -> (&str, &str, usize) {
    (&survivor.trial.file, &survivor.trial.function, survivor.trial.line)
}

fn share(part: usize, whole: usize) -> String {
    format!("{part} of {whole} ({:.1} %)", 100.0 * part as f64 / whole.max(1) as f64)
}
