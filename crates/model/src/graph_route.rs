//! The mean log-loss, its gradient and its Hessian by a computational graph.
//!
//! One graph holds the loss of one example, L = log_loss(w·x + b, y); it is compiled, and the program runs over the columns.
//!
//! Invariant: no derivative is written here; all of them come out of the graph.

use chainrule_data::Dataset;
use chainrule_graph::{Graph, Node, Real};
use chainrule_program::Program;
use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::loss::log_loss;

/// The loss of an example of so many features, compiled; parameters are the intercept, then the weights.
pub(crate) fn program(dimension: usize) -> Result<Program, Error> {
    let graph = Graph::new();
    let intercept = graph.parameter("b");
    let weights: Vec<Node<'_>> = (1..=dimension).map(|j| graph.parameter(&format!("w{j}"))).collect();
    let features: Vec<Node<'_>> = (1..=dimension).map(|j| graph.data(&format!("x{j}"))).collect();
    let label = graph.data("y");
    let logit = Node::dot(weights.iter().zip(&features)) + intercept;
    Ok(Program::new(&graph, log_loss(&logit, &label))?)
}

pub(crate) fn value(program: &Program, data: &Dataset, point: &DVector<f64>) -> Result<f64, Error> {
    Ok(program.value(point.as_slice(), &columns(data))?)
}

pub(crate) fn value_and_gradient(
    program: &Program,
    data: &Dataset,
    point: &DVector<f64>,
) -> Result<(f64, DVector<f64>), Error> {
    let (value, gradient) = program.value_and_gradient(point.as_slice(), &columns(data))?;
    Ok((value, DVector::from_vec(gradient)))
}

pub(crate) fn hessian(
    program: &Program,
    data: &Dataset,
    point: &DVector<f64>,
) -> Result<DMatrix<f64>, Error> {
    let rows = program.over(&columns(data))?.hessian(point.as_slice())?;
    Ok(DMatrix::from_fn(point.len(), point.len(), |j, k| rows[j][k]))
}

/// The features' columns, then the labels.
fn columns(data: &Dataset) -> Vec<&[f64]> {
    data.columns().chain([data.labels().as_slice()]).collect()
}
