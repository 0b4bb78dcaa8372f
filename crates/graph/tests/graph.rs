//! Building and evaluating graphs: names, leaves, bindings, substitution, and every error with its exact message.
//!
//! There are no reference numbers beyond arithmetic on small whole numbers.

use chainrule_graph::{Dual, Error, Graph, Node, NodeKind, Op, Real, Table};

#[test]
fn leaves_and_names() {
    let g = Graph::new();
    assert!(g.is_empty());
    let a = g.parameter("a");
    let x = g.data("x");
    let c = g.constant(2.5).named("half of five");
    let j = (a * x + c).named("J");
    assert_eq!(
        (a.kind(), x.kind(), c.kind()),
        (NodeKind::Parameter, NodeKind::Data, NodeKind::Constant(2.5))
    );
    assert_eq!(j.kind(), NodeKind::Operation(Op::Add));
    assert_eq!(g.len(), 5);
    assert_eq!(g.nodes().map(|node| node.index().unwrap()).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert_eq!((g.nth(3).unwrap().index(), g.nth(5).is_none()), (Some(3), true));
    assert_eq!(g.parameters().map(|node| node.name().unwrap()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(g.node("J").unwrap().index(), j.index());
    assert_eq!(g.node("half of five").unwrap().index(), c.index());
    assert_eq!(j.name().as_deref(), Some("J"));
    assert_eq!((a * x).name(), None);
    assert_eq!(j.owner(), Some(g.owner()));
    assert!(Graph::default().is_empty());
}

#[test]
fn a_new_name_replaces_the_old_one_and_frees_it() {
    let g = Graph::new();
    let a = g.parameter("a").named("b");
    assert_eq!(a.name().as_deref(), Some("b"));
    assert!(g.node("a").is_err());
    assert_eq!(g.parameter("a").error(), None);
    assert_eq!(a.named("b").error(), None, "its own name is no second one");
}

/// Each kind of error, its exact message, and that it comes from every place that can find it.
#[test]
fn errors_name_the_thing_the_place_and_what_to_do() {
    let (g, h) = (Graph::new(), Graph::new());
    let (in_g, in_h) = (g.owner(), h.owner());
    let message = |error: Error| error.to_string();

    // names
    assert_eq!(
        message(g.node("q").unwrap_err()),
        format!("no node of {in_g} is named `q`; its names are: none")
    );
    let (a, b) = (g.parameter("a"), g.data("b"));
    let u = (a * b).named("u");
    assert_eq!(
        message(g.node("q").unwrap_err()),
        format!("no node of {in_g} is named `q`; its names are: a, b, u")
    );
    let twice = format!("the name `u` is given twice in {in_g}; give each node a name of its own");
    for node in [g.parameter("u"), g.data("u"), a.named("u")] {
        assert_eq!(node.kind(), NodeKind::Poisoned);
        assert_eq!(message(node.error().unwrap()), twice);
    }
    assert_eq!(g.len(), 3, "a refused leaf is not added");
    assert_eq!(a.name().as_deref(), Some("a"), "a refused name changes nothing");

    // bindings
    let bound = |bindings: &[(Node<'_>, f64)]| message(g.at(bindings).map(|_| ()).unwrap_err());
    assert_eq!(bound(&[(a, 1.0)]), format!("`b` of {in_g} has no value; bind it in the list given to `at`"));
    assert_eq!(
        bound(&[(a, 1.0), (b, 2.0), (a, 3.0)]),
        format!("`a` of {in_g} is bound twice; bind each parameter and data node once")
    );
    let not_a_leaf = |node: &str| {
        format!("`{node}` of {in_g} is not a parameter or data node; leave it out of the list given to `at`")
    };
    assert_eq!(bound(&[(a, 1.0), (b, 2.0), (u, 2.0)]), not_a_leaf("u"));
    assert_eq!(bound(&[(Node::constant(7.0), 1.0)]), not_a_leaf("7"));
    let unnamed = a + 1.0;
    assert_eq!(bound(&[(unnamed, 1.0)]), not_a_leaf("#4"));

    // nodes of another graph
    let foreign = h.parameter("x");
    let elsewhere = format!("node 0 belongs to {in_h}, not to {in_g}; ask the one that made it");
    let run = g.at(&[(a, 1.0), (b, 2.0)]).unwrap();
    assert_eq!(bound(&[(foreign, 1.0)]), elsewhere);
    assert_eq!(message(run.value(foreign).unwrap_err()), elsewhere);
    assert_eq!(message(run.gradient(foreign).unwrap_err()), elsewhere);
    assert_eq!(message(run.edges(foreign).unwrap_err()), elsewhere);
    assert_eq!(message(run.paths(foreign, a, 1).unwrap_err()), elsewhere);
    assert_eq!(message(run.paths(u, foreign, 1).unwrap_err()), elsewhere);
    assert_eq!(message(run.gradient(u).unwrap().get(foreign).unwrap_err().clone()), elsewhere);
    assert_eq!(message(g.derivative(foreign, &[a]).unwrap_err()), elsewhere);
    assert_eq!(message(g.derivative(u, &[foreign]).unwrap_err()), elsewhere);
    assert_eq!(message(g.hessian(u, &[foreign]).unwrap_err()), elsewhere);

    // two graphs in one operation
    let mixed =
        format!("an operation mixes nodes of {in_g} and {in_h}; build the whole expression in one of them");
    for node in [a + foreign, Real::max(&a, &foreign), Node::sum([&a, &b, &foreign])] {
        assert_eq!(message(node.error().unwrap()), mixed);
    }

    // nodes made after the evaluation
    let later = u + 1.0;
    let index = later.index().unwrap();
    let too_late = format!("node {index} of {in_g} was made after this evaluation; call `at` again");
    assert_eq!(message(run.value(later).unwrap_err()), too_late);
    assert_eq!(message(run.gradient(later).unwrap_err()), too_late);
    assert_eq!(message(run.edges(later).unwrap_err()), too_late);
    assert_eq!(message(run.paths(later, a, 1).unwrap_err()), too_late);

    // constants of no graph have values but no paths
    let nowhere = "the constant 7 belongs to no graph; make it with `Graph::constant`";
    assert_eq!(message(run.paths(Node::constant(7.0), a, 1).unwrap_err()), nowhere);
    assert_eq!(message(run.paths(u, Node::constant(7.0), 1).unwrap_err()), nowhere);

    // the number of arguments
    let wrong = Node::apply(&Table, Op::Select, &[a, b]);
    assert_eq!(
        message(wrong.error().unwrap()),
        format!("`select` in {in_g} was given the wrong number of arguments, 2; give it 3")
    );

    // no machine of today fills a graph: four thousand million nodes
    assert_eq!(
        message(Error::Full { graph: in_g }),
        format!("{in_g} is full at 2^32 - 1 nodes or edges; split the computation over several")
    );
}

#[test]
fn poison_spreads_and_never_panics() {
    let (g, h) = (Graph::new(), Graph::new());
    let (a, x) = (g.parameter("a"), h.parameter("x"));
    let poisoned = a * x;
    let error = poisoned.error().unwrap();
    let length = g.len();
    for node in [
        poisoned + a,
        2.0 * poisoned,
        poisoned.sin(),
        Real::hypot(&a, &poisoned),
        Node::sum([&a, &poisoned]),
        poisoned.named("p"),
    ] {
        assert_eq!(node.error().as_ref(), Some(&error));
    }
    assert_eq!(g.len(), length, "nothing is added for a mistake");
    assert!(g.node("p").is_err());
    let run = g.at(&[(a, 1.0)]).unwrap();
    assert_eq!(run.value(poisoned).unwrap_err(), error);
    assert_eq!(run.gradient(poisoned).unwrap_err(), error);
    assert_eq!(run.edges(poisoned).unwrap_err(), error);
    assert_eq!(run.paths(poisoned, a, 1).unwrap_err(), error);
    assert_eq!(run.gradient(a).unwrap().get(poisoned).unwrap_err(), error);
    assert_eq!(g.derivative(poisoned, &[a]).unwrap_err(), error);
    assert_eq!(g.at(&[(poisoned, 1.0)]).unwrap_err(), error);
    // in the other graph it is the same mistake
    assert_eq!((poisoned + x).error().as_ref(), Some(&error));
    assert_eq!((poisoned.name(), poisoned.index(), poisoned.arguments().len()), (None, None, 0));
    assert_eq!((poisoned.formula(), poisoned.latex()), ("?".to_owned(), "?".to_owned()));
}

#[test]
fn two_graphs_are_never_the_same_owner() {
    let (g, h) = (Graph::new(), Graph::new());
    assert_ne!(g.owner(), h.owner());
    assert!(g.owner().to_string().starts_with("graph #"));
}

#[test]
fn neither_running_nor_differentiating_changes_what_is_there() {
    let g = Graph::new();
    let (a, b) = (g.parameter("a"), g.parameter("b"));
    let j = (a * b).exp();
    let formulas = || g.nodes().map(|node| node.formula()).collect::<Vec<_>>();
    let before = formulas();
    let run = g.at(&[(a, 1.0), (b, 2.0)]).unwrap();
    let d = run.gradient(j).unwrap();
    assert_eq!(formulas(), before);
    let slopes = g.derivative(j, &[a, b]).unwrap();
    assert_eq!(formulas()[..before.len()], before, "symbolic derivatives only add");
    let again = g.at(&[(a, 1.0), (b, 2.0)]).unwrap();
    assert_eq!(again.value(slopes[0]).unwrap(), d[a]);
}

#[test]
fn derivatives_of_and_by_anything() {
    let g = Graph::new();
    let (a, b) = (g.parameter("a"), g.parameter("b"));
    let u = (a * b).named("u");
    let j = u.powi(2) + a;
    let later = g.parameter("later");
    let values = |node: Node<'_>| g.at(&[(a, 3.0), (b, 5.0), (later, 7.0)]).unwrap().value(node).unwrap();
    // by an inner node, all of its paths but not those beside it; by the output itself; by what comes later
    let slopes = g.derivative(j, &[a, u, j, later, Node::constant(1.0)]).unwrap();
    assert_eq!(slopes.into_iter().map(values).collect::<Vec<_>>(), [151.0, 30.0, 1.0, 0.0, 0.0]);
    assert_eq!(values(g.derivative(Node::constant(4.0), &[a]).unwrap()[0]), 0.0);
    assert!(g.derivative(j, &[]).unwrap().is_empty());
    // the same input twice
    let twice = g.derivative(j, &[a, a]).unwrap();
    assert_eq!(twice.into_iter().map(values).collect::<Vec<_>>(), [151.0, 151.0]);
}

/// Factors that are known to be 1 and terms that are known to be 0 are not written down.
#[test]
fn derivatives_read_as_on_paper() {
    let g = Graph::new();
    let (x, y) = (g.parameter("x"), g.parameter("y"));
    for (formula, slope) in [
        (x + y, "1"),
        (y.exp(), "0"),
        ((x + y).sin(), "cos(x + y)"),
        (x.powi(2), "2 * x"),
        (x.powi(1), "1"),
        (x.powi(3), "3 * x^2"),
        (3.0 * x + y, "3"),
        (x * y + x, "1 + y"),
        (x.exp() * y, "y * exp(x)"),
        (-x.ln(), "-1 * (1 / x)"),
    ] {
        assert_eq!(g.derivative(formula, &[x]).unwrap()[0].formula(), slope, "{formula}");
    }
}

#[test]
fn the_hessian_as_formulas() {
    let g = Graph::new();
    let (x, y) = (g.parameter("x"), g.parameter("y"));
    let h = g.hessian(x.powi(2) * y + y.exp(), &[x, y]).unwrap();
    let run = g.at(&[(x, 3.0), (y, 0.0)]).unwrap();
    let values: Vec<Vec<f64>> =
        h.iter().map(|row| row.iter().map(|&entry| run.value(entry).unwrap()).collect()).collect();
    assert_eq!(values, [[0.0, 6.0], [6.0, 1.0]]);
}

/// Bound to nodes instead of numbers, a graph is rewritten: substitution.
#[test]
fn nodes_as_values_substitute() {
    let g = Graph::new();
    let (a, b) = (g.parameter("a"), g.parameter("b"));
    let j = a.powi(2) + b;
    let run = g.at(&[(a, a + 1.0), (b, Node::constant(4.0))]).unwrap();
    let substituted = run.value(j).unwrap();
    assert_eq!(substituted.formula(), "(a + 1)^2 + 4");
    assert_eq!(run.gradient(j).unwrap()[a].formula(), "2 * (a + 1)");
    assert_eq!(g.at(&[(a, 2.0), (b, 0.0)]).unwrap().value(substituted).unwrap(), 13.0);

    // into another graph
    let h = Graph::new();
    let x = h.parameter("x");
    let moved = g.at(&[(a, x.exp()), (b, x)]).unwrap().value(j).unwrap();
    assert_eq!(moved.owner(), Some(h.owner()));
    assert_eq!(moved.formula(), "exp(x)^2 + x");
    // constants all the way down are folded
    let folded = g.at(&[(a, Node::constant(3.0)), (b, Node::constant(4.0))]).unwrap().value(j).unwrap();
    assert_eq!(folded.kind(), NodeKind::Constant(13.0));
    assert_eq!(folded.owner(), None);
}

#[test]
fn a_graph_runs_at_single_precision_and_at_duals() {
    let g = Graph::new();
    let a = g.parameter("a");
    let j = a / 3.0;
    let single = g.at(&[(a, 1.0_f32)]).unwrap();
    assert_eq!(single.value(j).unwrap(), 1.0_f32 / 3.0);
    assert_eq!(single.gradient(j).unwrap()[a], 1.0_f32 / 3.0);
    let dual = g.at(&[(a, Dual::variable(3.0))]).unwrap().value(j).unwrap();
    assert_eq!((dual.value, dual.tangent), (1.0, 1.0 / 3.0));
}

#[test]
fn a_graph_is_empty_until_its_first_node() {
    let g = Graph::new();
    assert!(g.is_empty());
    let _ = g.constant(1.0);
    assert_eq!((g.is_empty(), g.len()), (false, 1));
}
