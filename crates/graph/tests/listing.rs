//! A graph in text: which statements there are, and that what is read back is the same graph.
//!
//! Reference: the graph itself; `same` walks it and the one that was read side by side.

#![expect(clippy::panic, reason = "helpers outside of the test functions")]

mod random;
#[path = "same/mod.rs"]
mod same;

use chainrule_graph::{Graph, Node, NodeKind, Op, Real, Table};
use proptest::prelude::*;
use proptest::sample::Index;

use random::{Step, build, config, points, recipes};
use same::assert_same;

#[track_caller]
fn assert_comes_back(graph: &Graph) {
    let (text, read) = (graph.to_string(), Graph::new());
    let last = read.parse(&text).unwrap_or_else(|error| panic!("{error}"));
    assert_same(graph, &read, last);
    let (again, read_again) = (read.to_string(), Graph::new());
    let last = read_again.parse(&again).unwrap_or_else(|error| panic!("{error}"));
    assert_same(&read, &read_again, last);
}

#[test]
fn statements_are_what_has_a_name_is_shared_or_is_a_result() {
    for (text, expected) in [
        ("u = b*c; v = a + u; J = 3*v", "u = b * c; v = a + u; J = 3 * v"),
        ("3*(a+b*c)", "J = 3 * (a + b * c)"),
        ("a*b; ", "J = a * b"),
        ("J = recip(x) + chain(a, b) - 1/x", "J = recip(x) + chain(a, b) - 1 / x"),
        ("parameter b, a; a - b", "parameter b; J = a - b"),
        ("parameter a, b; a - b", "J = a - b"),
        ("parameter a, b; a*2", "parameter a, b; J = a * 2"),
        ("parameter b; a*b", "parameter b; J = a * b"),
        ("parameter a, b, c, d; b*a + c*d", "parameter a; J = b * a + c * d"),
        ("parameter a, b; data x; parameter c; a*x*b*c", "parameter a, b; data x; J = a * x * b * c"),
        ("parameter e; e * 2", "parameter e; J = e * 2"),
        ("e = 3; e * pi", "e = 3; J = e * pi"),
        ("`inf` * inf * `NaN` * `a b`", "J = `inf` * inf * `NaN` * `a b`"),
        ("rate = 0.1; J = -rate", "rate = 0.1; J = -rate"),
        ("-(3) - -3 - (-3)^2 - 3^2 - 2*-3", "J = -(3) - (-3) - (-3)^2 - 3^2 - 2 * (-3)"),
        ("-pi", "J = -pi"),
        ("data x, y", "data x, y"),
        ("3", "3"),
        ("pi", "pi"),
    ] {
        let g = Graph::new();
        g.parse(text).unwrap();
        assert_eq!(g.to_string(), expected);
        assert_comes_back(&g);
    }
    assert_eq!(Graph::new().to_string(), "");
}

#[test]
fn what_has_no_name_and_needs_one_gets_its_label() {
    let g = Graph::new();
    let (u, n4) = (g.parameter("u"), g.data("n4"));
    let shared = u * n4;
    let _ = shared.sin(); // a result that is not the last
    let inner = (shared + 2.0) * shared;
    assert_eq!(g.labels(), ["u", "n4", "v", "n3", "2", "n5", "n6"]);
    assert_eq!(g.to_string(), "parameter u; data n4; v = u * n4; n3 = sin(v); (v + 2) * v");
    assert_comes_back(&g);
    let _ = inner.named("v");
    assert_eq!(g.labels(), ["u", "n4", "n3", "n5", "2", "n6", "v"]);
    assert_eq!(g.to_string(), "parameter u; data n4; n3 = u * n4; n5 = sin(n3); v = (n3 + 2) * n3");
    assert_comes_back(&g);
}

/// Constants without a name are written where they are used, and left out where they are not.
#[test]
fn a_constant_without_a_name_has_no_statement() {
    let g = Graph::new();
    let (two, _) = (g.constant(2.0), g.constant(7.0));
    let _ = (g.parameter("x") * two).sin() + two;
    assert_eq!(g.to_string(), "sin(x * 2) + 2");
    assert_comes_back(&g);
    for value in
        [-0.0, 5e-324, f64::MAX, -1e300, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, std::f64::consts::PI]
    {
        let g = Graph::new();
        let _ = (-g.constant(value)).powi(2) - g.constant(value) * g.constant(value);
        assert_comes_back(&g);
    }
}

#[test]
fn a_deep_graph_is_cut_into_statements_that_nest_less() {
    let g = Graph::new();
    let x = g.parameter("x");
    let mut deep = x;
    for _ in 0..1000 {
        deep = -(-deep).powi(-2);
    }
    let text = g.to_string();
    assert_eq!(text.split("; ").count(), 3000_usize.div_ceil(50));
    assert_comes_back(&g);
    let mut sum = x;
    for _ in 0..10_000 {
        sum = (sum + 1.0).exp();
    }
    let mut doubled = sum;
    for _ in 0..500 {
        doubled = doubled * doubled;
    }
    assert!(g.to_string().len() > 100_000, "too long to read, but not to print");
}

