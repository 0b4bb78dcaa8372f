//! The object that everything printed is a reading of: numbered steps, each of which follows from those before it.
//!
//! For an output J and inputs x the steps are, in this order: the values of all nodes (forward), the local derivative on
//! every edge, the adjoints dJ/dnode (reverse), and for each input the product along every path from J, their sum, and
//! what J does when the input is nudged.
//!
//! Invariant: a step refers to earlier steps alone, by their numbers, and holds all that it takes to compute its value
//! again; [`Explanation::verify`] does.

use chainrule_graph::{Node, Op, Run};

use crate::error::Error;
use crate::lesson::Identity;
use crate::steps::Steps;

/// A worked chain rule: how a number J and its derivatives come about, step by step.
///
/// ```
/// use chainrule_explain::Explanation;
/// use chainrule_graph::Graph;
///
/// let g = Graph::new();
/// let j = g.parse("u = b*c; v = a + u; J = 3*v")?;
/// let run = g.at(&[(g.node("a")?, 5.0), (g.node("b")?, 3.0), (g.node("c")?, 2.0)])?;
/// let explanation = Explanation::with_respect_to(&run, j, &[g.node("b")?])?;
/// assert!(explanation.to_string().contains("dJ/db = dJ/dv · dv/du · du/db = 3·1·2 = 6"));
/// explanation.verify()?; // each step again, from those before it
/// # Ok::<(), chainrule_explain::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct Explanation {
    pub(crate) output: String,
    pub(crate) formula: String,
    pub(crate) inputs: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

/// One step: its number, counted from 1, what it states, and the value that follows.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Step {
    /// The number by which later steps refer to it.
    pub number: usize,
    /// What it states.
    #[cfg_attr(feature = "json", serde(flatten))]
    pub statement: Statement,
    /// The number that follows: the node's value, the derivative, the product, the sum, the quotient.
    pub value: f64,
}

impl Step {
    /// Whether it gives the value of a node.
    pub(crate) fn is_value_of(&self, node: &str) -> bool {
        let gives_value = matches!(self.statement, Statement::Given { .. } | Statement::Value { .. });
        gives_value && self.statement.node() == node
    }
}

/// What a step states. Nodes go by their labels: their names, or free short ones.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize), serde(tag = "kind", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Statement {
    /// A leaf has the value that it was given.
    Given {
        /// The leaf.
        node: String,
        /// What kind of leaf it is.
        role: Role,
    },
    /// A node is an operation of earlier ones.
    Value {
        /// The node.
        node: String,
        /// The operation.
        #[cfg_attr(feature = "json", serde(serialize_with = "crate::json::operation"))]
        op: Op,
        /// The operation in symbols, such as `b * c`.
        formula: String,
        /// What it is an operation of, in order.
        operands: Vec<Operand>,
    },
    /// The local derivative on the edge from a node to one of its arguments, all other arguments fixed.
    Partial {
        /// The node.
        node: String,
        /// The argument.
        argument: String,
        /// Which argument it is, counted from 0.
        position: usize,
        /// How the derivative is written.
        notation: Notation,
        /// The derivative in symbols, such as `c`.
        formula: String,
        /// The step that gives the node's value.
        value_step: usize,
    },
    /// The derivative of the output by a node: over all edges into the node, adjoint times local derivative, summed in
    /// the order of the reverse sweep; 1 for the output itself.
    Adjoint {
        /// The node.
        node: String,
        /// The products that are summed.
        terms: Vec<Term>,
    },
    /// The product of the local derivatives along one path from the output down to an input.
    Path {
        /// The input.
        input: String,
        /// The steps of the local derivatives, from the output down.
        partials: Vec<usize>,
    },
    /// The derivative of the output by an input with several paths, or with none: the sum over all.
    Sum {
        /// The input.
        input: String,
        /// The steps of the paths.
        paths: Vec<usize>,
    },
    /// The derivative of the output by an input whose paths are too many or too long to list: its adjoint, in which the
    /// reverse sweep has shared what paths have in common.
    Shared {
        /// The input.
        input: String,
        /// How many paths there are; [`u128::MAX`] stands for that many or more.
        paths: u128,
        /// The step of the input's adjoint.
        adjoint: usize,
    },
    /// What the output does when an input is raised and all others are kept; the value is rise over step.
    Nudge {
        /// The input.
        input: String,
        /// The step that gives the input's value.
        from: usize,
        /// The value it is raised to.
        to: f64,
        /// The step that gives the output's value.
        before: usize,
        /// The output's value after the nudge.
        after: f64,
        /// Whether the rise is the derivative times the step up to a few roundings of its own, as for a straight line; never
        /// where J has too few digits to tell, and never where there is no rise.
        exact: bool,
    },
    /// A derivative in symbols that the lesson knows: product of other derivatives, and forms that are equal to it.
    Identity(Identity),
}

