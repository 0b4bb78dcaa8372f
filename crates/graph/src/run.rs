//! One evaluation of a graph and what can be asked of it: values, gradients, local derivatives.
//!
//! Invariant: a run never changes. Each gradient is a fresh object; asking twice gives the same twice.

use std::rc::Rc;

use crate::error::Error;
use crate::gradient::Gradient;
use crate::graph::Graph;
use crate::node::{Located, Node};
use crate::nodes::{Index, Kind, Nodes};
use crate::paths::{self, Paths};
use crate::real::Real;
use crate::rules::{Rules, Table};
use crate::sweep;

/// The values of all nodes of a graph at one point, from [`Graph::at`].
#[derive(Clone, Debug)]
pub struct Run<'g, R, T = Table> {
    graph: &'g Graph,
    nodes: Rc<Nodes>,
    values: Vec<R>,
    rules: T,
}

/// One edge of the graph: a node, one of its arguments, and the local derivative between them.
#[derive(Clone, Debug)]
pub struct Edge<'g, R> {
    /// The node that is computed.
    pub node: Node<'g>,
    /// The node it is computed from.
    pub argument: Node<'g>,
    /// Which argument that is, counted from 0.
    pub position: usize,
    /// ∂node/∂argument, all other arguments fixed.
    pub partial: R,
}

impl<'g, R: Real, T: Rules> Run<'g, R, T> {
    pub(crate) fn new(graph: &'g Graph, nodes: Rc<Nodes>, values: Vec<R>, rules: T) -> Self {
        Run { graph, nodes, values, rules }
    }

    /// The value of a node.
    ///
    /// # Errors
    /// [`Error::NotInGraph`], [`Error::AddedLater`], or the error that poisoned the node.
    pub fn value(&self, node: Node<'_>) -> Result<R, Error> {
        match self.locate(node)? {
            Located::At(index) => Ok(self.values[index].clone()),
            Located::Nowhere(value) => Ok(R::constant(value)),
        }
    }

    /// The graph that was evaluated; it may have got more nodes since.
    pub fn graph(&self) -> &'g Graph {
        self.graph
    }

    /// All nodes that this run has evaluated, in the order of their creation; the graph may have got more since.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'g>> {
        let graph = self.graph;
        (0..self.values.len()).map(move |index| graph.placed(index as Index))
    }

    /// The adjoints ∂output/∂node of all nodes: the reverse sweep.
    ///
    /// # Errors
    /// As [`value`](Self::value).
    pub fn gradient(&self, output: Node<'_>) -> Result<Gradient<R>, Error> {
        let adjoints = match self.locate(output)? {
            Located::At(output) => {
                sweep::reverse(&self.nodes, &self.rules, &self.values, output, false, |_| true)
            }
            Located::Nowhere(_) => Vec::new(),
        };
        Ok(Gradient::new(self.graph.owner(), adjoints))
    }

    /// The edges from a node to its arguments, each with its local derivative; none for a leaf.
    ///
    /// # Errors
    /// As [`value`](Self::value).
    pub fn edges(&self, node: Node<'_>) -> Result<Vec<Edge<'g, R>>, Error> {
        match self.locate(node)? {
            Located::At(index) => Ok(self.edges_at(index)),
            Located::Nowhere(_) => Ok(Vec::new()),
        }
    }

    /// All paths from an output down to an input, each with the product of its local derivatives, at most `limit`
    /// of them: there can be exponentially many, and [`Paths::total`] tells how many there are.
    ///
    /// ```
    /// use chainrule_graph::Graph;
    ///
    /// let g = Graph::new();
    /// let x = g.parameter("x");
    /// let j = x * x + 3.0 * x;
    /// let run = g.at(&[(x, 5.0)])?;
    /// let paths = run.paths(j, x, 100)?;
    /// let products: Vec<f64> = paths.iter().map(|path| path.product).collect();
    /// assert_eq!(products, [5.0, 5.0, 3.0]); // their sum is the derivative, 2·5 + 3
    /// # Ok::<(), chainrule_graph::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`value`](Self::value), and [`Error::NoGraph`] for a constant that belongs to no graph.
    pub fn paths(&self, output: Node<'_>, input: Node<'_>, limit: usize) -> Result<Paths<'g, R>, Error> {
        let placed = |node: Node<'_>| match self.locate(node)? {
            Located::At(index) => Ok(index),
            Located::Nowhere(_) => Err(Error::NoGraph { value: node.to_string() }),
        };
        Ok(paths::between(self, &self.nodes, placed(output)?, placed(input)?, limit))
    }

    /// The edges of the node at an index of this run.
    pub(crate) fn edges_at(&self, index: usize) -> Vec<Edge<'g, R>> {
        let Kind::Operation(op) = self.nodes.kind(index) else {
            return Vec::new();
        };
        let mut arguments = Vec::new();
        sweep::gather(&self.nodes, index, &self.values, &mut arguments);
        let edge = |(position, &argument): (usize, &Index)| Edge {
            node: self.graph.placed(index as Index),
            argument: self.graph.placed(argument),
            position,
            partial: self.rules.partial(op, position, &arguments, &self.values[index]),
        };
        self.nodes.arguments(index).iter().enumerate().map(edge).collect()
    }

    pub(crate) fn rules(&self) -> &T {
        &self.rules
    }

    /// Where a node is that this run has evaluated, or a constant that belongs to no graph.
    fn locate(&self, node: Node<'_>) -> Result<Located, Error> {
        match self.graph.locate(node)? {
            Located::At(index) if index >= self.values.len() => {
                Err(Error::AddedLater { node: index, graph: self.graph.owner() })
            }
            place => Ok(place),
        }
    }
}
