//! Operations and their derivatives in symbols: the table's own rules, run on names instead of numbers.
//!
//! Invariant: no rule stands here; a formula is what the table's expression prints when its arguments are nodes.

use std::collections::HashMap;

use chainrule_graph::{Graph, Node, Op, Real, Rules, Table};

/// What an operation is applied to: a name, or a number that is part of the formula.
pub(crate) type Argument = Result<String, f64>;

/// `b * c` for a product of `b` and `c`.
pub(crate) fn formula_of_value(op: Op, arguments: &[Argument]) -> String {
    let graph = Graph::new();
    Node::apply(&Table, op, &placed(&graph, &mut HashMap::new(), arguments)).to_string()
}

/// `c` for the derivative of b · c by b; `node` is the name of the product, in terms of which some derivatives are.
pub(crate) fn formula_of_partial(op: Op, position: usize, arguments: &[Argument], node: &str) -> String {
    let graph = Graph::new();
    let mut leaves = HashMap::new();
    let arguments = placed(&graph, &mut leaves, arguments);
    let value = graph.parameter(node);
    Table.partial(op, position, &arguments, &value).to_string()
}

/// A leaf for each name, the same one where the name is the same.
fn placed<'g>(
    graph: &'g Graph,
    leaves: &mut HashMap<String, Node<'g>>,
    arguments: &[Argument],
) -> Vec<Node<'g>> {
    let node = |argument: &Argument| match argument {
        Ok(name) => *leaves.entry(name.clone()).or_insert_with(|| graph.parameter(name)),
        Err(value) => graph.constant(*value),
    };
    arguments.iter().map(node).collect()
}

/// The value of a formula where its names have these values, read as a person would, and its derivative by each name.
pub(crate) fn read(formula: &str, known: &[(&str, f64)]) -> Result<(f64, Vec<f64>), String> {
    let graph = Graph::new();
    let bindings: Vec<_> = known.iter().map(|&(name, value)| (graph.parameter(name), value)).collect();
    let read = || {
        let node = graph.parse(formula)?;
        let run = graph.at(&bindings)?;
        let gradient = run.gradient(node)?;
        Ok((run.value(node)?, bindings.iter().map(|&(name, _)| gradient[name]).collect()))
    };
    read().map_err(|error: chainrule_graph::Error| error.to_string())
}
