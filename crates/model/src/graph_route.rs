//! The gradient and Hessian of the mean log-loss by the sweeps of a computational graph.
//!
//! One graph holds the loss of one example, L = log_loss(w·x + b, y); it is evaluated and swept for each example,
//! and the adjoints are averaged. At dual numbers the same two sweeps give a row of the Hessian.
//!
//! Invariant: no derivative is written here; all of them come out of the graph.

use chainrule_data::Dataset;
use chainrule_graph::{Dual, Error, Graph, Node, Real};
use nalgebra::{DMatrix, DVector};

use crate::loss::log_loss;

pub(crate) fn gradient(data: &Dataset, point: &DVector<f64>) -> Result<DVector<f64>, Error> {
    let graph = Graph::new();
    let loss = ExampleLoss::new(&graph, data.dimension());
    let mut sum = DVector::zeros(point.len());
    for example in 0..data.len() {
        loss.add_gradient(data, example, point.iter().copied(), |j, adjoint: f64| sum[j] += adjoint)?;
    }
    Ok(sum / data.len() as f64)
}

pub(crate) fn hessian(data: &Dataset, point: &DVector<f64>) -> Result<DMatrix<f64>, Error> {
    let graph = Graph::new();
    let loss = ExampleLoss::new(&graph, data.dimension());
    let mut sum = DMatrix::zeros(point.len(), point.len());
    for example in 0..data.len() {
        for row in 0..point.len() {
            let seeded = point
                .iter()
                .enumerate()
                .map(|(j, &value)| if j == row { Dual::variable(value) } else { Dual::fixed(value) });
            loss.add_gradient(data, example, seeded, |j, adjoint: Dual<f64>| {
                sum[(row, j)] += adjoint.tangent;
            })?;
        }
    }
    Ok(sum / data.len() as f64)
}

/// The loss of one example as a graph.
struct ExampleLoss<'g> {
    graph: &'g Graph,
    /// The intercept, then the weights.
    parameters: Vec<Node<'g>>,
    features: Vec<Node<'g>>,
    label: Node<'g>,
    loss: Node<'g>,
}

impl<'g> ExampleLoss<'g> {
    fn new(graph: &'g Graph, dimension: usize) -> Self {
        let intercept = graph.parameter("b");
        let weights: Vec<_> = (1..=dimension).map(|j| graph.parameter(&format!("w{j}"))).collect();
        let features: Vec<_> = (1..=dimension).map(|j| graph.data(&format!("x{j}"))).collect();
        let label = graph.data("y");
        let logit = Node::dot(weights.iter().zip(&features)) + intercept;
        let loss = log_loss(&logit, &label);
        let parameters = std::iter::once(intercept).chain(weights).collect();
        ExampleLoss { graph, parameters, features, label, loss }
    }

    /// Evaluates the loss at one example and hands out its adjoints, parameter by parameter.
    fn add_gradient<R: Real>(
        &self,
        data: &Dataset,
        example: usize,
        point: impl Iterator<Item = R>,
        mut add: impl FnMut(usize, R),
    ) -> Result<(), Error> {
        let row = data.features().row(example);
        let features = self.features.iter().zip(row.iter()).map(|(&node, &x)| (node, R::constant(x)));
        let label = (self.label, R::constant(data.labels()[example]));
        let parameters = self.parameters.iter().copied().zip(point);
        let bindings: Vec<_> = parameters.chain(features).chain([label]).collect();
        let adjoints = self.graph.at(&bindings)?.gradient(self.loss)?;
        for (j, &parameter) in self.parameters.iter().enumerate() {
            add(j, adjoints.get(parameter)?.clone());
        }
        Ok(())
    }
}
