//! `Node`: a handle on one node of a graph, and the graph's own expressions as a number type.
//!
//! Arithmetic on nodes adds nodes. Since a node is a [`Real`], the reverse sweep runs over nodes as it does over
//! numbers, and what it returns is the derivative as an expression.
//!
//! Invariant: an operation on nodes never fails. Constants that belong to no graph are computed with each other at
//! once and join a graph at their first operation with one of its nodes.

use std::fmt;

use crate::error::Error;
use crate::graph::Graph;
use crate::nodes::{Index, Kind};
use crate::op::Op;
use crate::operators::real_operators;
use crate::owner::Owner;
use crate::real::Real;
use crate::rules::Rules;

/// A node of a [`Graph`]: copy it freely, combine it with the operators and the methods of [`Real`].
///
/// Printing a node shows its formula down to the nodes that have names.
///
/// ```
/// use chainrule_graph::{Graph, Real};
///
/// let g = Graph::new();
/// let (a, b) = (g.parameter("a"), g.parameter("b"));
/// let u = (2.0 * a - b).named("u");
/// let j = u.powi(2).exp();
/// assert_eq!(j.to_string(), "exp(u^2)");
/// assert_eq!(j.formula(), "exp((2 * a - b)^2)");
/// assert_eq!(u.arguments().len(), 2);
/// ```
#[derive(Clone, Copy)]
pub struct Node<'g>(pub(crate) Place<'g>);

/// Where a node is.
#[derive(Clone, Copy)]
pub(crate) enum Place<'g> {
    /// A constant that belongs to no graph yet.
    Nowhere(f64),
    /// In a graph, by its index.
    At(&'g Graph, Index),
    /// Nowhere: a mistake, by its place in the graph's list of errors.
    Poisoned(&'g Graph, Index),
}

/// Where a node without a mistake is.
#[derive(Clone, Copy)]
pub(crate) enum Located {
    /// A constant that belongs to no graph.
    Nowhere(f64),
    /// In the graph that was asked, by its index.
    At(usize),
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum NodeKind {
    /// A leaf that one differentiates by.
    Parameter,
    /// A leaf with one value an example.
    Data,
    /// A fixed value.
    Constant(f64),
    /// The result of an operation.
    Operation(Op),
    /// The result of a mistake; its value is an error.
    Poisoned,
}

impl<'g> Node<'g> {
    /// Names the node and returns it.
    ///
    /// A name that another node has gives a poisoned node. A constant that belongs to no graph stays nameless.
    #[must_use = "the named node is the one that is returned"]
    pub fn named(self, name: &str) -> Node<'g> {
        match self.0 {
            Place::At(graph, index) => graph.rename(index, name),
            Place::Nowhere(_) | Place::Poisoned(..) => self,
        }
    }

    /// The node's name, if it has one.
    pub fn name(self) -> Option<String> {
        match self.0 {
            Place::At(graph, index) => graph.name_of(index),
            Place::Nowhere(_) | Place::Poisoned(..) => None,
        }
    }

    /// The node's index: its position in the order of creation; `None` if it is in no graph.
    pub fn index(self) -> Option<usize> {
        match self.0 {
            Place::At(_, index) => Some(index as usize),
            Place::Nowhere(_) | Place::Poisoned(..) => None,
        }
    }

    /// What the node is.
    pub fn kind(self) -> NodeKind {
        match self.0 {
            Place::Nowhere(value) => NodeKind::Constant(value),
            Place::Poisoned(..) => NodeKind::Poisoned,
            Place::At(graph, index) => {
                let nodes = graph.snapshot();
                match nodes.kind(index as usize) {
                    Kind::Parameter => NodeKind::Parameter,
                    Kind::Data => NodeKind::Data,
                    Kind::Constant(place) => NodeKind::Constant(nodes.constant(place)),
                    Kind::Operation(op) => NodeKind::Operation(op),
                }
            }
        }
    }

    /// The nodes this one is made from, in order; none for a leaf.
    pub fn arguments(self) -> Vec<Node<'g>> {
        match self.0 {
            Place::At(graph, index) => {
                let nodes = graph.snapshot();
                nodes.arguments(index as usize).iter().map(|&argument| graph.placed(argument)).collect()
            }
            Place::Nowhere(_) | Place::Poisoned(..) => Vec::new(),
        }
    }

    /// The mistake that poisoned this node, if one did.
    pub fn error(self) -> Option<Error> {
        match self.0 {
            Place::Poisoned(graph, fault) => Some(graph.error_of(fault)),
            Place::Nowhere(_) | Place::At(..) => None,
        }
    }

    /// The graph the node belongs to; `None` for a constant that belongs to no graph.
    pub fn owner(self) -> Option<Owner> {
        self.graph().map(Graph::owner)
    }

    fn graph(self) -> Option<&'g Graph> {
        match self.0 {
            Place::Nowhere(_) => None,
            Place::At(graph, _) | Place::Poisoned(graph, _) => Some(graph),
        }
    }
}

impl<'g> Real for Node<'g> {
    fn constant(value: f64) -> Self {
        Node(Place::Nowhere(value))
    }

    fn apply<T: Rules>(rules: &T, op: Op, arguments: &[Self]) -> Self {
        let poisoned = arguments.iter().find(|argument| matches!(argument.0, Place::Poisoned(..)));
        if let Some(poisoned) = poisoned {
            return *poisoned;
        }
        let mut graphs = arguments.iter().filter_map(|argument| argument.graph());
        let Some(graph) = graphs.next() else {
            return of_constants(rules, op, arguments);
        };
        if let Some(other) = graphs.find(|other| other.owner() != graph.owner()) {
            return graph.fault(Error::TwoGraphs { left: graph.owner(), right: other.owner() });
        }
        match op.arity() {
            Some(expected) if expected != arguments.len() => {
                let op = op.name();
                graph.fault(Error::WrongArity { graph: graph.owner(), op, expected, found: arguments.len() })
            }
            _ => graph.operation(op, arguments),
        }
    }

    fn seed(&self) -> Self {
        Node::constant(1.0)
    }

    fn is_known(&self, value: f64) -> bool {
        self.kind() == NodeKind::Constant(value)
    }
}

real_operators!(impl['g] Node<'g>);

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Place::Nowhere(value) => write!(f, "Node({value})"),
            Place::At(graph, index) => write!(f, "Node({} of {})", graph.label(index), graph.owner()),
            Place::Poisoned(graph, fault) => write!(f, "Node(poisoned: {})", graph.error_of(fault)),
        }
    }
}

/// An operation on constants that belong to no graph: computed at once. Not inlined: all rules of the table are in it, and the parser's recursion
/// would have room for them at each level.
#[inline(never)]
fn of_constants<'g, T: Rules>(rules: &T, op: Op, arguments: &[Node<'g>]) -> Node<'g> {
    let values: Vec<f64> = arguments
        .iter()
        .filter_map(|argument| match argument.0 {
            Place::Nowhere(value) => Some(value),
            Place::At(..) | Place::Poisoned(..) => None, // the caller has sorted these out
        })
        .collect();
    Node::constant(rules.value(op, &values))
}
