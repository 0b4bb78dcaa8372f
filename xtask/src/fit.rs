//! `cargo xtask fit`: a CSV file in, the coefficients of a logistic regression out.
//!
//! Invariant: coefficients that are not an optimum never look like one: the exit code is 1 and `converged` is false;
//! only a stated number of descent steps, which claims nothing, ends with 0 and `converged` false.

use chainrule_data::{CsvReader, Reading, one_line};
use chainrule_model::{Certificate, Error as ModelError, Fit, Inference, LogisticRegression, Penalty};
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
    let (fit, failure) = match minimise(arguments, &reading) {
        Ok(fit) => (fit, None),
        Err(ModelError::NotReached { obstacle, fit }) => {
            let error = ModelError::NotReached { obstacle, fit: fit.clone() };
            (*fit, Some(error.to_string()))
        }
        Err(error) => return Err(error.into()),
    };
    if arguments.json {
        print(&serde_json::to_string_pretty(&Report::new(&reading, &fit))?);
    } else {
        print(&labels_line(&reading));
        if failure.is_none() {
            print(&fit.summary());
        }
    }
    Ok(failure.map_or(Outcome::Success, |line| Outcome::Failure(Some(line))))
}

fn read(arguments: &FitArguments) -> Result<Reading, Error> {
    let reader = CsvReader::new(&arguments.target);
    let reader = match &arguments.event {
        Some(event) => reader.event(event),
        None => reader.labels_as_found(),
    };
    Ok(reader.read_path(&arguments.file)?)
}

fn minimise(arguments: &FitArguments, reading: &Reading) -> Result<Fit, ModelError> {
    let regression = LogisticRegression::new()
        .penalty(Penalty::L2(arguments.l2))
        .solver(arguments.solver.into())
        .gradient(arguments.gradient.into());
    match arguments.steps {
        Some(steps) => regression.descend(&reading.dataset, steps),
        None => regression.fit(&reading.dataset),
    }
}

/// The fit as one JSON object.
#[derive(Serialize)]
struct Report<'a> {
    target: &'a str,
    labels: Labels<'a>,
    examples: usize,
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
    aic: f64,
    bic: f64,
    /// Proven bounds; null where none is proved.
    certificate: Option<Bounds>,
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

/// A certificate as data.
#[derive(Serialize)]
struct Bounds {
    gradient_norm: f64,
    weights: f64,
    intercept: f64,
    gap: f64,
}

impl From<&Certificate> for Bounds {
    fn from(certificate: &Certificate) -> Self {
        Bounds {
            gradient_norm: certificate.gradient_norm(),
            weights: certificate.weights(),
            intercept: certificate.intercept(),
            gap: certificate.gap(),
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
    fn new(reading: &'a Reading, fit: &Fit) -> Self {
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
            intercept: fit.intercept(),
            coef: names.iter().cloned().zip(coefficients).collect(),
            std_err: figures(Inference::standard_errors),
            z: figures(Inference::z),
            p: figures(Inference::p),
            withheld: inference.as_ref().err().map(ToString::to_string),
            log_likelihood: fit.log_likelihood(),
            deviance: fit.deviance(),
            null_deviance: fit.null_deviance(),
            aic: fit.aic(),
            bic: fit.bic(),
            certificate: fit.certificate().map(Bounds::from),
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
    format!(
        "{} examples, {} features; {} = {} in {events}, {} in {} ({})",
        data.len(),
        data.dimension(),
        one_line(data.target()),
        one_line(&classes.event),
        one_line(&classes.other),
        data.len() - events,
        reading.rule
    )
}
