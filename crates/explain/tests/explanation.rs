//! What an explanation says and refuses.

mod graphs;

use chainrule_explain::{Error, Explanation, Notation, Operand, Statement};
use chainrule_graph::{Graph, Real};

use crate::graphs::{explained, lesson, logistic_lesson, tangled};

#[test]
fn steps_are_numbered_and_refer_to_earlier_ones() {
    for explanation in [lesson(), logistic_lesson(&["w1", "w2", "b"]), tangled()] {
        for (place, step) in explanation.steps().iter().enumerate() {
            assert_eq!(step.number, place + 1);
            let used: Vec<usize> = match &step.statement {
                Statement::Value { operands, .. } => operands
                    .iter()
                    .filter_map(
                        |operand| if let Operand::Step(number) = operand { Some(*number) } else { None },
                    )
                    .collect(),
                Statement::Partial { value_step, .. } => vec![*value_step],
                Statement::Adjoint { terms, .. } => {
                    terms.iter().flat_map(|term| [term.adjoint, term.partial]).collect()
                }
                Statement::Path { partials, .. } => partials.clone(),
                Statement::Sum { paths, .. } => paths.clone(),
                Statement::Nudge { from, before, .. } => vec![*from, *before],
                _ => Vec::new(),
            };
            assert!(used.iter().all(|&number| (1..step.number).contains(&number)), "{step:?}");
        }
    }
}

#[test]
fn the_lessons_numbers() {
    // The lesson: dJ/da = 3, dJ/db = 3·c = 6, dJ/dc = 3·b = 9.
    let explanation = lesson();
    assert_eq!(explanation.output(), "J");
    assert_eq!(explanation.inputs(), ["b", "c", "a"]);
    let derivatives = ["a", "b", "c", "u", "v", "J"].map(|name| explanation.derivative(name));
    assert_eq!(derivatives, [3.0, 6.0, 9.0, 3.0, 3.0, 1.0].map(Some));
    assert_eq!(explanation.derivative("nobody"), None);
    assert_eq!(
        explained("parameter c; a*b", &[("c", 0.0), ("a", 2.0), ("b", 1.0)], &["c"]).unwrap().derivative("c"),
        Some(0.0)
    );
}

#[test]
fn an_inner_node_can_be_differentiated_by() {
    let explanation =
        explained("u = b*c; v = a + u; J = 3*v", &[("a", 5.0), ("b", 3.0), ("c", 2.0)], &["u"]).unwrap();
    assert_eq!(explanation.derivative("u"), Some(3.0));
    assert!(explanation.to_string().contains("nudge u from 6 to 7: J = 36, 36 - 33 = 3, exactly dJ/du"));
    assert_eq!(explanation.verify(), Ok(()));
}

#[test]
fn a_d_is_written_only_where_the_edge_is_all() {
    let notations = |formulas| -> Vec<Notation> {
        let explanation = explained(formulas, &[("x", 0.5)], &[]).unwrap();
        explanation
            .steps()
            .iter()
            .filter_map(|step| {
                if let Statement::Partial { notation, .. } = step.statement { Some(notation) } else { None }
            })
            .collect()
    };
    assert_eq!(notations("sin(x)"), [Notation::Total]);
    assert_eq!(notations("x*x"), [Notation::Indexed; 2]);
    assert_eq!(notations("x + sin(x)"), [Notation::Total, Notation::Partial, Notation::Total]);
}

#[test]
fn paths_are_listed_as_long_as_anyone_follows() {
    let doubled = |times: usize| {
        let doublings: String = (1..=times).map(|k| format!("v{k} = v{} + v{};", k - 1, k - 1)).collect();
        explained(&format!("v0 = 1*x; {doublings} J = v{times}*1"), &[("x", 1.0)], &[]).unwrap()
    };
    let count = |explanation: &Explanation| {
        explanation.steps().iter().filter(|step| matches!(step.statement, Statement::Path { .. })).count()
    };
    assert_eq!([1, 2, 3, 4, 30].map(|times| count(&doubled(times))), [2, 4, 8, 0, 0]);
    let text = doubled(30).to_string();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("dJ/dx = 1073741824: 1073741824 paths lead from J to x, too many to list"),
        "{words}"
    );
    assert_eq!(doubled(30).verify(), Ok(()));
}

