//! Why a graph cannot be compiled, or a program cannot run.
//!
//! Invariant: an error names the thing, the place and what to do.

/// What is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There are not as many parameters, or entries of a direction, as the program has parameters.
    #[error("{found} {what} were given to a program of {expected} parameters; give one for each of: {names}")]
    Parameters {
        /// What was given.
        what: &'static str,
        /// How many were given.
        found: usize,
        /// How many there are.
        expected: usize,
        /// Their names, in order.
        names: String,
    },
    /// There are not as many columns as the program has data nodes.
    #[error("{found} columns were given to a program of {expected}; give one for each of: {names}")]
    Columns {
        /// How many were given.
        found: usize,
        /// How many there are.
        expected: usize,
        /// Their names, in order.
        names: String,
    },
    /// A column is longer or shorter than the first.
    #[error("column `{name}` has {found} examples, and the first column {expected}; give as many in each")]
    Ragged {
        /// The column's data node.
        name: String,
        /// How many examples it has.
        found: usize,
        /// How many the first has.
        expected: usize,
    },
    /// A weight is negative, infinite or no number.
    #[error(
        "the weight of example {example} (counted from 0) is {weight}; give a finite one that is not negative"
    )]
    Weight {
        /// The example.
        example: usize,
        /// Its weight.
        weight: f64,
    },
    /// Weights by whose sum nothing can be divided.
    #[error("the weights add up to {total}; give some that add up to a finite number above 0")]
    TotalWeight {
        /// The sum.
        total: f64,
    },
    /// A name that no Rust function can have.
    #[error("`{name}` is no name for a function; use ASCII letters, digits and underscores, a letter first")]
    FunctionName {
        /// The name.
        name: String,
    },
    /// There is no example to take the mean over.
    #[error("there is no example; a mean needs at least one")]
    NoExamples,
    /// The graph refused a node.
    #[error(transparent)]
    Graph(#[from] chainrule_graph::Error),
}
