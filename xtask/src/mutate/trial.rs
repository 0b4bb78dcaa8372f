//! One mistake tried: planted in a copy of the repository, built, judged by verify and, if that lets it pass, by the crate's tests.
//!
//! A job has a copy and a folder for what is built of its own, so that jobs do not wait for each other and cargo compiles again only what the
//! mistake changes. Programs run by `timeout` and under `ulimit`: a mistake may make them run for ever or eat all memory.
//!
//! Invariant: after a trial the copy is as it was; the repository itself is never touched.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::plan::Mutant;
use super::report::{Fate, Row, Trial};
use crate::error::Error;
use crate::files::{read, unwritable, write};
use crate::verify;

/// The seed of verify's fresh samples: a fate is to depend on the mistake alone.
const SEED: &str = "1";

/// How many times as long as without a mistake a program may take.
const PATIENCE: u32 = 5;

/// The least time that a program gets: machines are busy with other things too.
const LEAST_PATIENCE: Duration = Duration::from_secs(20);

/// The most that a build may take; from nothing it takes minutes.
const BUILD_PATIENCE: Duration = Duration::from_secs(1800);

/// The most that a crate's tests may take, their build included.
const TESTS_PATIENCE: Duration = Duration::from_secs(900);

/// The most address space of a program, in KiB: 8 GiB.
const MEMORY: u64 = 8 << 20;

/// How verify, or the tests, are asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judge {
    pub(super) deep: bool,
    pub(super) tests: bool,
}

/// A copy of the repository with what was built of it.
pub(super) struct Job {
    tree: PathBuf,
    built: PathBuf,
    judge: Judge,
    /// How long the whole of verify takes without a mistake.
    clean: Duration,
}

/// How a program ended.
struct Ended {
    /// The exit code; nothing if a signal ended it.
    code: Option<i32>,
    timed_out: bool,
    printed: String,
    complaint: String,
}

impl Job {
    /// Copies what git tracks, builds it, and sees that verify passes.
    pub(super) fn new(root: &Path, number: usize, judge: Judge) -> Result<Job, Error> {
        let folder = root.join("target/mutants").join(format!("job-{number}"));
        let (tree, built) = (folder.join("tree"), folder.join("target"));
        copy_tracked(root, &tree)?;
        let mut job = Job { tree, built, judge, clean: BUILD_PATIENCE };
        let ended = job.build()?;
        if ended.code != Some(0) {
            return Err(Error::Unsound(format!("`cargo build` fails: {}", last_line(&ended.complaint))));
        }
        let began = Instant::now();
        let ended = job.verify(&[])?;
        if ended.code != Some(0) {
            let rows: Vec<String> = failed_rows(&ended).into_iter().map(|row| row.name).collect();
            return Err(Error::Unsound(format!("verify fails: {}", rows.join("; "))));
        }
        job.clean = began.elapsed();
        Ok(job)
    }

    /// Tries one mistake.
    pub(super) fn try_out(&self, mutant: &Mutant) -> Result<Trial, Error> {
        let began = Instant::now();
        let path = self.tree.join(&mutant.file);
        let source = read(&path)?;
        write(&path, mutant.apply(&source))?;
        let outcome = self.fate(mutant);
        write(&path, &source)?;
        let (fate, rows) = outcome?;
        Ok(Trial::new(mutant, self.judge.deep, fate, rows, began.elapsed().as_secs_f64()))
    }

    fn fate(&self, mutant: &Mutant) -> Result<(Fate, Vec<Row>), Error> {
        if self.build()?.code != Some(0) {
            return Ok((Fate::DoesNotCompile, Vec::new()));
        }
        let own = verify::section_names().any(|name| name.starts_with(mutant.part()));
        let first: &[&str] = if own { &[mutant.part()] } else { &[] };
        // What the crate's own sections let pass, all may still notice.
        for only in [Some(first).filter(|_| own), Some(&[][..])].into_iter().flatten() {
            let ended = self.verify(only)?;
            if ended.timed_out {
                return Ok((Fate::TimedOut, Vec::new()));
            }
            if ended.code != Some(0) {
                return Ok((Fate::CaughtByVerify, failed_rows(&ended)));
            }
        }
        if !self.judge.tests {
            return Ok((Fate::Survived, Vec::new()));
        }
        let ended = self.tests(mutant.part())?;
        let fate = match ended.code {
            _ if ended.timed_out => Fate::TimedOut,
            Some(0) => Fate::Survived,
            _ => Fate::CaughtByTests,
        };
        Ok((fate, Vec::new()))
    }

    fn build(&self) -> Result<Ended, Error> {
        self.run(
            BUILD_PATIENCE,
            "cargo",
            &["build", "--quiet", "--profile", "mutants", "--package", "xtask"],
            false,
        )
    }

