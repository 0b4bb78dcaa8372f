//! Planted mistakes are mistakes.

use chainrule_graph::{Graph, Node, Op, Real, Table};
use chainrule_program::Program;

#[test]
fn a_planted_mistake_changes_the_value_of_every_operation() {
    for op in Op::all() {
        let count = op.probes()[0].len();
        let probes: Vec<Vec<f64>> = op.probes().into_iter().filter(|probe| probe.len() == count).collect();
        let graph = Graph::new();
        let arguments: Vec<Node<'_>> = (0..count).map(|k| graph.data(&format!("x{k}"))).collect();
        let right = Program::new(&graph, Node::apply(&Table, op, &arguments)).unwrap();
        for wrong in right.planted().into_iter().filter(|planted| planted.what.starts_with("value, ")) {
            // At a probe alone: a mean may hide a mistake.
            let values = |probe: &Vec<f64>| {
                let columns: Vec<&[f64]> = probe.iter().map(std::slice::from_ref).collect();
                [&right, &wrong.program].map(|program| program.value(&[], &columns).unwrap())
            };
            let changes = |probe: &Vec<f64>| {
                let [right, wrong] = values(probe);
                assert!(right.is_finite(), "{op:?} at {probe:?}");
                // What only tells infinities apart shows beside one.
                let mut beyond = probe.clone();
                beyond[0] = f64::INFINITY;
                let [right_beyond, wrong_beyond] = values(&beyond);
                wrong.is_finite() && right != wrong || right_beyond.is_nan() != wrong_beyond.is_nan()
            };
            // The exponent from which on a power of infinity is infinite shows beside no probe.
            if op == Op::PowF && wrong.what.contains("the same for all examples") {
                continue;
            }
            assert!(probes.iter().any(changes), "{op:?}: {}", wrong.what);
        }
    }
}
