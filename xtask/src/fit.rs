//! `cargo xtask fit`: a CSV file in, the coefficients of a logistic regression out.
//!
//! Invariant: coefficients that are not an optimum never look like one: the exit code is 1 and `converged` is false;
//! only a stated number of descent steps, which claims nothing, ends with 0 and `converged` false.

use chainrule_data::{CsvReader, Reading, one_line};
use chainrule_model::{
    Certificate, Error as ModelError, Fit, Inference, LogisticRegression, Obstacle, Penalty, Progress,
    Separation, SeparationKind,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::Outcome;
use crate::cli::{FitArguments, SolverName};
use crate::error::Error;

/// Reads the file, fits, and prints the fit.
///
/// # Errors
/// If the file is refused, the options are, or the fit is not reached.
pub fn run(arguments: &FitArguments, print: &mut dyn FnMut(&str)) -> Result<Outcome, Error> {
    if arguments.steps.is_some() && arguments.solver != SolverName::Gd {
        return Err(Error::Usage("--steps counts steps of gradient descent; add --solver gd"));
    }
    let reading = read(arguments)?;
    let (fit, obstacle) = match minimise(arguments, &reading) {
        Ok(fit) => (fit, None),
        Err(ModelError::NotReached { obstacle, fit }) => (*fit, Some(obstacle)),
        Err(error) => return Err(Error::of_file(&arguments.file, error)),
    };
    if arguments.json {
        let separation = match &obstacle {
            Some(Obstacle::Separable { separation }) => Some(separation.as_ref()),
            _ => None,
        };
        let report = Report {
            error: obstacle.as_ref().map(ToString::to_string),
            ..Report::new(&reading, &fit, separation)
        };
        print(&serde_json::to_string_pretty(&report)?);
    } else {
        print(&labels_line(&reading));
        if obstacle.is_none() {
            print(&fit.summary().to_string());
        }
    }
    let failure = |obstacle| ModelError::NotReached { obstacle, fit: Box::new(fit) }.to_string();
    Ok(obstacle.map_or(Outcome::Success, |obstacle| Outcome::Failure(Some(failure(obstacle)))))
}

fn read(arguments: &FitArguments) -> Result<Reading, Error> {
    let reader = CsvReader::new(&arguments.target);
    let reader = match &arguments.event {
        Some(event) => reader.event(event),
        None => reader.labels_as_found(),
    };
    let reader = match &arguments.weights {
        Some(column) => reader.weights(column),
        None => reader,
    };
    let reader = match &arguments.offset {
        Some(column) => reader.offset(column),
        None => reader,
    };
    Ok(reader.read_path(&arguments.file)?)
}

fn minimise(arguments: &FitArguments, reading: &Reading) -> Result<Fit, ModelError> {
    let regression = LogisticRegression::new()
        .penalty(arguments.l2.map_or(arguments.penalty, Penalty::L2))
        .solver(arguments.solver.into())
        .gradient(arguments.gradient.into())
        .parallel();
    let regression = match arguments.tolerance {
        Some(tolerance) => regression.tolerance(tolerance),
        None => regression,
    };
    let regression = match arguments.iterations {
        Some(limit) => regression.iteration_limit(limit),
        None => regression,
    };
    if let Some(steps) = arguments.steps {
        return regression.descend(&reading.dataset, steps);
    }
    let bar = progress_bar();
    let fit = regression.fit_watched(&reading.dataset, &mut |Progress { steps, objective, .. }| {
        bar.set_message(format!("{steps} steps, objective {objective:.10}"));
        bar.tick();
    });
    bar.finish_and_clear();
    fit
}

/// A line that says how far the fit is, on a terminal alone.
fn progress_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {elapsed} {msg}");
    ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

/// The fit as one JSON object.
#[derive(Serialize)]
struct Report<'a> {
    target: &'a str,
    labels: Labels<'a>,
    examples: usize,
    /// The number of examples, weights counted.
    total_weight: f64,
    /// As `--penalty` takes it.
    penalty: String,
    intercept: f64,
    coef: Map<String, Value>,
    /// Null where they would be wrong; then `withheld` says why.
    std_err: Option<OfCoefficients>,
    z: Option<OfCoefficients>,
    p: Option<OfCoefficients>,
    withheld: Option<String>,
    log_likelihood: f64,
    deviance: f64,
    null_deviance: f64,
    /// Null where they would be wrong; then `criteria_withheld` says why.
    aic: Option<f64>,
    bic: Option<f64>,
    criteria_withheld: Option<String>,
    /// Proven bounds; null where none is proved.
    certificate: Option<Bounds>,
    /// The hyperplane that divides the classes, if that is why there is no fit.
    separation: Option<Divided>,
    /// Why there is no fit.
    error: Option<String>,
    objective: f64,
    gradient_norm: f64,
    iterations: usize,
    converged: bool,
}

