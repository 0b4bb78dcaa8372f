//! The first wrong node: every fault of the table is found in a graph, at the right node.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use chainrule_graph::oracle::{WrongNode, first_wrong_node};
use chainrule_graph::{Corrupted, Fault, Graph, Node, Number, Op, Real, Rules, Table};

/// The operation between others: its arguments are computed exactly from parameters, its result goes on.
fn around<'g>(g: &'g Graph, op: Op, point: &[f64]) -> (Node<'g>, Vec<(Node<'g>, f64)>) {
    let leaves: Vec<_> = (0..point.len()).map(|k| g.parameter(&format!("x{k}"))).collect();
    let halves: Vec<_> = leaves.iter().map(|&leaf| leaf + leaf).collect();
    let middle = Node::apply(&Table, op, &halves).named("middle");
    let _ = ((middle - leaves[0]) * middle).named("J");
    (middle, leaves.into_iter().zip(point.iter().map(|x| x / 2.0)).collect())
}

/// What is found at one point with corrupted rules.
fn found_at(corrupted: Corrupted, op: Op, point: &[f64]) -> Option<(String, Op, Option<usize>)> {
    let g = Graph::new();
    let (_, bindings) = around(&g, op, point);
    let run = g.at_with(corrupted, &bindings).unwrap();
    first_wrong_node(&run)
        .unwrap()
        .map(|wrong| (wrong.node.name().unwrap_or_default(), wrong.op, wrong.position))
}

fn points(op: Op) -> Vec<Vec<f64>> {
    op.probes().into_iter().chain(op.conventions().into_iter().map(|promise| promise.arguments)).collect()
}

/// Whether a fault changes a bit of a partial at a point.
fn changes(corrupted: Corrupted, op: Op, point: &[f64]) -> bool {
    let value = Table.value(op, point);
    (0..point.len()).any(|position| {
        let right = Table.partial(op, position, point, &value);
        let wrong = corrupted.partial(op, position, point, &value);
        right != wrong && !(right.is_nan() && wrong.is_nan())
    })
}

#[test]
fn every_fault_is_found_at_its_node_wherever_it_changes_a_partial() {
    let ops = Op::all();
    let mut found = 0;
    for corrupted in Corrupted::all() {
        for &op in ops.iter().filter(|op| op.name() == corrupted.op.name()) {
            for point in points(op).into_iter().filter(|point| changes(corrupted, op, point)) {
                let (name, wrong, position) = found_at(corrupted, op, &point)
                    .unwrap_or_else(|| panic!("{corrupted:?} at {op:?}{point:?} goes unnoticed"));
                assert_eq!(wrong.name(), op.name(), "{corrupted:?} at {point:?}");
                // Where the operation is one of those around it, the first of them is the one to name.
                let expected =
                    if matches!(op, Op::Add | Op::Sub | Op::Mul) { name.as_str() } else { "middle" };
                assert_eq!(name, expected, "{corrupted:?} at {point:?}");
                if op.arity().is_some() {
                    assert_eq!(position, Some(corrupted.position), "{corrupted:?} at {point:?}");
                }
                found += 1;
            }
        }
    }
    assert!(found > 300, "{found} faults");
}

#[test]
fn the_table_is_not_convicted() {
    for op in Op::all() {
        for point in points(op) {
            let g = Graph::new();
            let (_, bindings) = around(&g, op, &point);
            let wrong = first_wrong_node(&g.at(&bindings).unwrap()).unwrap();
            assert!(wrong.is_none(), "{op:?}{point:?}: {}", wrong.unwrap());
        }
    }
}

/// The table with the value of one operation too large by a part in 10¹⁴.
struct WrongValue(Op);

impl Rules for WrongValue {
    fn value<N: Number>(&self, op: Op, arguments: &[N]) -> N {
        let right = Table.value(op, arguments);
        if op == self.0 { right * N::constant(1.0 + 1e-14) } else { right }
    }

    fn partial<R: Real>(&self, op: Op, position: usize, arguments: &[R], value: &R) -> R {
        Table.partial(op, position, arguments, value)
    }
}

#[test]
fn a_wrong_value_is_found_too() {
    let g = Graph::new();
    let x = g.parameter("x");
    let u = x.exp().named("u");
    let _ = u.ln() + u;
    let run = g.at_with(WrongValue(Op::Exp), &[(x, 0.5)]).unwrap();
    let wrong = first_wrong_node(&run).unwrap().unwrap();
    assert_eq!((wrong.node.name().as_deref(), wrong.op, wrong.position), (Some("u"), Op::Exp, None));
    assert!(wrong.ulps > 40.0 && wrong.budget < 5.0);
}

#[test]
fn the_first_of_several_is_named_in_one_sentence() {
    let g = Graph::new();
    let (a, b) = (g.parameter("a"), g.parameter("b"));
    let u = (a / b).named("u");
    let _ = (u / a).named("J");
    let wrong = Corrupted { op: Op::Div, position: 1, fault: Fault::Sign };
    let run = g.at_with(wrong, &[(a, 3.0), (b, 2.0)]).unwrap();
    let found: WrongNode<'_> = first_wrong_node(&run).unwrap().unwrap();
    assert_eq!(found.arguments, [3.0, 2.0]);
    assert_eq!((found.claimed, found.expected), (0.75, -0.75));
    assert_eq!(
        found.to_string(),
        "u = a / b: the partial of `div` by argument 1 at (3.0, 2.0) is 0.75, and should be -0.75 (1.4e16 ulps off, \
         with a budget of 1.5)"
    );
}

/// At a kink that the table makes no promise for, and where values are infinite, there is nothing to judge.
#[test]
fn what_cannot_be_judged_is_passed_over() {
    let g = Graph::new();
    let (a, b) = (g.parameter("a"), g.parameter("b"));
    let _ = a.max(&b) + a.exp() + (a - b).abs();
    let wrong = Corrupted { op: Op::Max, position: 0, fault: Fault::Zero };
    let at = |a_value: f64, b_value: f64| {
        first_wrong_node(&g.at_with(wrong, &[(a, a_value), (b, b_value)]).unwrap()).unwrap().is_some()
    };
    assert!(!at(3.0, 3.0));
    assert!(at(2.0, 2.0)); // promised
    assert!(at(1e5, 3.0)); // e^100000 has no f64, but the rest has
    assert!(!at(f64::NAN, 3.0) && !at(f64::INFINITY, 3.0));
}
