//! What can be asked for on the command line.
//!
//! Invariant: every option is described here and nowhere else; the commands see parsed values.

use std::path::PathBuf;

use chainrule_model::{Gradient, LogisticRegression, Penalty, Solver};
use clap::{Args, Parser, Subcommand, ValueEnum};

/// chainrule: the chain rule, written once
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The help of `--iterations`, with the defaults that the library has.
fn iterations_help() -> String {
    let by = |solver| LogisticRegression::new().solver(solver).step_limit();
    let firth = LogisticRegression::new().penalty(Penalty::Firth).step_limit();
    let (newton, lbfgs, descent) = (by(Solver::Newton), by(Solver::Lbfgs), by(Solver::GradientDescent));
    format!(
        "How many steps the solver may take [default: {newton} by Newton's method, {lbfgs} by L-BFGS, {firth} for `firth`, {descent} by descent]"
    )
}

const EXIT_CODES: &str =
    "Exit codes: 0 all well, 1 a check failed or a fit was not reached, 2 bad usage or input";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Prove every gradient of the project against another route to it
    Verify(VerifyArguments),
    /// Plant mistakes in the sources, one at a time, and see whether `verify` notices
    Mutate(MutateArguments),
    /// Fit a logistic regression to a CSV file
    Fit(FitArguments),
    /// Walk the chain rule through a formula, step by step
    Explain(ExplainArguments),
    /// Time ours beside each other and beside other crates, in one run
    Bench(BenchArguments),
    /// Turn the flights of a parquet file into a CSV file for `fit`
    #[cfg(feature = "parquet")]
    Flights(FlightsArguments),
    /// Check the repository's own hygiene: formatting, lints, documents, layering, packages
    Tidy(TidyArguments),
}

/// The options of `verify`.
#[derive(Args, Debug)]
pub struct VerifyArguments {
    /// Look at everything, for minutes, instead of one representative of each kind
    #[arg(long)]
    pub deep: bool,
    /// The seed of the fresh samples, as an earlier run has printed it [default: another one in each run]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Run only the sections whose names begin like this, as in `graph` or `model fits`
    #[arg(long, value_name = "SECTION", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Write the report with plots as one self-contained page, beside what is printed
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Print one JSON object instead of a table
    #[arg(long)]
    pub json: bool,
}

/// The options of `mutate`.
#[derive(Args, Debug)]
pub struct MutateArguments {
    /// How many mistakes to draw; those in the log are not tried again
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub sample: usize,
    /// Begin no further one after this time
    #[arg(long, value_name = "M")]
    pub minutes: Option<f64>,
    /// The seed of the sample
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Only sources whose paths begin like this, as in `crates/graph`
    #[arg(long, value_name = "PREFIX", default_value = "crates/")]
    pub files: String,
    /// How many are tried at once, each in a copy of the repository [default: one for two cores]
    #[arg(long, value_name = "J", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Judge by `verify --deep`
    #[arg(long)]
    pub deep: bool,
    /// Do not try the crate's tests on what verify lets pass
    #[arg(long)]
    pub no_tests: bool,
    /// Where each mistake's fate is appended, a line of JSON each
    #[arg(long, value_name = "FILE", default_value = "xtask/mutants/log.jsonl")]
    pub log: PathBuf,
    /// Try nothing; report what is in the log
    #[arg(long)]
    pub report: bool,
    /// Print one JSON object instead of a table
    #[arg(long)]
    pub json: bool,
}

/// The options of `explain`.
#[derive(Args, Debug)]
pub struct ExplainArguments {
    /// Formulas such as "u = b*c; J = 3*(a + u)", or `logistic` for the lesson's graph
    #[arg(allow_hyphen_values = true)]
    pub formula: String,
    /// The point, a value for every name
    #[arg(long, value_name = "NAME=VALUE,…", value_delimiter = ',', allow_hyphen_values = true)]
    pub at: Vec<String>,
    /// Differentiate by these nodes alone [default: every parameter]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub wrt: Vec<String>,
    /// What to write [default: by the file's extension, .svg, .tex, .dot or .gv; else text]
    #[arg(long, value_enum)]
    pub format: Option<FormatName>,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The steps as one JSON object
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

/// The formats of an explanation by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FormatName {
    /// Numbered steps for a terminal
    Text,
    /// A LaTeX article of the steps
    Latex,
    /// The graph for graphviz
    Dot,
    /// The graph as a picture
    Svg,
}

