//! Reading gradients: by index, by `get`, twice, and the one documented panic.
//!
//! There are no reference numbers beyond arithmetic on small whole numbers.

use chainrule_graph::{Error, Graph, Node, Real, Tape};

#[test]
fn a_gradient_asked_for_twice_is_the_same_and_nothing_accumulates() {
    let g = Graph::new();
    let (a, b) = (g.parameter("a"), g.parameter("b"));
    let j = a * b + a;
    let run = g.at(&[(a, 3.0), (b, 2.0)]).unwrap();
    let first = run.gradient(j).unwrap();
    let second = run.gradient(j).unwrap();
    assert_eq!((first[a], first[b]), (3.0, 3.0));
    assert_eq!((second[a], second[b]), (3.0, 3.0));
    assert_eq!(first.clone()[a], 3.0);
    assert_eq!(run.gradient(a).unwrap()[b], 0.0);
}

#[test]
fn a_gradient_outlives_its_graph_s_growth() {
    let g = Graph::new();
    let a = g.parameter("a");
    let d = g.at(&[(a, 3.0)]).unwrap().gradient(a.powi(2)).err();
    assert!(matches!(d, Some(Error::AddedLater { .. })));
    let j = a.powi(2);
    let d = g.at(&[(a, 3.0)]).unwrap().gradient(j).unwrap();
    let later = g.parameter("later");
    assert_eq!(d[a], 6.0);
    assert_eq!(d[later], 0.0, "an output cannot depend on what was made after it");
    assert_eq!(d[Node::constant(1.0)], 0.0);
}

#[test]
fn get_returns_what_indexing_panics_at() {
    let (g, h) = (Graph::new(), Graph::new());
    let (a, x) = (g.parameter("a"), h.parameter("x"));
    let d = g.at(&[(a, 3.0)]).unwrap().gradient(a).unwrap();
    assert_eq!(d.get(a), Ok(&1.0));
    assert_eq!(d.get(Node::constant(1.0)), Ok(&0.0));
    assert_eq!(d.get(x), Err(Error::NotInGraph { node: 0, other: h.owner(), graph: g.owner() }));
    assert_eq!(d.get(a + x).err(), (a + x).error());
    let tape = Tape::new();
    let v = tape.var(1.0);
    assert_eq!(d.get_var(&v), Err(Error::NotInGraph { node: 0, other: tape.owner(), graph: g.owner() }));
}

#[test]
#[should_panic(expected = "node 0 belongs to graph #")]
fn indexing_with_a_node_of_another_graph_is_the_documented_panic() {
    let (g, h) = (Graph::new(), Graph::new());
    let (a, x) = (g.parameter("a"), h.parameter("x"));
    let d = g.at(&[(a, 3.0)]).unwrap().gradient(a).unwrap();
    let _ = d[x];
}

#[test]
#[should_panic(expected = "node 0 belongs to tape #")]
fn indexing_with_a_variable_of_another_tape_is_the_same_panic() {
    let (tape, other) = (Tape::new(), Tape::new());
    let (v, w) = (tape.var(1.0), other.var(2.0));
    let d = tape.gradient(&v).unwrap();
    let _ = d[w];
}
