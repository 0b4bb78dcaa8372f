//! Random graphs, points and what to differentiate by, for the laws of explanations.

#![allow(clippy::expect_used, dead_code, reason = "helpers of tests, not each of which uses them all")]

use chainrule_explain::Explanation;
use chainrule_graph::{Graph, Node, Op, Real, Rules, Table};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

/// Five hundred cases from a fixed seed: a failure is the same failure everywhere.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 500,
        rng_seed: RngSeed::Fixed(17),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// An operation of values made so far; one that is not defined there is left out.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    op: Index,
    arguments: [Index; 3],
}

pub(crate) fn recipes() -> impl Strategy<Value = Vec<Recipe>> {
    let step = (any::<Index>(), any::<[Index; 3]>()).prop_map(|(op, arguments)| Recipe { op, arguments });
    prop::collection::vec(step, 1..=14)
}

/// A graph of two parameters, one datum and a few numbers, with its point: x = 1.25, y = −0.75, d = 0.5.
pub(crate) fn graph(recipe: &[Recipe]) -> (Graph, Vec<(String, f64)>) {
    let graph = Graph::new();
    let point = [("x", 1.25), ("y", -0.75), ("d", 0.5)].map(|(name, value)| (name.to_owned(), value));
    let leaves = [
        graph.parameter("x"),
        graph.parameter("y"),
        graph.data("d"),
        graph.constant(2.0),
        graph.constant(-1.5),
    ];
    let mut made: Vec<(Node<'_>, f64)> = leaves.into_iter().zip([1.25, -0.75, 0.5, 2.0, -1.5]).collect();
    for Recipe { op, arguments } in recipe {
        let op = *op.get(&Op::all());
        let picked = arguments.each_ref().map(|index| *index.get(&made));
        let picked = &picked[..op.arity().unwrap_or(3).min(3)];
        let values: Vec<f64> = picked.iter().map(|(_, value)| *value).collect();
        let value = Table.value(op, &values);
        let slopes = (0..values.len()).map(|position| Table.partial(op, position, &values, &value));
        let is_usable = value.abs() < 1e6 && slopes.into_iter().all(|slope: f64| slope.abs() < 1e6);
        if is_usable {
            let nodes: Vec<Node<'_>> = picked.iter().map(|(node, _)| *node).collect();
            made.push((Node::apply(&Table, op, &nodes), value));
        }
    }
    let _ = Node::sum(made.iter().map(|(node, _)| node)).named("J");
    drop(made);
    (graph, point.to_vec())
}

/// The explanation of J by all parameters.
pub(crate) fn explained(graph: &Graph, point: &[(String, f64)]) -> Explanation {
    let bind = |(name, value): &(String, f64)| (graph.node(name).expect("it was made"), *value);
    let run = graph.at(&point.iter().map(bind).collect::<Vec<_>>()).expect("every leaf is bound");
    Explanation::new(&run, graph.node("J").expect("it was named")).expect("all is finite")
}