    fn verify(&self, only: &[&str]) -> Result<Ended, Error> {
        let binary = self.built.join("mutants/xtask").display().to_string();
        let mut arguments = vec!["verify", "--json", "--seed", SEED];
        if self.judge.deep {
            arguments.push("--deep");
        }
        let only = only.join(",");
        if !only.is_empty() {
            arguments.extend(["--only", &only]);
        }
        self.run((self.clean * PATIENCE).max(LEAST_PATIENCE), &binary, &arguments, true)
    }

    fn tests(&self, part: &str) -> Result<Ended, Error> {
        let package = format!("chainrule-{part}");
        // What only features bring is part of what a crate promises.
        let features: &[&str] = match part {
            "graph" => &["--features", "oracle"],
            "model" => &["--features", "rayon,serde"],
            "program" => &["--features", "rayon"],
            "explain" | "check" => &["--features", "json"],
            _ => &[],
        };
        let mut arguments =
            vec!["test", "--quiet", "--profile", "mutants", "--tests", "--package", package.as_str()];
        arguments.extend(features);
        self.run(TESTS_PATIENCE, "cargo", &arguments, false)
    }

    /// Runs a program in the copy, with an end to its time and, if `bounded`, to its memory.
    fn run(
        &self,
        patience: Duration,
        program: &str,
        arguments: &[&str],
        bounded: bool,
    ) -> Result<Ended, Error> {
        let began = Instant::now();
        let limit =
            if bounded { format!("ulimit -v {MEMORY}; exec \"$@\"") } else { "exec \"$@\"".to_owned() };
        let output = Command::new("timeout")
            .args([
                "--signal=KILL",
                &patience.as_secs().max(1).to_string(),
                "sh",
                "-c",
                &limit,
                "sh",
                program,
            ])
            .args(arguments)
            .current_dir(&self.tree)
            .env("CARGO_TARGET_DIR", &self.built)
            .env_remove("CARGO_INCREMENTAL")
            .stdin(Stdio::null())
            .output()
            .map_err(|cause| Error::Program {
                program: format!("timeout … {program}"),
                cause: cause.to_string(),
            })?;
        Ok(Ended {
            code: output.status.code(),
            timed_out: began.elapsed() >= patience,
            printed: String::from_utf8_lossy(&output.stdout).into_owned(),
            complaint: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }
}

/// The rows of verify's report that failed; that it broke off, if there is no report.
fn failed_rows(ended: &Ended) -> Vec<Row> {
    let Ok(report) = serde_json::from_str::<Value>(&ended.printed) else {
        return vec![Row {
            name: format!("verify broke off: {}", last_line(&ended.complaint)),
            files: Vec::new(),
        }];
    };
    let checks = report.get("checks").and_then(Value::as_array).into_iter().flatten();
    checks
        .filter(|check| check.get("passed") == Some(&Value::Bool(false)))
        .map(|check| {
            let files = check.get("files").and_then(Value::as_array).into_iter().flatten();
            Row {
                name: check.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
                files: files.filter_map(Value::as_str).map(str::to_owned).collect(),
            }
        })
        .collect()
}

fn last_line(text: &str) -> &str {
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("nothing was said")
}

/// Lays what git tracks, as it is in the work tree, into a folder; what has not changed keeps its time, for cargo goes by that.
fn copy_tracked(root: &Path, to: &Path) -> Result<(), Error> {
    let failed = |cause: String| Error::Program { program: "git ls-files".to_owned(), cause };
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .map_err(|cause| failed(cause.to_string()))?;
    if !output.status.success() {
        return Err(failed(last_line(&String::from_utf8_lossy(&output.stderr)).to_owned()));
    }
    let listed = String::from_utf8_lossy(&output.stdout);
    let names: BTreeSet<PathBuf> = listed.split('\0').map(|name| to.join(name)).collect();
    remove_others(to, &names);
    for name in listed.split('\0').filter(|name| !name.is_empty()) {
        let (from, to) = (root.join(name), to.join(name));
        // What git still tracks may be gone from the work tree.
        let Ok(contents) = fs::read(&from) else { continue };
        if fs::read(&to).is_ok_and(|there| there == contents) {
            continue;
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(|cause| unwritable(folder, &cause))?;
        }
        write(&to, contents)?;
    }
    Ok(())
}

/// Removes the files of a folder that are not among these: cargo would find a test that is no more. What cannot be removed does no harm.
fn remove_others(folder: &Path, names: &BTreeSet<PathBuf>) {
    for path in
        fs::read_dir(folder).into_iter().flatten().filter_map(|entry| entry.ok().map(|entry| entry.path()))
    {
        if path.is_dir() {
            remove_others(&path, names);
        } else if !names.contains(&path) {
            let _ = fs::remove_file(path);
        }
    }
}
