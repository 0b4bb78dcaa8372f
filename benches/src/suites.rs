//! The suites: what the project claims about time, each claim beside those who could refute it.
//!
//! * `mean-log-loss`: value and gradient of logistic regression's objective over a data set, from the mere sum of all features to a loss written
//!   operation by operation.
//! * `hessian`: its second derivatives.
//! * `rosenbrock`: one big function of many variables, evaluated anew with its gradient.
//!
//! Invariant: contenders of a case work on the same numbers, made from a fixed seed.

use chainrule_data::Dataset;
use chainrule_graph::{Graph, Lanes, Node, Real, Tape, Var};
use chainrule_model::{Gradient, Objective};
use chainrule_program::Program;
use nalgebra::{DMatrix, DVector};

use crate::contender::{Case, Contender, Disagreement, Row};
use crate::numbers::Numbers;
#[cfg(feature = "peers")]
use crate::peers;

/// Examples and features.
const SIZES: [(usize, usize); 4] = [(10_000, 2), (10_000, 32), (1_000_000, 32), (1_000_000, 50)];

/// Variables of Rosenbrock's function: about 80,000 operations.
const VARIABLES: usize = 10_000;

/// Rounds for cases of milliseconds, and of seconds.
const ROUNDS: usize = 21;
const FEWER_ROUNDS: usize = 7;

/// Examples that a tape records at once.
const SIDE_BY_SIDE: usize = 8;

/// Runs all suites, a case after the other.
///
/// # Errors
/// If contenders disagree, or a data set or program cannot be made.
pub fn run(show: &mut dyn FnMut(&[Row])) -> Result<(), Box<dyn std::error::Error>> {
    for (examples, features) in SIZES {
        let workload = Workload::new(examples, features)?;
        let rounds = if examples > 100_000 { FEWER_ROUNDS } else { ROUNDS };
        show(&mean_log_loss(&workload, rounds)?);
        show(&hessian(&workload, rounds)?);
    }
    show(&rosenbrock()?);
    Ok(())
}

/// A data set, its columns, and a point.
struct Workload {
    name: String,
    data: Dataset,
    /// The weights, then the intercept.
    parameters: Vec<f64>,
    program: Program,
}

impl Workload {
    fn new(examples: usize, features: usize) -> Result<Self, Box<dyn std::error::Error>> {
        let mut numbers = Numbers::new(1);
        let columns = DMatrix::from_fn(examples, features, |_, _| numbers.next());
        let labels = DVector::from_fn(examples, |_, _| if numbers.next() > 0.0 { 1.0 } else { 0.0 });
        let names = (0..features).map(|j| format!("x{j}")).collect();
        Ok(Workload {
            name: format!("{examples}x{features}"),
            data: Dataset::new(columns, labels, names)?,
            parameters: (0..=features).map(|_| numbers.next()).collect(),
            program: textbook(features)?,
        })
    }

    /// The features, then the labels.
    fn columns(&self) -> Vec<&[f64]> {
        self.data.columns().chain([self.data.labels().as_slice()]).collect()
    }

    /// The intercept, then the weights, as the model has them.
    fn point(&self) -> DVector<f64> {
        let (intercept, weights) = (self.parameters.last(), &self.parameters[..self.data.dimension()]);
        DVector::from_iterator(self.parameters.len(), intercept.into_iter().chain(weights).copied())
    }
}

/// −y·ln σ(z) − (1 − y)·ln(1 − σ(z)), every scalar operation a node.
fn textbook(features: usize) -> Result<Program, chainrule_program::Error> {
    let graph = Graph::new();
    let weights: Vec<Node<'_>> = (0..features).map(|j| graph.parameter(&format!("w{j}"))).collect();
    let intercept = graph.parameter("b");
    let columns: Vec<Node<'_>> = (0..features).map(|j| graph.data(&format!("x{j}"))).collect();
    let label = graph.data("y");
    let products = weights.iter().zip(&columns).map(|(&w, &x)| w * x);
    let probability = products.fold(intercept, |sum, product| sum + product).sigmoid();
    let loss = -label * probability.ln() - (1.0 - label) * (1.0 - probability).ln();
    Program::new(&graph, loss)
}

