//! A loss compiled: what a data set is run through.
//!
//! The derivatives are nodes before they are code: the reverse sweep of the graph crate, over expressions.
//!
//! Invariant: a program never changes and holds no data, so it can be shared between threads.

use chainrule_graph::{Graph, Node, NodeKind, Op, Real, Table};

use crate::code::{Code, code, gram_code};
use crate::error::Error;
use crate::examples::Examples;
use crate::expression::Expression;
use crate::linear::{Linear, linear};
use crate::lower::{Lines, lower};
use crate::passes::{Rewrite, affine, fold, share, stabilise};

/// A loss of one example, compiled for data sets.
#[derive(Clone, Debug)]
pub struct Program {
    parameters: Vec<String>,
    columns: Vec<String>,
    rewrites: Vec<Rewrite>,
    /// The loss and its derivatives, one example at a time.
    pub(crate) lines: Lines,
    pub(crate) value: Code,
    pub(crate) value_and_gradient: Code,
    /// Of the parameters and as many entries of a direction.
    pub(crate) hessian_vector: Code,
    /// Only for a loss of one linear predictor.
    pub(crate) hessian: Option<Code>,
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
        let loss = affine(&stable)?;
        let lines = lower(&tidied(&with_derivatives(&loss)?)?);
        let hessian =
            hessian(&loss)?.map(|expression| Ok::<_, Error>(gram_code(&lower(&tidied(&expression)?))));
        Ok(Program {
            parameters: names(self.graph, NodeKind::Parameter),
            columns: names(self.graph, NodeKind::Data),
            rewrites,
            value: code(&lower(&loss)),
            value_and_gradient: code(&lines),
            hessian_vector: code(&lower(&tidied(&hessian_vector(&loss)?)?)),
            hessian: hessian.transpose()?,
            lines,
        })
    }
}

/// An expression after derivatives were added to it.
fn tidied(expression: &Expression) -> Result<Expression, Error> {
    Ok(affine(&share(&fold(expression)?)?)?)
}

/// The loss and its derivatives by all parameters, in their order.
fn with_derivatives(expression: &Expression) -> Result<Expression, Error> {
    let graph = expression.graph();
    let parameters: Vec<Node<'_>> = graph.parameters().collect();
    let loss = expression.outputs();
    let mut outputs = loss.clone();
    for &loss in &loss {
        outputs.extend(graph.derivative_formulas(loss, &parameters)?);
    }
    Ok(Expression::new(graph, &outputs)?)
}

/// The Hessian's product with a direction, whose entries are parameters after the loss's own.
fn hessian_vector(expression: &Expression) -> Result<Expression, Error> {
    let graph = expression.graph();
    let parameters: Vec<Node<'_>> = graph.parameters().collect();
    let loss = expression.outputs();
    let linear = match loss.first() {
        Some(&loss) => linear(graph, loss)?,
        None => None,
    };
    let direction: Vec<Node<'_>> = (0..parameters.len())
        .map(|j| graph.parameter(&unused_name(graph, format!("direction {j}"))))
        .collect();
    let outputs = match linear {
        Some(Linear { design, curvature }) => {
            let bent = curvature * Node::dot(direction.iter().zip(&design));
            design.iter().map(|&c| Node::apply(&Table, Op::Chain, &[bent, c])).collect()
        }
        None => {
            let slopes = loss.iter().map(|&loss| graph.derivative_formulas(loss, &parameters));
            let slopes: Vec<Node<'_>> = slopes.collect::<Result<Vec<_>, _>>()?.concat();
            let along = Node::dot(direction.iter().zip(&slopes));
            graph.derivative_formulas(along, &parameters)?
        }
    };
    Ok(Expression::new(graph, &outputs)?)
}

fn unused_name(graph: &Graph, name: String) -> String {
    if graph.node(&name).is_ok() { unused_name(graph, name + "'") } else { name }
}

/// L″ and the cⱼ of a loss of one linear predictor.
fn hessian(expression: &Expression) -> Result<Option<Expression>, Error> {
    let graph = expression.graph();
    let Some(&loss) = expression.outputs().first() else { return Ok(None) };
    match linear(graph, loss)? {
        Some(Linear { design, curvature }) => {
            let outputs: Vec<Node<'_>> = std::iter::once(curvature).chain(design).collect();
            Ok(Some(Expression::new(graph, &outputs)?))
        }
        None => Ok(None),
    }
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
            (None, _) => {
                graph.derivative_formulas(loss, &[]).map_err(Error::from).and(Err(Error::NoExamples))
            }
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

    /// Whether all parameters act through one sum Σ pⱼ·cⱼ + o, with cⱼ and o made of data alone: then a Hessian takes one pass over the data.
    pub fn is_linear(&self) -> bool {
        self.hessian.is_some()
    }

    /// The program over a data set: a column for each data node, in their order, all of one length.
    ///
    /// Whatever is run over it runs on the calling thread, unless `Examples::parallel` (feature `rayon`) says otherwise.
    ///
    /// # Errors
    /// If there are not as many columns as the program has, columns of different length, or no example.
    pub fn over<'a>(&'a self, columns: &'a [&'a [f64]]) -> Result<Examples<'a>, Error> {
        Examples::new(self, columns)
    }

    /// The mean loss over columns; short for [`over`](Self::over) and [`Examples::value`].
    ///
    /// # Errors
    /// As those two.
    pub fn value(&self, parameters: &[f64], columns: &[&[f64]]) -> Result<f64, Error> {
        self.over(columns)?.value(parameters)
    }

    /// The mean loss over columns and its derivatives by the parameters; short for [`over`](Self::over) and
    /// [`Examples::value_and_gradient`].
    ///
    /// # Errors
    /// As those two.
    pub fn value_and_gradient(
        &self,
        parameters: &[f64],
        columns: &[&[f64]],
    ) -> Result<(f64, Vec<f64>), Error> {
        self.over(columns)?.value_and_gradient(parameters)
    }
}
