//! What an explanation says and refuses.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

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
    // Steps out of the domain are left out: 1 - x is negative after a nudge by one, and 0.4 after one by 0.1.
    let first = slopes("ln(1 - x)", 0.5)[0];
    assert!((first - (0.4_f64.ln() - 0.5_f64.ln()) / 0.1).abs() < 1e-9, "{first}");
    // A steep function takes more than the steps that are always shown.
    let steep = slopes("sin(1e6*x)", 0.0);
    assert!((steep.last().unwrap() - 1e6).abs() < 1e3, "{steep:?}");
}

/// Whether a nudge is called exact, and whether it is said that none shows the derivative.
fn claims(formulas: &str, point: &[(&str, f64)]) -> (bool, bool) {
    let explanation = explained(formulas, point, &[]).unwrap();
    assert_eq!(explanation.verify(), Ok(()), "{formulas}");
    let claims =
        |step: &chainrule_explain::Step| matches!(step.statement, Statement::Nudge { exact: true, .. });
    let text = explanation.text().width(1000).to_string();
    (
        explanation.steps().iter().any(claims),
        text.contains("No nudge shows the derivative by x: f64 has no more digits"),
    )
}

#[test]
fn what_rounding_hides_is_not_called_exact() {
    assert_eq!(claims("3*x + 1", &[("x", 5.0)]), (true, false));
    assert_eq!(claims("0.1*x + 0.2", &[("x", 0.7)]), (true, false));
    let hidden = [
        ("tanh(x)", 30.0),
        ("10000000000000000 + x^2", 3.0),
        ("1000000000 + 0.00000001*x^2", 3.0),
        ("1 - cos(x)", 1e-9),
        ("tan(pi/2*x)", 1.0),
        ("sin(x)", 1e16),
    ];
    for (formulas, x) in hidden {
        assert_eq!(claims(formulas, &[("x", x)]), (false, true), "{formulas} at {x}");
    }
    for (formulas, x) in [("10000 + x^2", 0.0), ("exp(x)", 709.5), ("exp(x)", -1000.0), ("cos(x)", 1e-3)] {
        assert!(!claims(formulas, &[("x", x)]).0, "{formulas} at {x}");
    }
}

#[test]
fn points_at_the_ends_of_f64_are_explained_or_refused_by_name() {
    for (formulas, point) in [
        ("x^y", &[("x", 0.0), ("y", 0.0)][..]),
        ("x^x", &[("x", 0.0)]),
        ("x^y", &[("x", -2.0), ("y", 2.0)]),
        ("x^2", &[("x", 5e-324)]),
        ("1.7e308*sin(3*x)", &[("x", -0.5)]),
        ("1/x", &[("x", 1.7e308)]),
        ("cosh(max(y*z, x^z))", &[("x", -1.0), ("y", 1.0), ("z", 700.0)]),
    ] {
        let explanation = explained(formulas, point, &[]).unwrap();
        assert_eq!(explanation.verify(), Ok(()), "{formulas}");
        let finite = |step: &chainrule_explain::Step| match step.statement {
            Statement::Nudge { to, after, .. } => {
                to.is_finite() && after.is_finite() && step.value.is_finite()
            }
            _ => step.value.is_finite(),
        };
        assert!(explanation.steps().iter().all(finite), "{formulas}");
    }
    let refusal = |formulas, point: &[(&str, f64)]| explained(formulas, point, &[]).unwrap_err().to_string();
    assert_eq!(
        refusal("c = inf; J = x/c", &[("x", 1.0)]),
        "`c` is inf, and steps go on with finite numbers alone; choose another"
    );
    assert_eq!(
        refusal("J = x/inf", &[("x", 1.0)]),
        "a number in `J = x / inf` is inf, and steps go on with finite numbers alone; choose another"
    );
    assert_eq!(
        refusal("J = 2*x", &[("x", f64::NAN)]),
        "`x` is NaN, and steps go on with finite numbers alone; choose another"
    );
    assert_eq!(
        refusal("u = 1e200*x; J = 1e200*(u - u)", &[("x", 1.0)]),
        "the products along the paths from `J` to `x` are beyond the largest f64; choose another point"
    );
}

#[test]
fn conventions_are_told() {
    let text = |x: f64, y: f64| {
        let explanation = explained("x^y", &[("x", x), ("y", y)], &[]).unwrap();
        explanation.text().width(1000).to_string()
    };
    let remark = "J has a derivative where x > 0; elsewhere, as here, what is stated is a convention.";
    assert!(text(0.0, 0.0).contains(remark) && text(-2.0, 2.0).contains(remark), "{}", text(0.0, 0.0));
    assert!(!text(2.0, 2.0).contains("convention"));
}