fn mean_log_loss(workload: &Workload, rounds: usize) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    let objective = Objective::new(&workload.data, 0.0, Gradient::ClosedForm)?;
    let (point, columns, parameters) = (workload.point(), workload.columns(), &workload.parameters);
    let examples = workload.program.over(&columns)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
    let mut contenders = vec![
        Contender::new("closed-form", || closed_form(&objective, &point)),
        Contender::new("sum-x", || vec![sum_of(&columns[..workload.data.dimension()])]).apart(),
        Contender::new("program", || joined(examples.value_and_gradient(parameters))),
        Contender::new("program", || {
            pool.install(|| joined(examples.parallel().value_and_gradient(parameters)))
        })
        .on(2),
        Contender::new("tape", || on_tape(parameters, &columns)),
    ];
    #[cfg(feature = "peers")]
    for (name, run) in peers::PEERS {
        let (parameters, columns) = (parameters, &columns);
        contenders.push(Contender::new(name, move || joined(Ok::<_, ()>(run(parameters, columns)))));
    }
    let name = workload.name.clone();
    let mut case =
        Case { suite: "mean-log-loss", name, baseline: "closed-form", contenders: contenders.split_off(0) };
    Ok(case.measure(rounds)?)
}

fn hessian(workload: &Workload, rounds: usize) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    let objective = Objective::new(&workload.data, 0.0, Gradient::ClosedForm)?;
    let (point, columns, parameters) = (workload.point(), workload.columns(), &workload.parameters);
    let examples = workload.program.over(&columns)?;
    let direction: Vec<f64> = parameters.iter().map(|p| 1.0 - p).collect();
    let contenders = vec![
        Contender::new("closed-form", || {
            let rows = objective.hessian(&point).map(|h| h.as_slice().to_vec()).unwrap_or_default();
            let size = parameters.len();
            // The intercept first here, last there.
            let place = |j: usize| (j + 1) % size;
            (0..size * size).map(|at| rows[place(at / size) * size + place(at % size)]).collect()
        }),
        Contender::new("program", || {
            examples.hessian(parameters).map(|rows| rows.concat()).unwrap_or_default()
        }),
        Contender::new("program, one product", || {
            examples.hessian_vector(parameters, &direction).unwrap_or_default()
        })
        .apart(),
    ];
    let mut case =
        Case { suite: "hessian", name: workload.name.clone(), baseline: "closed-form", contenders };
    Ok(case.measure(rounds)?)
}

