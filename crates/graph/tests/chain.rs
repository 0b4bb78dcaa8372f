//! A chain of ten million nodes: no recursion, linear time.

use chainrule_graph::{Graph, Real, Tape};

const LENGTH: usize = 10_000_000;

#[test]
fn ten_million_nodes_neither_overflow_the_stack_nor_lose_the_gradient() {
    let g = Graph::new();
    let x = g.parameter("x");
    let mut y = x;
    for _ in 0..LENGTH {
        y = -y;
    }
    let run = g.at(&[(x, 2.0)]).unwrap();
    assert_eq!(run.value(y).unwrap(), 2.0);
    assert_eq!(run.gradient(y).unwrap()[x], 1.0);
    let derivative = g.derivative(y, &[x]).unwrap()[0];
    assert_eq!(g.at(&[(x, 2.0)]).unwrap().value(derivative).unwrap(), 1.0);
    assert!(y.formula().len() < 1_000);
}

#[test]
fn a_tape_of_ten_million_records_is_swept_without_recursion() {
    let tape = Tape::new();
    let x = tape.var(0.5);
    let mut y = x;
    for _ in 0..LENGTH {
        y = y.abs();
    }
    assert_eq!(tape.gradient(&y).unwrap()[x], 1.0);
}
