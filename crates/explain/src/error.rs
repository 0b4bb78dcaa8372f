//! Why there is nothing to explain, or why an explanation is wrong.
//!
//! Invariant: an error names the node, the point and what to do.

/// What is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The point is outside an operation's domain.
    #[error(
        "`{formula}` has no value at {at}: it has a value and a derivative where {domain}; choose another point"
    )]
    Undefined {
        /// The operation in symbols, after the node's name if it has one: `J = ln(u)`.
        formula: String,
        /// The operands and their values.
        at: String,
        /// The operation's name.
        op: &'static str,
        /// The domain, in terms of the operands.
        domain: String,
        /// What came out: NaN or an infinity.
        value: f64,
    },
    /// A leaf or a number in a formula is infinite or NaN.
    #[error("{place} is {value}, and steps go on with finite numbers alone; choose another")]
    NotFinite {
        /// Where the number stands.
        place: String,
        /// The number.
        value: f64,
    },
    /// A value is beyond the largest f64.
    #[error("`{formula}` is beyond the largest f64 at {at}; choose another point")]
    Overflow {
        /// The operation in symbols, after the node's name if it has one.
        formula: String,
        /// The operands and their values.
        at: String,
    },
    /// A local derivative is infinite or undefined.
    #[error("the derivative of `{formula}` by `{by}` is not finite at {at}; choose another point")]
    InfiniteSlope {
        /// The operation in symbols, after the node's name if it has one.
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
    /// Local derivatives and adjoints are finite, but the product along a path or the sum over paths is not.
    #[error(
        "the products along the paths from `{output}` to `{input}` are beyond the largest f64; choose another point"
    )]
    PathOverflow {
        /// The output's label.
        output: String,
        /// The input's label.
        input: String,
    },
    /// A number in a formula is no input: it has no name and no step.
    #[error(
        "the number {value} in the formula has no name, so there is no derivative by it; name the constant"
    )]
    NamelessInput {
        /// The number.
        value: f64,
    },
    /// More features than the lesson's graph is built with.
    #[error("{features} features are too many for the lesson's graph; take at most {most}")]
    TooManyFeatures {
        /// How many were asked for.
        features: usize,
        /// How many there can be.
        most: usize,
    },
    /// More edges than anyone follows.
    #[error(
        "{edges} arguments are too many to explain; choose an output whose operations have at most {most}"
    )]
    TooManyEdges {
        /// How many there are.
        edges: usize,
        /// How many are explained.
        most: usize,
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