fn rosenbrock() -> Result<Vec<Row>, Disagreement> {
    let mut numbers = Numbers::new(2);
    let x: Vec<f64> = (0..VARIABLES).map(|_| numbers.next()).collect();
    let graph = Graph::new();
    let nodes: Vec<Node<'_>> = (0..VARIABLES).map(|i| graph.parameter(&format!("x{i}"))).collect();
    let output = valley(&nodes);
    let bindings: Vec<(Node<'_>, f64)> = nodes.iter().copied().zip(x.iter().copied()).collect();
    let mut tape = Tape::new();
    #[cfg(feature = "peers")]
    let mut replay = peers::echidna::Rosenbrock::new(VARIABLES);
    let mut contenders = vec![
        Contender::new("tape", || {
            let result = {
                let variables: Vec<Var<'_>> = x.iter().map(|&x| tape.var(x)).collect();
                let output = valley(&variables);
                let gradient = tape.gradient(&output).map(|g| g.adjoints()[..VARIABLES].to_vec());
                joined(gradient.map(|gradient| (output.value(), gradient)))
            };
            tape.clear();
            result
        }),
        Contender::new("graph", || {
            let run = graph.at(&bindings);
            let result = run.and_then(|run| {
                let gradient = run.gradient(output)?;
                Ok((run.value(output)?, gradient.adjoints()[..VARIABLES].to_vec()))
            });
            joined(result)
        }),
    ];
    #[cfg(feature = "peers")]
    contenders.push(Contender::new("echidna", || joined(Ok::<_, ()>(replay.value_and_gradient(&x)))));
    let baseline = if cfg!(feature = "peers") { "echidna" } else { "tape" };
    let name = format!("{VARIABLES} variables");
    Case { suite: "rosenbrock", name, baseline, contenders: contenders.split_off(0) }.measure(ROUNDS)
}

/// Σ 100·(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²
fn valley<R: Real>(x: &[R]) -> R {
    x.windows(2).fold(R::constant(0.0), |sum, pair| {
        let across = pair[1].clone() - pair[0].clone() * &pair[0];
        let along = R::constant(1.0) - &pair[0];
        sum + R::constant(100.0) * (across.clone() * across) + along.clone() * along
    })
}

fn closed_form(objective: &Objective<'_>, point: &DVector<f64>) -> Vec<f64> {
    let result = objective.value_and_gradient(point);
    result.map_or_else(
        |_| Vec::new(),
        |(value, gradient)| {
            let weights = gradient.iter().skip(1).chain(gradient.iter().take(1));
            std::iter::once(value).chain(weights.copied()).collect()
        },
    )
}

/// The loss of an example, for whatever it is recorded at.
fn log_loss<R: Real>(weights: &[R], intercept: &R, features: &[R], label: &R) -> R {
    let logit = R::dot(weights.iter().zip(features)) + intercept;
    ((R::constant(1.0) - R::constant(2.0) * label) * logit).softplus()
}

/// Mean loss and gradient on one tape, some examples side by side, rewound after each recording.
fn on_tape(parameters: &[f64], columns: &[&[f64]]) -> Vec<f64> {
    type Several = Lanes<SIDE_BY_SIDE>;
    let (Some((labels, features)), Some(features_count)) =
        (columns.split_last(), parameters.len().checked_sub(1))
    else {
        return Vec::new();
    };
    let tape: Tape<Several> = Tape::new();
    let variables: Vec<Var<'_, Several>> = parameters.iter().map(|&p| tape.var(Real::constant(p))).collect();
    let (weights, intercept) = (&variables[..features_count], &variables[features_count]);
    let start = tape.position();
    let Ok(mut gradient) = tape.gradient(intercept) else { return Vec::new() };
    let mut x: Vec<Var<'_, Several>> = vec![Var::constant(0.0); features.len()];
    let mut sums = vec![Several::default(); 1 + parameters.len()];
    for at in (0..labels.len()).step_by(SIDE_BY_SIDE) {
        let some = |column: &[f64]| Var::fixed(Lanes(std::array::from_fn(|lane| column[at + lane])));
        for (x, column) in x.iter_mut().zip(features) {
            *x = some(column);
        }
        let loss = log_loss(weights, intercept, &x, &some(labels));
        if tape.gradient_into(&loss, &mut gradient).and_then(|()| tape.rewind(start)).is_err() {
            return Vec::new();
        }
        sums[0] = sums[0] + loss.value();
        for (sum, slope) in sums[1..].iter_mut().zip(gradient.adjoints()) {
            *sum = *sum + slope;
        }
    }
    sums.iter().map(|sum| sum.sum() / labels.len() as f64).collect()
}

/// The sum of all numbers, read once from first to last.
fn sum_of(columns: &[&[f64]]) -> f64 {
    let mut sums = [0.0; 16];
    for column in columns {
        let (whole, rest) = column.as_chunks::<16>();
        for numbers in whole {
            for (sum, number) in sums.iter_mut().zip(numbers) {
                *sum += number;
            }
        }
        sums[0] += rest.iter().sum::<f64>();
    }
    sums.iter().sum()
}

/// A value and a gradient as one list; empty, which agrees with nobody, for an error.
fn joined<E>(result: Result<(f64, Vec<f64>), E>) -> Vec<f64> {
    result.map_or_else(|_| Vec::new(), |(value, gradient)| [vec![value], gradient].concat())
}