#[test]
fn domains_are_told_in_the_formulas_own_terms() {
    let refusal = |formulas, point: &[(&str, f64)]| {
        let text = explained(formulas, point, &[]).unwrap_err().to_string();
        text.split("; choose").next().unwrap().to_owned()
    };
    assert_eq!(
        refusal("max(x, ln(y))", &[("x", 1.0), ("y", -1.0)]),
        "`ln(y)` has no value at y = -1: it has a value and a derivative where y > 0"
    );
    assert_eq!(
        refusal("1/(a - b)", &[("a", 2.0), ("b", 2.0)]),
        "`J = 1 / (a - b)` has no value at a - b = 0: it has a value and a derivative where a - b ≠ 0"
    );
    assert_eq!(
        refusal("x^(-2)", &[("x", 0.0)]),
        "`J = x^(-2)` has no value at x = 0: it has a value and a derivative where x ≠ 0"
    );
    assert_eq!(
        refusal("asin(2*x)", &[("x", 1.0)]),
        "`J = asin(2 * x)` has no value at 2 * x = 2: it has a value and a derivative where -1 < 2 * x < 1"
    );
    assert_eq!(
        refusal("x^0.5", &[("x", -1.0)]),
        "`J = x^0.5` has no value at x = -1: it has a value and a derivative where x > 0"
    );
}

#[test]
fn an_input_counts_once_and_has_a_name() {
    let explanation = explained("a*b", &[("a", 1.0), ("b", 2.0)], &["a", "a"]).unwrap();
    assert_eq!(explanation.inputs(), ["a"]);
    assert!(explanation.to_string().contains("dJ/da = b = 2"));
    let graph = Graph::new();
    let (x, three) = (graph.parameter("x"), graph.constant(3.0));
    let run = |output| Explanation::with_respect_to(&graph.at(&[(x, 2.0)]).unwrap(), output, &[three]);
    assert_eq!(run(three * x), Err(Error::NamelessInput { value: 3.0 }));
    let nothing = explained("3", &[], &[]).unwrap().to_string();
    assert!(nothing.contains("There is nothing to differentiate by"), "{nothing}");
}

#[test]
fn names_of_constants_and_of_numbers_stay_names() {
    let explanation =
        explained("e = 2.718281828459045*x; J = e + 2.718281828459045*x", &[("x", 2.0)], &[]).unwrap();
    let text = explanation.to_string();
    assert!(text.contains("u = 2.718281828459045 * x"), "{text}");
    assert_eq!(explanation.verify(), Ok(()));
    let text = explained("nan*x", &[("nan", 3.0), ("x", 2.0)], &[]).unwrap().to_string();
    assert!(text.contains("dJ/dx = nan = 3"), "{text}");
    let mut steps = explanation.steps().to_vec();
    if let Statement::Value { formula, .. } = &mut steps[2].statement {
        *formula = "e * x".to_owned();
    }
    assert!(explanation.with_steps(steps).verify().is_err());
}

#[test]
fn long_sums_take_no_time_and_little_room() {
    let terms = |count: usize| (0..count).map(|k| format!("x{k}")).collect::<Vec<_>>();
    let point: Vec<(String, f64)> = terms(1500).into_iter().map(|name| (name, 1.0)).collect();
    let point: Vec<(&str, f64)> = point.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    for formulas in [terms(1500).join(" + "), format!("sum({})", terms(1500).join(", "))] {
        let begun = std::time::Instant::now();
        let explanation = explained(&formulas, &point, &[]).unwrap();
        assert_eq!(explanation.verify(), Ok(()));
        assert!(explanation.to_string().len() < 1_000_000);
        assert!(begun.elapsed().as_secs() < 60);
    }
    let graph = Graph::new();
    let x = graph.parameter("x");
    let sum = chainrule_graph::Node::sum(std::iter::repeat_n(&x, 20_001));
    let run = graph.at(&[(x, 0.5)]).unwrap();
    assert_eq!(Explanation::new(&run, sum), Err(Error::TooManyEdges { edges: 20_001, most: 20_000 }));
}

#[test]
fn points_without_a_number_are_refused_by_name() {
    let refusal = |formulas, x: f64| explained(formulas, &[("x", x)], &[]).unwrap_err().to_string();
    assert_eq!(
        refusal("u = x - 2; J = ln(u)", 1.0),
        "`J = ln(u)` has no value at u = -1: it has a value and a derivative where u > 0; choose another point"
    );
    assert_eq!(
        refusal("J = ln(x)", -1e-300),
        "`J = ln(x)` has no value at x = -1e-300: it has a value and a derivative where x > 0; choose another point"
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
