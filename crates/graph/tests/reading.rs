//! Names: which nodes they mean, what they may not do, and that a mistake leaves the graph as it was.
//!
//! There are no reference numbers; the graphs are small enough to be listed whole.

use chainrule_graph::{Error, Graph, NodeKind};

#[test]
fn names_of_the_graph_are_its_nodes_and_others_become_parameters() {
    let g = Graph::new();
    let x = g.data("x");
    let rate = g.constant(0.5).named("rate");
    let u = (x * rate).named("u");
    let j = g.parse("u + w*x + b").unwrap();
    assert_eq!(j.to_string(), "u + w * x + b");
    let [sum, b] = j.arguments()[..] else { unreachable!() };
    assert_eq!(sum.arguments()[0].index(), u.index());
    assert_eq!((b.kind(), b.name().as_deref()), (NodeKind::Parameter, Some("b")));
    let parameters: Vec<_> = g.parameters().filter_map(|node| node.name()).collect();
    assert_eq!(parameters, ["w", "b"], "in the order of their first appearance");
}

#[test]
fn leaves_can_be_declared() {
    let g = Graph::new();
    let last = g.parse("parameter w2, `w 1`; data x; data * parameter * x * w2; ").unwrap();
    assert_eq!(last.formula(), "data * parameter * x * w2");
    let leaves: Vec<_> = g.nodes().filter_map(|node| Some((node.name()?, node.kind()))).take(5).collect();
    let kinds =
        [NodeKind::Parameter, NodeKind::Parameter, NodeKind::Data, NodeKind::Parameter, NodeKind::Parameter];
    let names = ["w2", "w 1", "x", "data", "parameter"].map(str::to_owned);
    assert_eq!(leaves, names.into_iter().zip(kinds).collect::<Vec<_>>());
    let declared = g.parse("data y").unwrap();
    assert_eq!((declared.name().as_deref(), declared.kind()), (Some("y"), NodeKind::Data));
}

#[test]
fn the_last_formula_is_called_j_if_nothing_else_is() {
    let name = |g: &Graph, text: &str| g.parse(text).unwrap().name();
    let g = Graph::new();
    assert_eq!(name(&g, "a * b").as_deref(), Some("J"));
    assert_eq!(name(&g, "a + b"), None, "the name is taken");
    assert_eq!(name(&g, "v = a - b").as_deref(), Some("v"));
    for (text, expected) in [
        ("a", Some("a")),
        ("3", None),
        ("pi", None),
        ("J * 2", None),
        ("J = a; J + 1", None),
        ("u = a*b; u", Some("u")),
    ] {
        assert_eq!(name(&Graph::new(), text).as_deref(), expected, "{text}");
    }
}

#[test]
fn another_name_for_a_node_is_known_in_its_text_alone() {
    let g = Graph::new();
    let j = g.parse("p = a; u = a*b; q = (u); p*q + p").unwrap();
    assert_eq!(j.to_string(), "a * u + a");
    assert!(g.node("p").is_err() && g.node("q").is_err());
    assert_eq!(g.parse("r = u").unwrap().name().as_deref(), Some("u"));
    assert_eq!(g.parse("three = 3; two = three; two").unwrap().name().as_deref(), Some("three"));
}

#[test]
fn pi_and_e_are_constants_unless_a_node_has_the_name() {
    let g = Graph::new();
    assert_eq!(g.parse("e").unwrap().kind(), NodeKind::Constant(std::f64::consts::E));
    assert_eq!(g.parse("tau = pi; tau").unwrap().kind(), NodeKind::Constant(std::f64::consts::PI));
    assert_eq!(g.parse("pi").unwrap().formula(), "pi");
    let e = g.parameter("e");
    assert_eq!(g.parse("e").unwrap().index(), e.index());
    let g = Graph::new();
    let j = g.parse("pi = 3; data e; pi * e").unwrap();
    assert_eq!((j.to_string(), j.formula()), ("pi * e".to_owned(), "3 * e".to_owned()));
}

#[test]
fn names_are_given_once_and_before_they_are_used() {
    let g = Graph::new();
    g.parse("K = k1 * 2").unwrap();
    let before = g.to_string();
    for (text, line, character, message) in [
        ("u = 2*a; u = 3*a", 1, 10, "found `u` a second time, expected a name that is free"),
        ("u = 2*a; data u", 1, 15, "found `u` a second time, expected a name that is free"),
        ("parameter a, `a`", 1, 14, "found `a` a second time, expected a name that is free"),
        ("K = 3", 1, 1, "found `K`, which the graph has, expected a name that is free"),
        ("data k1; 2", 1, 6, "found `k1`, which the graph has, expected a name that is free"),
        (
            "J = 3*v; v = a + u",
            1,
            10,
            "found the definition of `v`, which character 7 uses, expected it before its first use",
        ),
        (
            "J = a +\n 3*e;\ne = 2",
            3,
            1,
            "found the definition of `e`, which line 2, character 4 uses, expected it before its first use",
        ),
        (
            "a = a + 1",
            1,
            1,
            "found the definition of `a`, which character 5 uses, expected it before its first use",
        ),
        (
            "x * 2; data x; x",
            1,
            1,
            "found a formula without a name before the last, expected `name = formula`",
        ),
        (
            "y = x * 2; data x; x",
            1,
            17,
            "found the definition of `x`, which character 5 uses, expected it before its first use",
        ),
        (
            "a*b; parameter c",
            1,
            1,
            "found a formula without a name before the last, expected `name = formula`",
        ),
    ] {
        let Err(Error::Formula(mistake)) = g.parse(text) else { panic!("{text} is right") };
        assert_eq!((mistake.line(), mistake.character()), (line, character), "{text}");
        let found = format!("found {}, expected {}", mistake.found(), mistake.expected());
        assert_eq!(found, message, "{text}");
        assert_eq!(g.to_string(), before, "nothing is left behind");
    }
}
