//! Whole fits: how long it takes from a data set in memory to coefficients whose objective is within 10⁻⁶ of the optimum's.
//!
//! The objective is the mean log-loss + λ/2·‖w‖² with λ = 1/m. Each contender that has a tolerance gets the loosest, by powers of ten, with which it arrives; ours are also timed
//! with a proof that they arrived, and to the last digit. The first row of ours is timed before and after the others. Others run as programs of their own that read the data set from
//! files: linfa-logistic and smartcore (`benches/fit-peers`, a workspace of its own), scikit-learn where Python has it (`benches/scikit_learn.py`).
//!
//! Invariant: the gap of every row is computed from the coefficients, against an optimum that is proved.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use chainrule_data::certified::breast_cancer_ridge;
use chainrule_data::{Dataset, Standardiser};
use chainrule_model::{LogisticRegression, Penalty};
use nalgebra::{DMatrix, DVector};
use serde::Deserialize;

use crate::contender::{Row, median};
use crate::numbers::Numbers;

/// What is run beside ours.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// linfa-logistic and smartcore.
    pub peers: bool,
    /// The flights' parquet file.
    pub flights: Option<PathBuf>,
}

/// A gap of this share of the objective counts as arrived.
const ARRIVED: f64 = 1e-6;

/// The same, as a tolerance that is proved.
const PROVED: &str = "0.000001";

/// Tolerances from loose to tight.
const TOLERANCES: [f64; 6] = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

/// Fits of ours before the others, and as many after.
const ROUNDS: usize = 5;

/// Threads of the second row of ours.
const THREADS: usize = 2;

/// Fits all data sets, one after the other; `say` takes what is left out.
///
/// # Errors
/// If a data set cannot be made, read or written, or a fit fails.
pub fn run(
    options: &Options,
    show: &mut dyn FnMut(&[Row]),
    say: &mut dyn FnMut(&str),
) -> Result<(), Box<dyn std::error::Error>> {
    if !has_scikit_learn() {
        say("scikit-learn is left out: python3 has no scikit-learn");
    }
    let mut fit = |name: &str, data: &Dataset| {
        say(&format!("fitting {name}"));
        case(name, data, options).map(|rows| show(&rows))
    };
    fit("synthetic 1,000,000 x 50", &synthetic(1_000_000, 50)?)?;
    fit("synthetic 100,000 x 200", &synthetic(100_000, 200)?)?;
    let cancer = breast_cancer_ridge()?.dataset;
    fit("breast cancer 569 x 30", &Standardiser::fit(&cancer)?.transform(&cancer)?)?;
    match &options.flights {
        Some(path) => fit("flights 3,000,000 x 24", &flights(path)?)?,
        None => say("the flights are left out: give their file with --flights"),
    }
    Ok(())
}

/// Columns that are a first-order autoregression with ρ = ½ along a row, labels by the logistic model itself.
fn synthetic(examples: usize, features: usize) -> Result<Dataset, Box<dyn std::error::Error>> {
    let mut numbers = Numbers::new(1);
    let weights: Vec<f64> = (0..features).map(|_| 0.3 * numbers.normal()).collect();
    let mut columns = DMatrix::zeros(examples, features);
    let mut labels = DVector::zeros(examples);
    for row in 0..examples {
        let (mut last, mut logit) = (numbers.normal(), -0.5);
        for (column, weight) in weights.iter().enumerate() {
            last = 0.5 * last + 0.75_f64.sqrt() * numbers.normal();
            columns[(row, column)] = last;
            logit += weight * last;
        }
        labels[row] = if numbers.uniform() < 1.0 / (1.0 + (-logit).exp()) { 1.0 } else { 0.0 };
    }
    Ok(Dataset::new(columns, labels, (1..=features).map(|j| format!("x{j}")).collect())?)
}

#[cfg(feature = "parquet")]
fn flights(path: &Path) -> Result<Dataset, Box<dyn std::error::Error>> {
    Ok(chainrule_data::flights::read(path)?)
}

#[cfg(not(feature = "parquet"))]
fn flights(_: &Path) -> Result<Dataset, Box<dyn std::error::Error>> {
    Err("flights need the feature `parquet`".into())
}

/// A way to a fit, timed.
#[derive(Clone, Debug, Deserialize)]
struct Timed {
    contender: String,
    threads: usize,
    seconds: Vec<f64>,
    gap: f64,
    setting: String,
}

