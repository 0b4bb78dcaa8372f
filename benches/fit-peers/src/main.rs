//! Fits a data set by linfa-logistic and smartcore and prints how long each took, and how near it came, as a row of JSON.
//!
//! Arguments: a directory with `features.f64` (column by column) and `labels.f64`, little-endian; the number of examples; of features; λ; the objective at the
//! optimum, Σᵢ L⁽ⁱ⁾/m + λ/2·‖w‖².
//!
//! Invariant: the objective that is reported is computed here from the coefficients that a crate returns, not taken from it.

#![expect(clippy::print_stdout, reason = "rows are what this program is for")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use linfa::prelude::Fit;
use ndarray::{Array1, Array2};
use smartcore::linalg::basic::arrays::Array;
use smartcore::linalg::basic::matrix::DenseMatrix;
use smartcore::linear::logistic_regression::{LogisticRegression, LogisticRegressionParameters};

/// A gap of this share of the objective counts as arrived.
const ARRIVED: f64 = 1e-6;

/// Tolerances from loose to tight; the first that arrives is reported.
const TOLERANCES: [f64; 7] = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8];

/// More seconds than this are not spent on another tolerance.
const PATIENCE: f64 = 60.0;

struct Task {
    examples: usize,
    features: usize,
    lambda: f64,
    optimum: f64,
    /// Column by column.
    columns: Vec<f64>,
    labels: Vec<f64>,
}

/// A fit: the intercept and the weights.
type Fitted = Result<(f64, Vec<f64>), Box<dyn Error>>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, examples, features, lambda, optimum] = arguments.as_slice() else {
        return Err("arguments: DIRECTORY EXAMPLES FEATURES LAMBDA OPTIMUM".into());
    };
    let task = Task {
        examples: examples.parse()?,
        features: features.parse()?,
        lambda: lambda.parse()?,
        optimum: optimum.parse()?,
        columns: numbers(&Path::new(directory).join("features.f64"))?,
        labels: numbers(&Path::new(directory).join("labels.f64"))?,
    };
    linfa(&task)?;
    smartcore(&task)
}

/// linfa-logistic minimises m times the objective.
fn linfa(task: &Task) -> Result<(), Box<dyn Error>> {
    let x = Array2::from_shape_fn((task.examples, task.features), |(i, j)| task.columns[j * task.examples + i]);
    let y = Array1::from_shape_fn(task.examples, |i| task.labels[i] > 0.5);
    let data = linfa::Dataset::new(x, y);
    let mut best: Option<(f64, f64, f64)> = None;
    for tolerance in TOLERANCES {
        let settings = linfa_logistic::LogisticRegression::default()
            .alpha(task.lambda * task.examples as f64)
            .gradient_tolerance(tolerance * task.examples as f64)
            .max_iterations(2_000);
        let (seconds, gap) = timed(task, || {
            let fitted = settings.fit(&data)?;
            Ok((fitted.intercept(), fitted.params().to_vec()))
        })?;
        best = Some((seconds, gap, tolerance));
        if gap <= ARRIVED || seconds > PATIENCE {
            break;
        }
    }
    if let Some((seconds, gap, tolerance)) = best {
        show("linfa-logistic", seconds, gap, &format!("gradient tolerance {tolerance:e} m"));
    }
    Ok(())
}

/// smartcore minimises m times the objective, with a tolerance of its own.
fn smartcore(task: &Task) -> Result<(), Box<dyn Error>> {
    let x = DenseMatrix::new(task.examples, task.features, task.columns.clone(), true)?;
    let y: Vec<i32> = task.labels.iter().map(|&label| i32::from(label > 0.5)).collect();
    let settings = || LogisticRegressionParameters::default().with_alpha(task.lambda * task.examples as f64);
    let (seconds, gap) = timed(task, || {
        let fitted = LogisticRegression::fit(&x, &y, settings())?;
        let weights = fitted.coefficients().iterator(0).copied().collect();
        Ok((*fitted.intercept().get((0, 0)), weights))
    })?;
    show("smartcore", seconds, gap, "");
    Ok(())
}

/// Seconds, and the relative gap to the optimum.
fn timed(task: &Task, fit: impl FnOnce() -> Fitted) -> Result<(f64, f64), Box<dyn Error>> {
    let start = Instant::now();
    let (intercept, weights) = fit()?;
    let seconds = start.elapsed().as_secs_f64();
    let opposite: Vec<f64> = weights.iter().map(|weight| -weight).collect();
    // Which label is the event is the crate's own choice.
    let objective = task.objective(intercept, &weights).min(task.objective(-intercept, &opposite));
    Ok((seconds, (objective - task.optimum) / task.optimum))
}

impl Task {
    fn objective(&self, intercept: f64, weights: &[f64]) -> f64 {
        let mut logits = vec![intercept; self.examples];
        for (column, weight) in self.columns.chunks_exact(self.examples).zip(weights) {
            logits.iter_mut().zip(column).for_each(|(logit, x)| *logit += weight * x);
        }
        let loss = |(logit, label): (&f64, &f64)| {
            let turned = (1.0 - 2.0 * label) * logit;
            turned.max(0.0) + (-turned.abs()).exp().ln_1p()
        };
        let losses: f64 = logits.iter().zip(&self.labels).map(loss).sum();
        let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
        losses / self.examples as f64 + self.lambda / 2.0 * squares
    }
}

fn show(contender: &str, seconds: f64, gap: f64, setting: &str) {
    let row = serde_json::json!({
        "contender": contender, "threads": 1, "seconds": [seconds], "gap": gap, "setting": setting,
    });
    println!("{row}");
}

fn numbers(path: &Path) -> Result<Vec<f64>, Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let (groups, _) = bytes.as_chunks::<8>();
    Ok(groups.iter().map(|group| f64::from_le_bytes(*group)).collect())
}
