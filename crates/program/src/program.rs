//! A loss compiled: its mean over a data set, and the mean's gradient.
//!
//! With examples i, weights cᵢ (1 unless given) and a loss L of one example,
//!
//! J(p) = Σ cᵢ·L(p, dataᵢ) / Σ cᵢ and ∂J/∂pⱼ = Σ cᵢ·∂L/∂pⱼ / Σ cᵢ.
//!
//! The derivatives are nodes before they are code: the reverse sweep of the graph crate, over expressions.
//!
//! Invariant: a program never changes and holds no data, so it can be shared between threads.

use chainrule_graph::{Graph, Node, NodeKind};

use crate::code::{Code, code};
use crate::error::Error;
use crate::execute::sums;
use crate::expression::Expression;
use crate::lower::lower;
use crate::passes::{Rewrite, affine, fold, share, stabilise};

/// A loss of one example, compiled for data sets.
#[derive(Clone, Debug)]
pub struct Program {
    parameters: Vec<String>,
    columns: Vec<String>,
    rewrites: Vec<Rewrite>,
    value: Code,
    value_and_gradient: Code,
}

/// Where programs begin: a loss, and what may be done to it.
#[derive(Clone, Copy, Debug)]
pub struct Builder<'g> {
    graph: &'g Graph,
    loss: Node<'g>,
    stabilise: bool,
}

impl Builder<'_> {
    /// Whether forms that overflow or cancel are replaced by forms that do not; they are unless told otherwise.
    #[must_use]
    pub fn stabilise(self, yes: bool) -> Self {
        Builder { stabilise: yes, ..self }
    }

    /// Compiles.
    ///
    /// # Errors
    /// The graph's, if the loss or what it is made of is a mistake.
    pub fn compile(self) -> Result<Program, Error> {
        let written = share(&fold(&Expression::new(self.graph, &[self.loss])?)?)?;
        let (stable, rewrites) = if self.stabilise { stabilise(&written)? } else { (written, Vec::new()) };
        let stable = share(&fold(&stable)?)?;
        let value = affine(&stable)?;
        let loss_and_slopes = with_derivatives(&affine(&stable)?)?;
        let loss_and_slopes = affine(&share(&fold(&loss_and_slopes)?)?)?;
        Ok(Program {
            parameters: names(self.graph, NodeKind::Parameter),
            columns: names(self.graph, NodeKind::Data),
            rewrites,
            value: code(&lower(&value)),
            value_and_gradient: code(&lower(&loss_and_slopes)),
        })
    }
}

/// The loss and its derivatives by all parameters, in their order.
fn with_derivatives(expression: &Expression) -> Result<Expression, Error> {
    let graph = expression.graph();
    let parameters: Vec<Node<'_>> = graph.parameters().collect();
    let loss = expression.outputs();
    let mut outputs = loss.clone();
    for &loss in &loss {
        outputs.extend(graph.derivative(loss, &parameters)?);
    }
    Ok(Expression::new(graph, &outputs)?)
}

fn names(graph: &Graph, kind: NodeKind) -> Vec<String> {
    graph.nodes().filter(|node| node.kind() == kind).filter_map(Node::name).collect()
}

impl Program {
    /// Compiles a loss of one example: parameters are what it is differentiated by, data nodes are the columns of the data set.
    ///
    /// ```
    /// use chainrule_graph::Graph;
    /// use chainrule_program::Program;
    ///
    /// let g = Graph::new();
    /// let loss = g.parse("data x, y; (w*x + b - y)^2")?;
    /// let program = Program::new(&g, loss)?;
    /// let (x, y) = ([1.0, 2.0, 3.0], [2.0, 4.0, 6.5]);
    /// let (mean, gradient) = program.value_and_gradient(&[2.0, 0.0], &[&x, &y])?;
    /// assert_eq!(mean, 0.25 / 3.0); // two residuals of 0 and one of −½
    /// assert_eq!(gradient, [-1.0, -1.0 / 3.0]); // 2·residual·x and 2·residual, over 3
    /// # Ok::<(), chainrule_program::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Builder::compile`].
    pub fn new(graph: &Graph, loss: Node<'_>) -> Result<Self, Error> {
        Program::builder(graph, loss)?.compile()
    }

    /// The same with choices.
    ///
    /// # Errors
    /// If the loss is no node of the graph.
    pub fn builder<'g>(graph: &'g Graph, loss: Node<'_>) -> Result<Builder<'g>, Error> {
        let node = match (loss.error(), loss.index()) {
            (Some(error), _) => return Err(error.into()),
            (None, Some(index)) if loss.owner() == Some(graph.owner()) => graph.nodes().nth(index),
            _ => None,
        };
        match (node, loss.kind()) {
            (Some(loss), _) => Ok(Builder { graph, loss, stabilise: true }),
            (None, NodeKind::Constant(value)) => {
                Ok(Builder { graph, loss: graph.constant(value), stabilise: true })
            }
            // The graph's own words for a node of another graph.
            (None, _) => graph.derivative(loss, &[]).map_err(Error::from).and(Err(Error::NoExamples)),
        }
    }

    /// The parameters' names, in the order in which values are given and derivatives come out.
    pub fn parameters(&self) -> &[String] {
        &self.parameters
    }

    /// The data nodes' names, in the order in which columns are given.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// What was rewritten for the sake of stability.
    pub fn rewrites(&self) -> &[Rewrite] {
        &self.rewrites
    }

    /// The mean loss over the examples.
    ///
    /// # Errors
    /// If there are not as many parameters or columns as the program has, columns of different length, or no example.
    pub fn value(&self, parameters: &[f64], columns: &[&[f64]]) -> Result<f64, Error> {
        Ok(self.means(&self.value, parameters, columns)?[0])
    }

    /// The mean loss over the examples, and its derivatives by the parameters.
    ///
    /// # Errors
    /// As [`value`](Self::value).
    pub fn value_and_gradient(
        &self,
        parameters: &[f64],
        columns: &[&[f64]],
    ) -> Result<(f64, Vec<f64>), Error> {
        let mut means = self.means(&self.value_and_gradient, parameters, columns)?;
        let gradient = means.split_off(1);
        Ok((means[0], gradient))
    }

    fn means(&self, code: &Code, parameters: &[f64], columns: &[&[f64]]) -> Result<Vec<f64>, Error> {
        let examples = self.examples(parameters, columns)?;
        let mut means = sums(code, parameters, columns, None, examples);
        means.iter_mut().for_each(|sum| *sum /= examples as f64);
        Ok(means)
    }

    /// How many examples there are, if all fits together.
    fn examples(&self, parameters: &[f64], columns: &[&[f64]]) -> Result<usize, Error> {
        let (found, expected) = (parameters.len(), self.parameters.len());
        if found != expected {
            return Err(Error::Parameters { found, expected, names: self.parameters.join(", ") });
        }
        let (found, expected) = (columns.len(), self.columns.len());
        if found != expected {
            return Err(Error::Columns { found, expected, names: self.columns.join(", ") });
        }
        let expected = columns.first().map_or(1, |column| column.len());
        for (name, column) in self.columns.iter().zip(columns) {
            if column.len() != expected {
                return Err(Error::Ragged { name: name.clone(), found: column.len(), expected });
            }
        }
        if expected == 0 { Err(Error::NoExamples) } else { Ok(expected) }
    }
}