fn case(name: &str, data: &Dataset, options: &Options) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    let ridge = LogisticRegression::new().penalty(Penalty::L2(1.0 / data.len() as f64));
    let optimum = ridge.fit(data)?.objective();
    let mut ours = vec![
        arrived("chainrule", &ridge, 1, data, optimum)?,
        arrived("chainrule", &ridge.clone().parallel(), THREADS, data, optimum)?,
        timed("chainrule, proved", &with(&ridge, PROVED), 1, data, optimum, PROVED.to_owned())?,
        timed("chainrule, precise", &ridge, 1, data, optimum, "as near as rounding allows".to_owned())?,
    ];
    let mut others = Vec::new();
    let directory = std::env::temp_dir().join(format!("chainrule-fits-{}", std::process::id()));
    write(&directory, data)?;
    let arguments = [
        directory.display().to_string(),
        data.len().to_string(),
        data.dimension().to_string(),
        (1.0 / data.len() as f64).to_string(),
        optimum.to_string(),
    ];
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    if has_scikit_learn() {
        let mut python = Command::new("python3");
        // The fastest kernels that OpenBLAS finds for this machine, whatever the environment would have it take.
        python.env_remove("OPENBLAS_CORETYPE").env_remove("OPENBLAS_L2_SIZE");
        others.extend(rows(python.arg(here.join("scikit_learn.py")).args(&arguments))?);
    }
    if options.peers {
        let mut cargo = Command::new("cargo");
        cargo.args(["run", "--quiet", "--release", "--manifest-path"]).arg(here.join("fit-peers/Cargo.toml"));
        others.extend(rows(cargo.arg("--").args(&arguments))?);
    }
    fs::remove_dir_all(&directory)?;
    let again = timed("chainrule", &with(&ridge, &ours[0].setting), 1, data, optimum, String::new())?;
    ours[0].seconds.extend(again.seconds);
    Ok(table(name, ours.into_iter().chain(others).collect()))
}

/// Ours with the loosest tolerance that arrives.
fn arrived(
    name: &str,
    regression: &LogisticRegression,
    threads: usize,
    data: &Dataset,
    optimum: f64,
) -> Result<Timed, Box<dyn std::error::Error>> {
    for tolerance in TOLERANCES {
        let fit = with(regression, &tolerance.to_string()).fit(data)?;
        if fit.objective() / optimum - 1.0 <= ARRIVED {
            let setting = tolerance.to_string();
            return timed(name, &with(regression, &setting), threads, data, optimum, setting);
        }
    }
    Err("no tolerance arrives".into())
}

/// A regression with the tolerance that a setting says.
fn with(regression: &LogisticRegression, setting: &str) -> LogisticRegression {
    setting.parse().map_or_else(|_| regression.clone(), |tolerance| regression.clone().tolerance(tolerance))
}

fn timed(
    name: &str,
    regression: &LogisticRegression,
    threads: usize,
    data: &Dataset,
    optimum: f64,
    setting: String,
) -> Result<Timed, Box<dyn std::error::Error>> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let timed = pool.install(|| {
        let (mut seconds, mut gap) = (Vec::with_capacity(ROUNDS), f64::NAN);
        for _ in 0..ROUNDS {
            let start = Instant::now();
            let fit = regression.fit(data)?;
            seconds.push(start.elapsed().as_secs_f64());
            gap = fit.objective() / optimum - 1.0;
        }
        Ok::<Timed, chainrule_model::Error>(Timed {
            contender: name.to_owned(),
            threads,
            seconds,
            gap,
            setting,
        })
    });
    timed.map_err(Into::into)
}

/// Rows of a case, the first being the unit of the ratios.
fn table(name: &str, mut timed: Vec<Timed>) -> Vec<Row> {
    let medians: Vec<f64> = timed.iter_mut().map(|timed| median(&mut timed.seconds)).collect();
    let unit = medians.first().copied().unwrap_or(f64::NAN);
    let row = |(timed, median): (Timed, f64)| Row {
        suite: "fit",
        case: name.to_owned(),
        contender: timed.contender,
        threads: timed.threads,
        median_ns: median * 1e9,
        baseline: "chainrule",
        ratio: median / unit,
        gap: Some(timed.gap),
        setting: Some(timed.setting),
    };
    timed.into_iter().zip(medians).map(row).collect()
}

/// The rows that a program prints.
fn rows(command: &mut Command) -> Result<Vec<Timed>, Box<dyn std::error::Error>> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", output.status).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let row = |line: &str| -> Result<Timed, Box<dyn std::error::Error>> {
        let timed: Timed = serde_json::from_str(line)?;
        let contender =
            if timed.gap <= ARRIVED { timed.contender } else { format!("{}, not arrived", timed.contender) };
        Ok(Timed { contender, ..timed })
    };
    text.lines().map(row).collect()
}

/// Writes features and labels, column by column, little-endian.
fn write(directory: &Path, data: &Dataset) -> std::io::Result<()> {
    fs::create_dir_all(directory)?;
    let put = |name: &str, columns: &mut dyn Iterator<Item = &[f64]>| {
        let mut file = std::io::BufWriter::new(fs::File::create(directory.join(name))?);
        for number in columns.flatten() {
            file.write_all(&number.to_le_bytes())?;
        }
        file.flush()
    };
    put("features.f64", &mut data.columns())?;
    put("labels.f64", &mut std::iter::once(data.labels().as_slice()))
}

fn has_scikit_learn() -> bool {
    let mut python = Command::new("python3");
    python.args(["-c", "import sklearn"]).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
