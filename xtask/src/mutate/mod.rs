//! `cargo xtask mutate`: whether `verify` would notice a mistake, asked of mistakes that it does not know.
//!
//! A generator over the tokens of every source ([`tokens`], [`operators`], [`plan`]) makes the mistakes; a seeded sample of them is planted, one at
//! a time, in
//! copies of the repository and judged by verify and the crates' tests (`trial`); a log keeps what became of each, so that runs add up
//! ([`report`]).
//!
//! Invariant: the generator knows Rust's tokens and nothing of the project; the judge knows nothing of the generator.

pub mod operators;
pub mod plan;
pub mod report;
pub mod tokens;
mod trial;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use self::operators::mutants;
use self::plan::{Mutant, sample};
use self::report::{Explanation, Report, Trial, append, read_lines};
use self::trial::{Job, Judge};
use crate::Outcome;
use crate::cli::MutateArguments;
use crate::error::Error;
use crate::files;

/// Where it is written down why some mistakes change no result.
const EXPLAINED: &str = "xtask/mutants/explained.jsonl";

/// Draws mistakes, tries those that the log does not know, and reports what is in the log.
///
/// # Errors
/// If files cannot be read or written, or the sources do not pass without a mistake. Mistakes that go unnoticed are no error: the
/// report is what was asked for.
pub fn run(arguments: &MutateArguments, print: &mut dyn FnMut(&str)) -> Result<Outcome, Error> {
    let root = root();
    let log = root.join(&arguments.log);
    let mut trials: Vec<Trial> = read_lines(&log)?;
    if !arguments.report {
        let known: BTreeSet<&str> = trials
            .iter()
            .filter(|trial| trial.deep == arguments.deep)
            .map(|trial| trial.id.as_str())
            .collect();
        let crates = of_sources(&root, &arguments.files)?;
        let mut drawn = sample(&crates, arguments.sample, arguments.seed);
        drawn.retain(|mutant| !known.contains(mutant.id.as_str()));
        let new = try_all(&root, &drawn, arguments, &mut |trial| {
            if !arguments.json {
                print(&trial.line());
            }
            append(&log, trial)
        })?;
        trials.extend(new);
    }
    trials.retain(|trial| trial.deep == arguments.deep && trial.file.starts_with(&arguments.files));
    let explanations: Vec<Explanation> = read_lines(&root.join(EXPLAINED))?;
    let report = Report::new(&trials, &explanations);
    if arguments.json {
        print(&serde_json::to_string_pretty(&report)?);
    } else {
        print(&report.text());
    }
    Ok(Outcome::Success)
}

/// The workspace's root.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The mistakes of all sources whose paths begin with a prefix, crate by crate, with the crate's number of tokens.
fn of_sources(root: &Path, prefix: &str) -> Result<BTreeMap<String, (Vec<Mutant>, usize)>, Error> {
    let mut crates: BTreeMap<String, (Vec<Mutant>, usize)> = BTreeMap::new();
    for name in files::crate_sources(root)? {
        if !name.starts_with(prefix) {
            continue;
        }
        let source = files::read(&root.join(&name))?;
        let (made, tokens) = mutants(&name, &source);
        let part = name.split('/').nth(1).unwrap_or_default().to_owned();
        let entry = crates.entry(part).or_default();
        entry.0.extend(made);
        entry.1 += tokens;
    }
    Ok(crates)
}

/// Tries mistakes side by side; each trial is handed on as it ends.
fn try_all(
    root: &Path,
    drawn: &[Mutant],
    arguments: &MutateArguments,
    done: &mut dyn FnMut(&Trial) -> Result<(), Error>,
) -> Result<Vec<Trial>, Error> {
    if drawn.is_empty() {
        return Ok(Vec::new());
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let jobs = arguments.jobs.map_or((cores / 2).max(1), usize::from).min(drawn.len());
    let judge = Judge { deep: arguments.deep, tests: !arguments.no_tests };
    let limit = arguments.minutes.map(|minutes| Duration::from_secs_f64((60.0 * minutes).clamp(0.0, 1e9)));
    let began = Instant::now();
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for number in 0..jobs {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                let job = match Job::new(root, number, judge) {
                    Ok(job) => job,
                    Err(error) => return drop(sender.send(Err(error))),
                };
                while limit.is_none_or(|limit| began.elapsed() < limit)
                    && let Some(mutant) = drawn.get(next.fetch_add(1, Ordering::Relaxed))
                    // Nobody listens any more after an error.
                    && sender.send(job.try_out(mutant)).is_ok()
                {}
            });
        }
        drop(sender);
        let mut trials = Vec::new();
        for trial in receiver {
            let trial = trial?;
            done(&trial)?;
            trials.push(trial);
        }
        Ok(trials)
    })
}
