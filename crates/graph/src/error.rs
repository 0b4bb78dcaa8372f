//! Everything that can be wrong with a request to this crate.
//!
//! Invariant: an error names the thing, the place, and what to do.

use crate::misread::Misread;
use crate::owner::Owner;

/// What is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No node has this name.
    #[error("no node of {graph} is named `{name}`; its names are: {known}")]
    UnknownName {
        /// The graph that was asked.
        graph: Owner,
        /// The name that was asked for.
        name: String,
        /// The names there are, with commas.
        known: String,
    },
    /// A name was given to two nodes.
    #[error("the name `{name}` is given twice in {graph}; give each node a name of its own")]
    DuplicateName {
        /// The graph.
        graph: Owner,
        /// The name.
        name: String,
    },
    /// A parameter or data node has no value.
    #[error("`{name}` of {graph} has no value; bind it in the list given to `at`")]
    MissingBinding {
        /// The graph.
        graph: Owner,
        /// The name of the leaf.
        name: String,
    },
    /// A node was given two values.
    #[error("`{name}` of {graph} is bound twice; bind each parameter and data node once")]
    DuplicateBinding {
        /// The graph.
        graph: Owner,
        /// The name of the leaf.
        name: String,
    },
    /// A node that is computed, or a constant, was given a value.
    #[error("`{node}` of {graph} is not a parameter or data node; leave it out of the list given to `at`")]
    NotALeaf {
        /// The graph.
        graph: Owner,
        /// The node's name or index.
        node: String,
    },
    /// An operation has operands from two graphs.
    #[error("an operation mixes nodes of {left} and {right}; build the whole expression in one of them")]
    TwoGraphs {
        /// The graph of the first operand.
        left: Owner,
        /// The graph of the other operand.
        right: Owner,
    },
    /// A node was asked of a graph that it does not belong to.
    #[error("node {node} belongs to {other}, not to {graph}; ask the one that made it")]
    NotInGraph {
        /// The node's index in its own graph.
        node: usize,
        /// The graph the node belongs to.
        other: Owner,
        /// The graph that was asked.
        graph: Owner,
    },
    /// A node was made after the evaluation that it is asked of.
    #[error("node {node} of {graph} was made after this evaluation; call `at` again")]
    AddedLater {
        /// The node's index.
        node: usize,
        /// The graph.
        graph: Owner,
    },
    /// A path was asked from or to a node without a graph: a constant that no operation has joined to one.
    #[error("the constant {value} belongs to no graph; make it with `Graph::constant`")]
    NoGraph {
        /// The constant's value, printed.
        value: String,
    },
    /// An operation was given the wrong number of arguments.
    #[error("`{op}` in {graph} was given the wrong number of arguments, {found}; give it {expected}")]
    WrongArity {
        /// The graph or tape.
        graph: Owner,
        /// The operation's name.
        op: &'static str,
        /// How many it takes.
        expected: usize,
        /// How many it was given.
        found: usize,
    },
    /// A list has another length than it has to have.
    #[error("the {what} has {found} entries; give it {expected}")]
    WrongLength {
        /// What the list is.
        what: &'static str,
        /// How many it has to have.
        expected: usize,
        /// How many it has.
        found: usize,
    },
    /// A variable or a position was cut off when its tape was rewound.
    #[error("{tape} was rewound to before this was recorded; record it again")]
    Rewound {
        /// The tape.
        tape: Owner,
    },
    /// Indices are used up.
    #[error("{graph} is full at 2^32 - 1 nodes or edges; split the computation over several")]
    Full {
        /// The graph or tape.
        graph: Owner,
    },
    /// A formula could not be read; [`Graph::parse`](crate::Graph::parse) says how they are written.
    #[error("{0}")]
    Formula(Box<Misread>),
}
