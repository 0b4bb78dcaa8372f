//! Nodes as numbers: operators with plain numbers and references, constants, and what `Debug` shows.
//!
//! There are no reference numbers; formulas tell what was built.

#![allow(clippy::op_ref, reason = "operators with references are what is tested")]

use chainrule_graph::{Graph, Node, NodeKind, Op, Real};

#[test]
fn operators_take_nodes_references_and_plain_numbers_on_either_side() {
    let g = Graph::new();
    let (a, b) = (g.parameter("a"), g.parameter("b"));
    for (node, formula) in [
        (a + b, "a + b"),
        (a - &b, "a - b"),
        (a * b, "a * b"),
        (a / &b, "a / b"),
        (-a, "-a"),
        (a + 2.0, "a + 2"),
        (2.0 + a, "2 + a"),
        (a - 2.0, "a - 2"),
        (2.0 - a, "2 - a"),
        (a * 2.0, "a * 2"),
        (2.0 * a, "2 * a"),
        (a / 2.0, "a / 2"),
        (2.0 / a, "2 / a"),
    ] {
        assert_eq!(node.formula(), formula);
        assert_eq!(node.arguments().len(), if formula == "-a" { 1 } else { 2 });
    }
}

#[test]
fn assignment_operators_make_new_nodes() {
    let g = Graph::new();
    let (a, b) = (g.parameter("a"), g.parameter("b"));
    let mut sum = a;
    sum += b;
    sum *= 2.0;
    sum -= a;
    sum /= b;
    sum += 1.0;
    sum *= a;
    sum -= 3.0;
    sum /= 4.0;
    assert_eq!(sum.formula(), "((((a + b) * 2 - a) / b + 1) * a - 3) / 4");
    assert_eq!(a.kind(), NodeKind::Parameter, "what it began with is as it was");
}

#[test]
fn constants_of_no_graph_fold_and_join_at_their_first_operation() {
    let g = Graph::new();
    let a = g.parameter("a");
    let two = Node::constant(2.0);
    let folded = (two.powi(3) + 1.0) / two;
    assert_eq!(folded.kind(), NodeKind::Constant(4.5));
    assert_eq!((folded.index(), folded.owner(), folded.name()), (None, None, None));
    assert_eq!(folded.named("f").name(), None, "a constant of no graph stays nameless");
    assert_eq!((folded.to_string(), folded.formula()), ("4.5".to_owned(), "4.5".to_owned()));
    assert_eq!(g.len(), 1);
    let joined = folded * a;
    assert_eq!(joined.formula(), "4.5 * a");
    assert_eq!(g.len(), 3);
    assert_eq!(joined.arguments()[0].kind(), NodeKind::Constant(4.5));
    assert_eq!(joined.arguments()[0].owner(), Some(g.owner()));
    // a constant of the graph is a node like any other
    assert_eq!((g.constant(2.0) + 1.0).kind(), NodeKind::Operation(Op::Add));
    assert!(two.error().is_none());
}

#[test]
fn debug_names_the_node_and_its_graph() {
    let (g, h) = (Graph::new(), Graph::new());
    let a = g.parameter("a");
    let owner = g.owner();
    assert_eq!(format!("{a:?}"), format!("Node(a of {owner})"));
    assert_eq!(format!("{:?}", a.sin()), format!("Node(#1 of {owner})"));
    assert_eq!(format!("{:?}", Node::constant(2.5)), "Node(2.5)");
    let mixed = a + h.parameter("x");
    assert_eq!(format!("{mixed:?}"), format!("Node(poisoned: {})", mixed.error().unwrap()));
}

#[test]
fn a_node_is_a_small_copy() {
    assert!(size_of::<Node<'_>>() <= 16);
    let g = Graph::new();
    let a = g.parameter("a");
    let (b, c) = (a, a);
    assert_eq!((b * c).arguments().iter().map(|node| node.index()).collect::<Vec<_>>(), [Some(0), Some(0)]);
}
