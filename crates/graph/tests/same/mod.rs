//! When a graph and what reads back from its text are the same, for the tests of both directions.
//!
//! The same leaves in the same order, with kind and name; for every operation one operation with the same arguments, and
//! no more; the same names, and none that another node has. Constants without a name are the same by their bits, wherever
//! they stand. Operations may come in another order, and those without a name may have one now.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests")]

use std::collections::HashMap;

use chainrule_graph::{Graph, Node, NodeKind};

/// Panics where the graph that was read from the text differs; `last` is what `parse` returned.
pub(crate) fn assert_same(graph: &Graph, read: &Graph, last: Node<'_>) {
    assert_eq!(leaves(graph), leaves(read), "leaves of {graph}");
    let mut uses = vec![0; graph.len()];
    graph.nodes().flat_map(Node::arguments).filter_map(Node::index).for_each(|index| uses[index] += 1);
    let labels = graph.labels();
    let counterpart = |node: Node<'_>, index: usize| match node.name() {
        None if index + 1 == graph.len() => last,
        _ => read.node(&labels[index]).unwrap_or_else(|error| panic!("{error}: {graph}")),
    };
    let mut pairs = Pairs { text: graph.to_string(), ..Pairs::default() };
    for (index, node) in graph.nodes().enumerate() {
        let is_operation = matches!(node.kind(), NodeKind::Operation(_));
        if node.name().is_some() || (is_operation && uses[index] == 0) {
            pairs.follow(node, counterpart(node, index));
        }
    }
    assert_eq!(
        (operations(graph), pairs.operations),
        (operations(read), operations(graph)),
        "operations of {graph}"
    );
}

/// The nodes that are the same, by index both ways.
#[derive(Default)]
struct Pairs {
    text: String,
    there: HashMap<usize, usize>,
    back: HashMap<usize, usize>,
    operations: usize,
}

impl Pairs {
    fn follow(&mut self, one: Node<'_>, other: Node<'_>) {
        let mut open = vec![(one, other)];
        while let Some((one, other)) = open.pop() {
            if one.name().is_some() {
                assert_eq!(one.name(), other.name(), "{}", self.text);
            }
            match (one.kind(), other.kind()) {
                (NodeKind::Constant(one), NodeKind::Constant(other)) => {
                    // The text of a NaN has no sign and no payload.
                    assert!(
                        one.to_bits() == other.to_bits() || one.is_nan() && other.is_nan(),
                        "{}",
                        self.text
                    );
                }
                (kind, other_kind) => {
                    assert_eq!(kind, other_kind, "{}", self.text);
                    if self.pair(one, other) {
                        self.operations += usize::from(matches!(kind, NodeKind::Operation(_)));
                        let (arguments, others) = (one.arguments(), other.arguments());
                        assert_eq!(arguments.len(), others.len(), "{}", self.text);
                        open.extend(arguments.into_iter().zip(others));
                    }
                }
            }
        }
    }

    /// Whether the pair is new; a node that has another counterpart already is not the same.
    fn pair(&mut self, one: Node<'_>, other: Node<'_>) -> bool {
        let (one, other) = (one.index().expect("a node of a graph"), other.index().expect("the same"));
        let there = *self.there.entry(one).or_insert(other);
        let is_new = !self.back.contains_key(&other);
        let back = *self.back.entry(other).or_insert(one);
        assert_eq!((there, back), (other, one), "shared otherwise: {}", self.text);
        is_new
    }
}

fn leaves(graph: &Graph) -> Vec<(NodeKind, Option<String>)> {
    let is_leaf = |node: &Node<'_>| matches!(node.kind(), NodeKind::Parameter | NodeKind::Data);
    graph.nodes().filter(is_leaf).map(|node| (node.kind(), node.name())).collect()
}

fn operations(graph: &Graph) -> usize {
    graph.nodes().filter(|node| matches!(node.kind(), NodeKind::Operation(_))).count()
}