#[test]
fn nudges_shrink_until_they_show_the_derivative() {
    let slopes = |formulas, x| -> Vec<f64> {
        let explanation = explained(formulas, &[("x", x)], &[]).unwrap();
        let is_nudge = |step: &&chainrule_explain::Step| matches!(step.statement, Statement::Nudge { .. });
        explanation.steps().iter().filter(is_nudge).map(|step| step.value).collect()
    };
    assert_eq!(slopes("3*x + 1", 5.0), [3.0]);
    let square = slopes("x^2", 5.0);
    assert_eq!(square.len(), 3, "{square:?}"); // 11, 10.1, 10.01
    assert!((square[0] - 11.0).abs() < 1e-9 && (square[2] - 10.01).abs() < 1e-9, "{square:?}");
    // By the power of ten below the size where the size is not an everyday one.
    assert!((slopes("x^2", 5e9)[0] - 1.1e10).abs() < 1.0);
    // Steps out of the domain are left out: 1 - x is 0 after a nudge by one.
    assert!(slopes("ln(1 - x)", 0.5).len() < slopes("ln(2 - x)", 0.5).len() + 1);
}

#[test]
fn points_without_a_number_are_refused_by_name() {
    let refusal = |formulas, x: f64| explained(formulas, &[("x", x)], &[]).unwrap_err().to_string();
    assert_eq!(
        refusal("u = x - 2; J = ln(u)", 1.0),
        "`J = ln(u)` has no value at u = -1: that is outside the domain of `ln`, x > 0.0; choose another point"
    );
    assert_eq!(
        refusal("J = ln(x)", -1e-300),
        "`J = ln(x)` has no value at x = -1e-300: that is outside the domain of `ln`, x > 0.0; choose another point"
    );
    assert_eq!(
        refusal("J = exp(x)", 1e3),
        "`J = exp(x)` is beyond the largest f64 at x = 1000; choose another point"
    );
    assert_eq!(
        refusal("J = sqrt(x)", 0.0),
        "the derivative of `J = sqrt(x)` by `x` is not finite at x = 0; choose another point"
    );
    assert_eq!(
        refusal("u = 1e200*x; J = 1e200*u", 1e-300),
        "dJ/dx is beyond the largest f64; choose another point"
    );
}

#[test]
fn graphs_that_nobody_follows_are_refused() {
    let graph = Graph::new();
    let mut node = graph.parameter("x");
    for _ in 0..10_000 {
        node = node.sin();
    }
    let run = graph.at(&[(graph.node("x").unwrap(), 0.5)]).unwrap();
    assert_eq!(Explanation::new(&run, node), Err(Error::TooLarge { nodes: 10_001, most: 10_000 }));
    let constant = chainrule_graph::Node::constant(2.0);
    assert!(Explanation::new(&run, constant).is_err());
}

#[test]
fn ten_thousand_nodes_are_explained() {
    let graph = Graph::new();
    let mut node = graph.parameter("x");
    for _ in 1..10_000 {
        node = node.sin();
    }
    let run = graph.at(&[(graph.node("x").unwrap(), 0.5)]).unwrap();
    let explanation = Explanation::new(&run, node).unwrap();
    assert_eq!(explanation.verify(), Ok(()));
}

#[test]
fn infinite_derivatives_that_nobody_asked_for_do_not_matter() {
    let explanation =
        explained("parameter a; data x; J = a + sqrt(x)", &[("a", 1.0), ("x", 0.0)], &[]).unwrap();
    assert_eq!(explanation.derivative("a"), Some(1.0));
}