/// What kind of leaf a given value belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Role {
    /// A leaf that one differentiates by.
    Parameter,
    /// A leaf with one value an example.
    Data,
    /// A named constant.
    Constant,
}

/// What an operation is applied to.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "json", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Operand {
    /// The value of the node of an earlier step.
    Step(usize),
    /// A number that is part of the formula.
    Constant(f64),
}

/// How a local derivative is written.
///
/// `du/db` says all there is to say where u depends on b by this edge alone. Where it does so in other ways too, ∂ says
/// that those are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Notation {
    /// `du/db`: the edge is the only path from the node to the argument.
    Total,
    /// `∂u/∂b`: there are longer paths beside the edge.
    Partial,
    /// `∂₁u/∂b`: the node has the same argument at several positions; the index counts positions from 1.
    Indexed,
}

/// One product of an adjoint's sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Term {
    /// The step of the adjoint of the node at the edge's upper end.
    pub adjoint: usize,
    /// The step of the local derivative on the edge.
    pub partial: usize,
}

impl Explanation {
    /// Explains an output of an evaluation and its derivatives by every parameter that it depends on.
    ///
    /// # Errors
    /// As [`with_respect_to`](Self::with_respect_to), which lists them.
    pub fn new(run: &Run<'_, f64>, output: Node<'_>) -> Result<Self, Error> {
        Steps::new(run, output)?.by_all_parameters()
    }

    /// Explains an output of an evaluation and its derivatives by some nodes, which need not be leaves; local derivatives
    /// are those on the paths to them. An input that is listed twice counts once.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::Undefined`], [`Error::Overflow`], [`Error::InfiniteSlope`], [`Error::AdjointOverflow`] or
    /// [`Error::PathOverflow`] where there is no number to go on with, [`Error::TooLarge`] beyond ten thousand nodes,
    /// [`Error::TooManyEdges`] beyond twenty thousand arguments, [`Error::NoGraph`] for an output that belongs to no graph,
    /// [`Error::NamelessInput`] for an input that is a number in a formula, or the graph's refusal of a node, such as one of another
    /// graph.
    pub fn with_respect_to(run: &Run<'_, f64>, output: Node<'_>, inputs: &[Node<'_>]) -> Result<Self, Error> {
        Steps::new(run, output)?.by(inputs)
    }

    /// The output's label.
    pub fn output(&self) -> &str {
        &self.output
    }

    /// The labels of what the output is differentiated by.
    pub fn inputs(&self) -> &[String] {
        &self.inputs
    }

    /// The steps, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The same explanation with other steps, such as some that were edited; [`verify`](Self::verify) tells whether they follow.
    #[must_use]
    pub fn with_steps(self, steps: Vec<Step>) -> Self {
        Explanation { steps, ..self }
    }

    /// The derivative of the output by one of the inputs.
    pub fn derivative(&self, input: &str) -> Option<f64> {
        let is_wanted = |step: &&Step| match &step.statement {
            Statement::Adjoint { node, .. } => node == input,
            Statement::Sum { input: by, paths } => by == input && paths.is_empty(),
            _ => false,
        };
        self.steps.iter().find(is_wanted).map(|step| step.value)
    }

    /// The steps as one JSON object.
    ///
    /// # Errors
    /// As [`serde_json::to_string_pretty`].
    #[cfg(feature = "json")]
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// The names of π and e that nodes have.
    pub(crate) fn taken(&self) -> Vec<&'static str> {
        crate::symbols::taken(self.steps.iter().filter_map(Step::valued))
    }

    /// The step with a number.
    pub(crate) fn step(&self, number: usize) -> Option<&Step> {
        self.steps.get(number.checked_sub(1)?)
    }
}

impl Step {
    /// The node whose value is stated.
    pub(crate) fn valued(&self) -> Option<&str> {
        match &self.statement {
            Statement::Given { node, .. } | Statement::Value { node, .. } => Some(node),
            _ => None,
        }
    }
}

impl Statement {
    /// The node whose value, adjoint or local derivative is stated; the input of a path, a sum or a nudge.
    pub fn node(&self) -> &str {
        match self {
            Statement::Given { node, .. }
            | Statement::Value { node, .. }
            | Statement::Partial { node, .. }
            | Statement::Adjoint { node, .. } => node,
            Statement::Path { input, .. }
            | Statement::Sum { input, .. }
            | Statement::Shared { input, .. }
            | Statement::Nudge { input, .. } => input,
            Statement::Identity(identity) => &identity.derivative.of,
        }
    }
}