/// A figure for each coefficient.
#[derive(Serialize)]
struct OfCoefficients {
    intercept: f64,
    coef: Map<String, Value>,
}

impl OfCoefficients {
    /// From a list that begins with the intercept's.
    fn new(names: &[String], figures: &[f64]) -> Option<Self> {
        let (&intercept, weights) = figures.split_first()?;
        let coef = names.iter().cloned().zip(weights.iter().map(|&figure| Value::from(figure))).collect();
        Some(OfCoefficients { intercept, coef })
    }
}

/// A certificate as data; null where there is no bound.
#[derive(Serialize)]
struct Bounds {
    theorem: String,
    /// A bound on it.
    gradient_norm: f64,
    compensated_gradient_norm: Option<f64>,
    weights: f64,
    gap: f64,
    #[serde(flatten)]
    coefficients: Option<OfCoefficients>,
}

impl Bounds {
    fn new(names: &[String], certificate: &Certificate) -> Self {
        Bounds {
            theorem: certificate.theorem().to_string(),
            gradient_norm: certificate.gradient_norm(),
            compensated_gradient_norm: certificate.compensated_gradient_norm(),
            weights: certificate.weights(),
            gap: certificate.gap(),
            coefficients: OfCoefficients::new(names, certificate.coefficients()),
        }
    }
}

/// A separation as data.
#[derive(Serialize)]
struct Divided {
    /// `complete` or `quasi-complete`.
    kind: &'static str,
    /// False if examples lie next to the hyperplane, as near as rounding their features puts them.
    exact: bool,
    columns: Vec<String>,
    direction: Option<OfCoefficients>,
    margin: f64,
}

impl Divided {
    fn new(names: &[String], separation: &Separation) -> Self {
        let direction = [&[separation.intercept()], separation.weights()].concat();
        Divided {
            kind: if separation.kind() == SeparationKind::Complete { "complete" } else { "quasi-complete" },
            exact: separation.kind() != SeparationKind::WithinRounding,
            columns: separation.columns().to_vec(),
            direction: OfCoefficients::new(names, &direction),
            margin: separation.margin(),
        }
    }
}

#[derive(Serialize)]
struct Labels<'a> {
    event: &'a str,
    other: &'a str,
    rule: String,
}

impl<'a> Report<'a> {
    fn new(reading: &'a Reading, fit: &Fit, separation: Option<&Separation>) -> Self {
        let names = fit.feature_names();
        let coefficients = fit.coefficients().iter().map(|&coefficient| Value::from(coefficient));
        let inference = fit.inference();
        let figures = |of: fn(&Inference) -> Vec<f64>| {
            inference.as_ref().ok().and_then(|inference| OfCoefficients::new(names, &of(inference)))
        };
        Report {
            target: reading.dataset.target(),
            labels: Labels {
                event: &reading.dataset.classes().event,
                other: &reading.dataset.classes().other,
                rule: reading.rule.to_string(),
            },
            examples: reading.dataset.len(),
            total_weight: fit.total_weight(),
            penalty: fit.penalty().to_string(),
            intercept: fit.intercept(),
            coef: names.iter().cloned().zip(coefficients).collect(),
            std_err: figures(Inference::standard_errors),
            z: figures(Inference::z),
            p: figures(Inference::p),
            withheld: inference.as_ref().err().map(ToString::to_string),
            log_likelihood: fit.log_likelihood(),
            deviance: fit.deviance(),
            null_deviance: fit.null_deviance(),
            aic: fit.aic().ok(),
            bic: fit.bic().ok(),
            criteria_withheld: fit.aic().err().map(|withheld| withheld.to_string()),
            certificate: fit.certificate().map(|certificate| Bounds::new(names, certificate)),
            separation: separation.map(|separation| Divided::new(names, separation)),
            error: None,
            objective: fit.objective(),
            gradient_norm: fit.gradient_norm(),
            iterations: fit.iterations(),
            converged: fit.converged(),
        }
    }
}

fn labels_line(reading: &Reading) -> String {
    let data = &reading.dataset;
    let (events, classes) = (data.events(), data.classes());
    let weights = match data.weights() {
        Some(_) => format!(" of weight {} in all", data.total_weight()),
        None => String::new(),
    };
    format!(
        "{} examples{weights}, {} features; {} = {} in {events}, {} in {} ({})",
        data.len(),
        data.dimension(),
        one_line(data.target()),
        one_line(&classes.event),
        one_line(&classes.other),
        data.len() - events,
        reading.rule
    )
}