/// Names that could be taken for something else, beside some that Display makes.
const NAMES: [&str; 24] = [
    "u",
    "v",
    "n3",
    "n4",
    "n5",
    "J",
    "e",
    "pi",
    "inf",
    "NaN",
    "sin",
    "parameter",
    "data",
    "",
    " ",
    "`",
    "``",
    "a`b",
    "learning rate",
    "w_1",
    "α",
    "3",
    "x\ny",
    "−",
];

/// Leaves of any kind and names, a recipe of operations on them and on constants, derivatives, and some names more.
fn random_graph(recipe: &[Step], kinds: [u8; 3], names: &[(usize, Index)], differentiate: bool) -> Graph {
    let g = Graph::new();
    let mut taken = vec![false; NAMES.len()];
    let mut free = names.iter().filter(|(name, _)| !std::mem::replace(&mut taken[*name], true));
    for kind in kinds {
        let name = free.next().map_or(["x", "y", "z"][usize::from(kind % 3)], |(name, _)| NAMES[*name]);
        // A leaf whose name is taken is poison; then there is one leaf less.
        let _ = if kind % 2 == 0 { g.parameter(name) } else { g.data(name) };
    }
    let leaves: Vec<_> = g.nodes().collect();
    let constants = [std::f64::consts::E, -0.5].map(|value| g.constant(value));
    let inputs: Vec<_> = leaves.iter().copied().cycle().take(2).chain(constants).collect();
    let output = build(recipe, &inputs);
    if differentiate {
        let _ = g.derivative(output, &leaves).unwrap_or_default();
    }
    let nodes: Vec<_> = g.nodes().filter(|node| node.name().is_none()).collect();
    for (name, index) in free {
        let _ = index.get(&nodes).named(NAMES[*name]);
    }
    g
}

fn namings() -> impl Strategy<Value = Vec<(usize, Index)>> {
    prop::collection::vec((0..NAMES.len(), any::<Index>()), 0..12)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_graph_reads_back_as_the_same(
        recipe in recipes(), kinds in any::<[u8; 3]>(), names in namings(), differentiate in any::<bool>(),
    ) {
        assert_comes_back(&random_graph(&recipe, kinds, &names, differentiate));
    }

    /// The product of the chain rule reads as a product, which is the same where all values are finite.
    #[test]
    fn a_formula_reads_back_as_the_same_value(
        recipe in recipes(), point in points(), names in namings(), differentiate in any::<bool>(),
    ) {
        let g = random_graph(&recipe, [0, 2, 4], &names, differentiate);
        let leaves: Vec<_> = g.parameters().zip(point).collect();
        let run = g.at(&leaves).unwrap();
        prop_assume!(g.nodes().all(|node| run.value(node).unwrap().is_finite()));
        for node in g.nodes().filter(|node| matches!(node.kind(), NodeKind::Operation(_))) {
            let text = node.formula();
            if text.contains('#') || text.len() > 100_000 {
                continue; // cut, or longer than what is read
            }
            let h = Graph::new();
            let bound: Vec<_> = leaves.iter().map(|(leaf, value)| (h.parameter(&leaf.name().unwrap()), *value)).collect();
            let read = h.parse(&text).unwrap();
            prop_assert_eq!(h.at(&bound).unwrap().value(read).unwrap(), run.value(node).unwrap(), "{}", text);
        }
    }
}

/// The operation with this node as its first argument, and as its last.
fn applied<'g>(op: Op, node: Node<'g>, others: &[Node<'g>; 3]) -> [Node<'g>; 2] {
    let mut arguments: Vec<_> = [node].into_iter().chain(*others).take(op.arity().unwrap_or(4)).collect();
    let first = Node::apply(&Table, op, &arguments);
    arguments.reverse();
    [first, Node::apply(&Table, op, &arguments)]
}

#[test]
fn every_operation_reads_back_inside_every_other() {
    for outer in Op::all() {
        for inner in Op::all() {
            let g = Graph::new();
            let others = ["a", "b", "c"].map(|name| g.parameter(name));
            let x = g.parameter("x");
            let _ = applied(inner, x, &others).map(|node| applied(outer, node, &others));
            // once as they are, once each written where it is used
            assert_comes_back(&g);
            let h = Graph::new();
            let others = ["a", "b", "c"].map(|name| h.parameter(name));
            let [once, _] = applied(outer, applied(inner, h.parameter("x"), &others)[0], &others);
            assert_eq!(once.owner(), Some(h.owner()));
            assert_comes_back(&h);
        }
    }
}
