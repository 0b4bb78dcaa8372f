//! A graph with the nodes it is about: what passes take and give.
//!
//! Invariant: the leaves are those of the first graph, all of them and in their order, whether they are used or not, so that parameters
//! and columns keep their places; nothing else is in the graph that the outputs are not made from, and no constant is there twice.

use std::collections::HashMap;

use chainrule_graph::{Error, Graph, Node, NodeKind, Op, Real, Table};

/// A graph and the nodes of it that are asked for.
#[derive(Debug)]
pub struct Expression {
    graph: Graph,
    outputs: Vec<usize>,
}

impl Expression {
    /// What some nodes of a graph are made from, in a graph of its own: dead code is left behind.
    ///
    /// # Errors
    /// The mistake that poisoned an output.
    pub fn new(graph: &Graph, outputs: &[Node<'_>]) -> Result<Self, Error> {
        rewritten(graph, outputs, |_, step| step.kept())
    }

    /// The graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The nodes that are asked for.
    pub fn outputs(&self) -> Vec<Node<'_>> {
        let nodes: Vec<Node<'_>> = self.graph.nodes().collect();
        self.outputs.iter().map(|&index| nodes[index]).collect()
    }

    /// The same with each operation replaced by what a rule makes of it, in the new graph.
    ///
    /// # Errors
    /// The mistake that a rule made.
    pub fn rewritten(
        &self,
        rule: impl for<'g> FnMut(&'g Graph, &Step<'g, '_>) -> Node<'g>,
    ) -> Result<Self, Error> {
        rewritten(&self.graph, &self.outputs(), rule)
    }
}

/// An operation on its way from one graph into the next.
#[derive(Debug)]
pub struct Step<'g, 's> {
    /// The operation.
    pub op: Op,
    /// Its arguments in the new graph.
    pub arguments: Vec<Node<'g>>,
    /// The node in the old graph.
    pub source: Node<'s>,
    /// What became of earlier nodes.
    made: &'s [Option<Node<'g>>],
}

impl<'g> Step<'g, '_> {
    /// The operation as it is, in the new graph.
    pub fn kept(&self) -> Node<'g> {
        Node::apply(&Table, self.op, &self.arguments)
    }

    /// What became of an earlier node of the old graph.
    pub fn became(&self, old: Node<'_>) -> Option<Node<'g>> {
        self.made.get(old.index()?).copied().flatten()
    }
}

fn rewritten(
    source: &Graph,
    outputs: &[Node<'_>],
    mut rule: impl for<'g> FnMut(&'g Graph, &Step<'g, '_>) -> Node<'g>,
) -> Result<Expression, Error> {
    if let Some(error) = outputs.iter().find_map(|output| output.error()) {
        return Err(error);
    }
    let live = live(source, outputs);
    let graph = Graph::new();
    let mut places = Vec::with_capacity(outputs.len());
    {
        let mut made: Vec<Option<Node<'_>>> = vec![None; source.len()];
        let mut constants: HashMap<u64, Node<'_>> = HashMap::new();
        for (index, node) in source.nodes().enumerate() {
            let new = match node.kind() {
                NodeKind::Parameter => Some(graph.parameter(&node.name().unwrap_or_default())),
                NodeKind::Data => Some(graph.data(&node.name().unwrap_or_default())),
                NodeKind::Constant(value) if live[index] => {
                    Some(*constants.entry(value.to_bits()).or_insert_with(|| graph.constant(value)))
                }
                NodeKind::Operation(op) if live[index] => {
                    let arguments =
                        node.arguments().iter().filter_map(|argument| made[argument.index()?]).collect();
                    Some(named_as(rule(&graph, &Step { op, arguments, source: node, made: &made }), node))
                }
                _ => None,
            };
            made[index] = new;
        }
        for output in outputs {
            let node = match (output.kind(), output.index()) {
                (NodeKind::Constant(value), None) => graph.constant(value),
                (_, index) => index.and_then(|index| made[index]).unwrap_or(Node::constant(f64::NAN)),
            };
            let placed = match (node.kind(), node.index()) {
                (NodeKind::Constant(value), None) => graph.constant(value),
                _ => node,
            };
            if let Some(error) = placed.error() {
                return Err(error);
            }
            places.extend(placed.index());
        }
    }
    Ok(Expression { graph, outputs: places })
}

/// An operation keeps its name, unless what it became has one.
fn named_as<'g>(new: Node<'g>, old: Node<'_>) -> Node<'g> {
    match (old.name(), new.name(), new.kind()) {
        (Some(name), None, NodeKind::Operation(_)) => new.named(&name),
        _ => new,
    }
}

/// Which nodes the outputs are made from.
fn live(graph: &Graph, outputs: &[Node<'_>]) -> Vec<bool> {
    let mut live = vec![false; graph.len()];
    for index in outputs.iter().filter_map(|output| output.index()) {
        live[index] = true;
    }
    let nodes: Vec<Node<'_>> = graph.nodes().collect();
    for (index, node) in nodes.iter().enumerate().rev() {
        if live[index] {
            for argument in node.arguments().iter().filter_map(|argument| argument.index()) {
                live[argument] = true;
            }
        }
    }
    live
}
