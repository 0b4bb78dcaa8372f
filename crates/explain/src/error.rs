//! Why there is nothing to explain, or why an explanation is wrong.
//!
//! Invariant: an error names the node, the point and what to do.

/// What is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The point is outside an operation's domain.
    #[error(
        "`{node} = {formula}` has no value at {at}: that is outside the domain of `{op}`, {domain}; choose another point"
    )]
    Undefined {
        /// The node's label.
        node: String,
        /// Its operation in symbols.
        formula: String,
        /// The operands and their values.
        at: String,
        /// The operation's name.
        op: &'static str,
        /// The domain, as it reads in the table of operations.
        domain: &'static str,
        /// What came out: NaN or an infinity.
        value: f64,
    },
    /// A value is beyond the largest f64.
    #[error("`{node} = {formula}` is beyond the largest f64 at {at}; choose another point")]
    Overflow {
        /// The node's label.
        node: String,
        /// Its operation in symbols.
        formula: String,
        /// The operands and their values.
        at: String,
    },
    /// A local derivative is infinite or undefined.
    #[error("the derivative of `{node} = {formula}` by `{by}` is not finite at {at}; choose another point")]
    InfiniteSlope {
        /// The node's label.
        node: String,
        /// Its operation in symbols.
        formula: String,
        /// The argument.
        by: String,
        /// The operands and their values.
        at: String,
    },
    /// Local derivatives are finite, but their products or sums are not.
    #[error("d{output}/d{node} is beyond the largest f64; choose another point")]
    AdjointOverflow {
        /// The output's label.
        output: String,
        /// The node's label.
        node: String,
    },
    /// More nodes than anyone follows.
    #[error("{nodes} nodes are too many to explain; choose an output that is made from at most {most}")]
    TooLarge {
        /// How many there are.
        nodes: usize,
        /// How many are explained.
        most: usize,
    },
    /// More nodes than fit into a picture.
    #[error(
        "{nodes} nodes are too many to draw; choose an output that is made from at most {most}, or read the steps as text"
    )]
    TooLargeToDraw {
        /// How many there are.
        nodes: usize,
        /// How many are drawn.
        most: usize,
    },
    /// The output is a constant that belongs to no graph.
    #[error("the constant {value} belongs to no graph and has no steps; explain a node of the graph")]
    NoGraph {
        /// The constant, printed.
        value: String,
    },
    /// A step does not follow from those before it.
    #[error("step {number} does not follow from those before it: {reason}")]
    WrongStep {
        /// The step's number.
        number: usize,
        /// What is stated and what follows.
        reason: String,
    },
    /// The graph refused a node, a binding or a formula.
    #[error(transparent)]
    Graph(#[from] chainrule_graph::Error),
}
