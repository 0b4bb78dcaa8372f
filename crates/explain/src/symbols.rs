//! Operations and their derivatives in symbols: the table's own rules, run on names instead of numbers.
//!
//! Invariant: no rule stands here; a formula is what the table's expression prints when its arguments are nodes. π and e go by
//! their names only where no node of the explanation has them.

use std::collections::HashMap;

use chainrule_graph::{Graph, Node, Op, Real, Rules, Table};

/// What an operation is applied to.
#[derive(Clone, Debug)]
pub(crate) enum Argument {
    Name(String),
    /// A number that is part of the formula.
    Number(f64),
}

/// The names that constants go by unless a node has them.
const CONSTANTS: [&str; 2] = ["e", "pi"];

/// Those names of constants that nodes have.
pub(crate) fn taken<'s>(labels: impl IntoIterator<Item = &'s str>) -> Vec<&'static str> {
    let constant = |label: &str| CONSTANTS.into_iter().find(|name| *name == label);
    labels.into_iter().filter_map(constant).collect()
}

/// A graph that knows how to print one operation of names and its derivatives.
pub(crate) struct Symbols(Graph);

impl Symbols {
    /// A throw-away graph in which `taken` names are nodes.
    pub(crate) fn new(taken: &[&str]) -> Self {
        let graph = Graph::new();
        for name in taken {
            let _ = graph.parameter(name);
        }
        Symbols(graph)
    }

    /// An operation of arguments; `node` is the name of its value, in terms of which some derivatives are.
    pub(crate) fn operation(&self, op: Op, arguments: &[Argument]) -> Operation<'_> {
        let graph = &self.0;
        let mut leaves = HashMap::new();
        let node = |argument: &Argument| match argument {
            Argument::Name(name) => *leaves.entry(name.clone()).or_insert_with(|| leaf(graph, name)),
            Argument::Number(value) => graph.constant(*value),
        };
        Operation { graph, op, arguments: arguments.iter().map(node).collect() }
    }
}

/// An operation, to be printed.
pub(crate) struct Operation<'s> {
    graph: &'s Graph,
    op: Op,
    arguments: Vec<Node<'s>>,
}

impl Operation<'_> {
    /// `b * c` for a product of `b` and `c`.
    pub(crate) fn value(&self) -> String {
        Node::apply(&Table, self.op, &self.arguments).to_string()
    }

    /// `c` for the derivative of b · c by b; `node` is the name of the product.
    pub(crate) fn partial(&self, position: usize, node: &str) -> String {
        Table.partial(self.op, position, &self.arguments, &leaf(self.graph, node)).to_string()
    }
}

/// The leaf of a name.
fn leaf<'g>(graph: &'g Graph, name: &str) -> Node<'g> {
    graph.node(name).unwrap_or_else(|_| graph.parameter(name))
}

/// What a formula comes to.
pub(crate) struct Reading {
    pub(crate) value: f64,
    /// Each name in it with the formula's derivative by it.
    pub(crate) slopes: Vec<(String, f64)>,
}

/// A formula read as a person would, by the values that `known` has of its names; `taken` names are nodes.
pub(crate) fn read(
    formula: &str,
    taken: &[&str],
    known: impl Fn(&str) -> Option<f64>,
) -> Result<Reading, String> {
    let Symbols(graph) = Symbols::new(taken);
    let read = || {
        let node = graph.parse(formula)?;
        let leaves: Vec<_> = graph.parameters().collect();
        let value = |leaf: &Node<'_>| leaf.name().and_then(|name| known(&name));
        // A name of a constant that the formula does not use need not be known.
        let bindings: Vec<_> = leaves
            .iter()
            .filter_map(|leaf| {
                let spare = leaf.name().is_some_and(|name| taken.contains(&name.as_str()));
                Some((*leaf, value(leaf).or_else(|| spare.then_some(f64::NAN))?))
            })
            .collect();
        let run = graph.at(&bindings)?;
        let gradient = run.gradient(node)?;
        let mut slopes = Vec::with_capacity(leaves.len());
        for leaf in &leaves {
            slopes.push((leaf.name().unwrap_or_default(), *gradient.get(*leaf)?));
        }
        Ok(Reading { value: run.value(node)?, slopes })
    };
    read().map_err(|error: chainrule_graph::Error| error.to_string())
}
