//! `cargo xtask bench`: the suites of the bench crate as one table, one page and one chart.
//!
//! The suites run as a program of their own, which compiles the peers only if they are asked for; its rows come line by line.
//!
//! Invariant: a ratio is of two medians of one run, in which the contenders took turns.

mod chart;
mod machine;
mod table;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::Outcome;
use crate::cli::BenchArguments;
use crate::error::Error;
use machine::Machine;

pub use chart::chart;
pub use table::{page, table};

/// How long a contender took, as the suites print it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Row {
    /// The suite.
    pub suite: String,
    /// The case: mostly examples × features.
    pub case: String,
    /// The contender.
    pub contender: String,
    /// On how many threads.
    pub threads: usize,
    /// The median of its times, in nanoseconds.
    pub median_ns: f64,
    /// The contender whose median is the unit of the ratio.
    pub baseline: String,
    /// median / the baseline's median.
    pub ratio: f64,
    /// Of a fit, by what share its objective is above the optimum's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<f64>,
    /// Of a fit, what it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
}

/// Where pages and charts are kept.
const RUNS: &str = "benches/runs";

/// Runs the suites, printing rows as they come, or one JSON list at the end; then writes page and chart.
///
/// # Errors
/// If the suites cannot be built or run, if contenders disagree about a result, or if page or chart cannot be written.
pub fn run(arguments: &BenchArguments, print: &mut dyn FnMut(&str)) -> Result<Outcome, Error> {
    let mut rows: Vec<Row> = Vec::new();
    suites(arguments, &mut |row| {
        if !arguments.json {
            let is_new = rows.last().is_none_or(|last| (&last.suite, &last.case) != (&row.suite, &row.case));
            if is_new {
                print(&table::heading(&row));
            }
            print(&table::line(&row));
        }
        rows.push(row);
    })?;
    if arguments.json {
        print(&serde_json::to_string_pretty(&rows)?);
    }
    let written = write(&rows, arguments)?;
    if !arguments.json {
        print(&format!("\nwritten: {written}"));
    }
    Ok(Outcome::Success)
}

/// The command line by which a run is repeated.
fn command_line(arguments: &BenchArguments) -> String {
    let options = [
        (arguments.fits, " --fits"),
        (arguments.peers, " --peers"),
        (arguments.flights.is_some(), " --flights flights-3m.parquet"),
    ];
    let given: String = options.iter().filter(|(is_given, _)| *is_given).map(|(_, option)| *option).collect();
    format!("cargo xtask bench{given}")
}

fn suites(arguments: &BenchArguments, take: &mut dyn FnMut(Row)) -> Result<(), Error> {
    let features = match (arguments.fits, arguments.peers, &arguments.flights) {
        (true, _, Some(_)) => "parquet",
        (false, true, _) => "peers",
        _ => "",
    };
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--release", "--package", "chainrule-bench", "--bin", "suites"]);
    command.args(["--features", features, "--"]).current_dir(root()).stdout(Stdio::piped());
    if arguments.fits {
        command.arg("--fits").args(arguments.peers.then_some("--peers"));
        if let Some(file) = &arguments.flights {
            // The suites run elsewhere.
            command.arg("--flights").arg(std::path::absolute(file).unwrap_or_else(|_| file.clone()));
        }
    }
    let failed = |cause: String| Error::Program { program: "cargo run --bin suites".to_owned(), cause };
    let mut child = command.spawn().map_err(|cause| failed(cause.to_string()))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.map_err(|cause| failed(cause.to_string()))?;
            take(serde_json::from_str(&line)?);
        }
    }
    let status = child.wait().map_err(|cause| failed(cause.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(status.to_string())) }
}

/// Writes a page, and for the suites a chart, and returns where.
fn write(rows: &[Row], arguments: &BenchArguments) -> Result<String, Error> {
    let machine = Machine::this();
    let kind = if arguments.fits { "-fits" } else { "" };
    let name = format!("{}-{}{kind}", machine.date, machine.slug());
    let directory = root().join(RUNS);
    let unwritable = |cause: std::io::Error| Error::Write { path: RUNS.to_owned(), cause: cause.to_string() };
    fs::create_dir_all(&directory).map_err(unwritable)?;
    let picture = format!("{name}.svg");
    if !arguments.fits {
        fs::write(directory.join(&picture), chart(rows)).map_err(unwritable)?;
    }
    let picture = (!arguments.fits).then_some(picture.as_str());
    let page = page(rows, &machine.description(), &machine.date, &command_line(arguments), picture);
    fs::write(directory.join(format!("{name}.md")), page).map_err(unwritable)?;
    Ok(format!("{RUNS}/{name}.md{}", if picture.is_some() { " and .svg" } else { "" }))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or_else(|| Path::new("."))
}
