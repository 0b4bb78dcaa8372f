//! The mean log-loss, its gradient and its Hessian by a computational graph.
//!
//! One graph holds the loss of one example, L = log_loss(w·x + b + o, y); it is compiled, and the program runs over the columns.
//!
//! Invariant: no derivative is written here; all of them come out of the graph.

use chainrule_graph::{Graph, Node, Real};
use chainrule_program::Program;
use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::examples::Examples;
use crate::loss::log_loss;

/// The loss of an example of so many features, compiled; parameters are the intercept, then the weights.
pub(crate) fn program(dimension: usize, has_offset: bool) -> Result<Program, Error> {
    let graph = Graph::new();
    let intercept = graph.parameter("b");
    let weights: Vec<Node<'_>> = (1..=dimension).map(|j| graph.parameter(&format!("w{j}"))).collect();
    let features: Vec<Node<'_>> = (1..=dimension).map(|j| graph.data(&format!("x{j}"))).collect();
    let label = graph.data("y");
    let logit = Node::dot(weights.iter().zip(&features)) + intercept;
    let logit = if has_offset { logit + graph.data("o") } else { logit };
    Ok(Program::new(&graph, log_loss(&logit, &label))?)
}

pub(crate) fn value(program: &Program, examples: &Examples<'_>, point: &DVector<f64>) -> Result<f64, Error> {
    over(program, examples, |over| over.value(point.as_slice()))
}

pub(crate) fn value_and_gradient(
    program: &Program,
    examples: &Examples<'_>,
    point: &DVector<f64>,
) -> Result<(f64, DVector<f64>), Error> {
    let (value, gradient) = over(program, examples, |over| over.value_and_gradient(point.as_slice()))?;
    Ok((value, DVector::from_vec(gradient)))
}

pub(crate) fn hessian(
    program: &Program,
    examples: &Examples<'_>,
    point: &DVector<f64>,
) -> Result<DMatrix<f64>, Error> {
    let rows = over(program, examples, |over| over.hessian(point.as_slice()))?;
    Ok(DMatrix::from_fn(point.len(), point.len(), |j, k| rows[j][k]))
}

pub(crate) fn hessian_vector(
    program: &Program,
    examples: &Examples<'_>,
    point: &DVector<f64>,
    direction: &DVector<f64>,
) -> Result<DVector<f64>, Error> {
    let product =
        over(program, examples, |over| over.hessian_vector(point.as_slice(), direction.as_slice()))?;
    Ok(DVector::from_vec(product))
}

/// What a program gives over the features' columns, the labels and the offsets, weighted.
fn over<T>(
    program: &Program,
    examples: &Examples<'_>,
    ask: impl FnOnce(chainrule_program::Examples<'_>) -> Result<T, chainrule_program::Error>,
) -> Result<T, Error> {
    let mut columns = examples.columns();
    columns.push(examples.labels());
    columns.extend(examples.offset());
    let over = program.over(&columns)?;
    let over = examples.weights().map_or(Ok(over), |weights| over.weights(weights))?;
    #[cfg(feature = "rayon")]
    let over = if examples.is_parallel() { over.parallel() } else { over };
    Ok(ask(over)?)
}
