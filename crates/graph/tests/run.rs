//! What an evaluation keeps and what can be asked of it.
//!
//! There are no reference numbers beyond arithmetic on small whole numbers.

use chainrule_graph::{Error, Graph, Node, Op, Real, Rules, Table};

#[test]
fn a_run_keeps_the_graph_as_it_was() {
    let g = Graph::new();
    let a = g.parameter("a");
    let j = a.powi(2);
    let run = g.at(&[(a, 3.0)]).unwrap();
    let b = g.parameter("b");
    let k = j * b;
    assert_eq!(run.value(j).unwrap(), 9.0);
    assert_eq!(run.gradient(j).unwrap()[a], 6.0);
    assert!(matches!(run.value(k), Err(Error::AddedLater { .. })));
    // the next run sees all, and wants all
    assert!(matches!(g.at(&[(a, 3.0)]), Err(Error::MissingBinding { .. })));
    let both = g.at(&[(b, 2.0), (a, 3.0)]).unwrap();
    assert_eq!(both.value(k).unwrap(), 18.0);
    // and the first one is as it was, also as a copy
    let indices: Vec<_> = run.nodes().map(|node| node.index()).collect();
    assert_eq!(indices, [Some(0), Some(1)]);
    assert_eq!(run.clone().gradient(j).unwrap()[a], 6.0);
}

#[test]
fn every_node_has_a_value_and_an_adjoint() {
    let g = Graph::new();
    let (a, x) = (g.parameter("a"), g.data("x"));
    let c = g.constant(10.0);
    let u = a * x;
    let j = u + c;
    let run = g.at(&[(x, 2.0), (a, 3.0)]).unwrap();
    assert_eq!([a, x, c, u, j].map(|node| run.value(node).unwrap()), [3.0, 2.0, 10.0, 6.0, 16.0]);
    let d = run.gradient(j).unwrap();
    assert_eq!([a, x, c, u, j].map(|node| d[node]), [2.0, 3.0, 1.0, 1.0, 1.0]);
    assert_eq!(run.value(Node::constant(7.0)).unwrap(), 7.0);
    assert_eq!(run.gradient(Node::constant(7.0)).unwrap()[a], 0.0);
}

#[test]
fn edges_say_where_they_lead_and_with_which_derivative() {
    let g = Graph::new();
    let (a, b) = (g.parameter("a"), g.parameter("b"));
    let j = Node::dot([(&a, &b), (&a, &a)]);
    let run = g.at(&[(a, 3.0), (b, 5.0)]).unwrap();
    let edges = run.edges(j).unwrap();
    let told: Vec<_> =
        edges.iter().map(|edge| (edge.argument.name().unwrap(), edge.position, edge.partial)).collect();
    let expected = [("a", 0, 5.0), ("a", 1, 3.0), ("b", 2, 3.0), ("a", 3, 3.0)];
    assert_eq!(told, expected.map(|(name, position, partial)| (name.to_owned(), position, partial)));
    assert!(edges.iter().all(|edge| edge.node.index() == j.index()));
    assert!(run.edges(a).unwrap().is_empty());
    assert!(run.edges(Node::constant(1.0)).unwrap().is_empty());
}

/// The table with one partial wrong: what a check must notice.
struct Wrong;

impl Rules for Wrong {
    fn value<N: chainrule_graph::Number>(&self, op: Op, arguments: &[N]) -> N {
        Table.value(op, arguments)
    }

    fn partial<R: Real>(&self, op: Op, position: usize, arguments: &[R], value: &R) -> R {
        let partial = Table.partial(op, position, arguments, value);
        if op == Op::Sin { -partial } else { partial }
    }
}

#[test]
fn other_rules_are_used_by_every_question_to_a_run() {
    let g = Graph::new();
    let x = g.parameter("x");
    let j = x.sin();
    let run = g.at_with(Wrong, &[(x, 0.0)]).unwrap();
    assert_eq!(run.value(j).unwrap(), 0.0);
    assert_eq!(run.gradient(j).unwrap()[x], -1.0);
    assert_eq!(run.edges(j).unwrap()[0].partial, -1.0);
    assert_eq!(run.paths(j, x, 1).unwrap().iter().next().unwrap().product, -1.0);
    let dual = g.at_with(Wrong, &[(x, chainrule_graph::Dual::variable(0.0))]).unwrap();
    assert_eq!(dual.value(j).unwrap().tangent, -1.0);
}