/// The options of `bench`.
#[derive(Args, Debug)]
pub struct BenchArguments {
    /// Build other crates too, and time them beside ours
    #[arg(long)]
    pub peers: bool,
    /// Time whole fits instead, beside scikit-learn where python3 has it
    #[arg(long)]
    pub fits: bool,
    /// Fit the flights too: flights-3m.parquet of the npm package vega-datasets
    #[arg(long, value_name = "FILE", requires = "fits")]
    pub flights: Option<PathBuf>,
    /// Print one JSON list of rows instead of a table
    #[arg(long)]
    pub json: bool,
}

/// The options of `flights`.
#[cfg(feature = "parquet")]
#[derive(Args, Debug)]
pub struct FlightsArguments {
    /// flights-3m.parquet of the npm package vega-datasets
    pub file: PathBuf,
    /// The CSV file to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Write one flight in N, in runs that lie evenly over the file
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub every: usize,
}

/// The options of `tidy`.
#[derive(Args, Debug)]
pub struct TidyArguments {
    /// Print one JSON object instead of a table
    #[arg(long)]
    pub json: bool,
}

/// The options of `fit`.
#[derive(Args, Debug)]
pub struct FitArguments {
    /// The CSV file: a header, then one example a line, all fields numbers except the target
    pub file: PathBuf,
    /// The column that holds the two labels; all others are features
    #[arg(long, value_name = "COLUMN")]
    pub target: String,
    /// The label whose probability is modelled [default: the larger label, by number or else by letter]
    #[arg(long, value_name = "LABEL", allow_hyphen_values = true)]
    pub event: Option<String>,
    /// The column of the examples' weights, no feature: 2 counts as two such examples, 0 as none
    #[arg(long, value_name = "COLUMN")]
    pub weights: Option<String>,
    /// The column of offsets, no feature: they are added to the logits
    #[arg(long, value_name = "COLUMN")]
    pub offset: Option<String>,
    /// `none`, `l2:LAMBDA` for λ/2·‖w‖² beside the mean log-loss, or `firth`; the intercept is never penalised
    #[arg(long, value_name = "PENALTY", default_value = "none", allow_hyphen_values = true)]
    pub penalty: Penalty,
    /// Short for `--penalty l2:LAMBDA`
    #[arg(long, value_name = "LAMBDA", allow_hyphen_values = true, conflicts_with = "penalty")]
    pub l2: Option<f64>,
    /// Be content with an objective proved to be within this share of itself of the optimum's; not for `firth` [default: as near as rounding allows]
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true)]
    pub tolerance: Option<f64>,
    /// How the minimum is looked for; `firth` has a solver of its own and takes `auto` alone
    #[arg(long, value_enum, default_value_t = SolverName::Auto)]
    pub solver: SolverName,
    /// The most steps that the solver may take
    #[arg(long, value_name = "N", help = iterations_help())]
    pub iterations: Option<usize>,
    /// How gradients and Hessians are computed
    #[arg(long, value_enum, default_value_t = GradientName::ClosedForm)]
    pub gradient: GradientName,
    /// Take exactly this many steps of gradient descent, with `--solver gd`, and report where they lead, claiming no optimum
    #[arg(long, value_name = "N")]
    pub steps: Option<usize>,
    /// Print one JSON object instead of a table
    #[arg(long)]
    pub json: bool,
}

/// The solvers by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SolverName {
    /// Newton's method below 1,000 coefficients, without a matrix from there
    Auto,
    /// Newton's method (iteratively reweighted least squares)
    Newton,
    /// Limited-memory BFGS
    Lbfgs,
    /// Newton's method by conjugate gradients
    NewtonCg,
    /// Gradient descent with a safe step size
    Gd,
}

/// The gradients' routes by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GradientName {
    /// The formulas of the lesson, over whole columns
    ClosedForm,
    /// A computational graph, compiled and run over whole columns
    Graph,
}

impl From<SolverName> for Solver {
    fn from(name: SolverName) -> Solver {
        match name {
            SolverName::Auto => Solver::Automatic,
            SolverName::Newton => Solver::Newton,
            SolverName::Lbfgs => Solver::Lbfgs,
            SolverName::NewtonCg => Solver::NewtonCg,
            SolverName::Gd => Solver::GradientDescent,
        }
    }
}

impl From<GradientName> for Gradient {
    fn from(name: GradientName) -> Gradient {
        match name {
            GradientName::ClosedForm => Gradient::ClosedForm,
            GradientName::Graph => Gradient::Graph,
        }
    }
}
