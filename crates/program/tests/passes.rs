//! Each pass on formulas, and its law on random ones.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use chainrule_graph::oracle::{BigFloat, settled, ulps, value as value_at_any_precision};
use chainrule_graph::{Graph, Node, Op, Real, Table};
use chainrule_program::Expression;
use chainrule_program::passes::{ROWS, affine, fold, share, stabilise};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

fn read(formulas: &str) -> Expression {
    let graph = Graph::new();
    let output = graph.parse(formulas).unwrap();
    Expression::new(&graph, &[output]).unwrap()
}

fn text(expression: &Expression) -> String {
    expression.outputs()[0].formula()
}

#[test]
fn constants_are_folded() {
    for (written, folded) in [
        ("(2 + 3*4)*x", "14 * x"),
        ("x*1 + 1*y", "x + y"),
        ("x/1 - 0", "x"),
        ("-(-x)", "x"),
        ("x^1", "x"),
        ("(-x)*(-y)", "x * y"),
        ("(-x)*y", "-(x * y)"),
        ("x*(-y)", "-(x * y)"),
        ("(-x)/(-y)", "x / y"),
        ("x - (-y)", "x + y"),
        ("x + (-y)", "x - y"),
        ("-x + y", "y - x"),
        ("sin(0)*x", "0 * x"), // an infinite x makes it NaN
        ("x + 0", "x + 0"),    // −0 becomes 0
    ] {
        assert_eq!(text(&fold(&read(written)).unwrap()), folded, "{written}");
    }
}

#[test]
fn what_is_common_is_computed_once() {
    let nodes = |formulas: &str| share(&read(formulas)).unwrap().graph().len();
    assert_eq!(nodes("sin(x*y) + sin(x*y)"), 5); // x, y, x·y, sin, +
    assert_eq!(nodes("sin(x*y) + sin(y*x)"), 7); // in another order it rounds the same, but that is not known here
    assert_eq!(nodes("(x + 1)*(x + 1)"), nodes("u = x + 1; u*u"));
}

#[test]
fn sums_of_products_are_fused() {
    for (written, fused) in [
        ("a*b + c*d", "dot([a, c], [b, d])"),
        ("a*b + c*d + e", "dot([a, c], [b, d]) + e"),
        ("e + a*b + c*d", "dot([a, c], [b, d]) + e"),
        ("a*b + e + c*d + f + g*h", "dot([a, c, g], [b, d, h]) + e + f"),
        ("a*b + c", "a * b + c"),
        ("a*b - c*d", "a * b - c * d"),
    ] {
        assert_eq!(text(&affine(&read(written)).unwrap()), fused, "{written}");
    }
    // What somebody else needs stays whole.
    let shared = affine(&read("u = a*b; v = u + c*d; sin(u) + v")).unwrap();
    assert!(!shared.graph().to_string().contains("dot"), "{}", shared.graph());
}

#[test]
fn what_overflows_or_cancels_is_replaced() {
    for (written, stable) in [
        ("ln(sigmoid(u))", "-softplus(-u)"),
        ("ln(1 - sigmoid(u))", "-softplus(u)"),
        ("1 - sigmoid(u)", "sigmoid(-u)"),
        ("ln(1 + exp(u))", "softplus(u)"),
        ("ln_1p(exp(u))", "softplus(u)"),
        ("ln_1p(-sigmoid(u))", "-softplus(u)"),
        ("ln(u + 1)", "ln_1p(u)"),
        ("ln(1 - u)", "ln_1p(-u)"),
        ("exp(u) - 1", "exp_m1(u)"),
        ("ln(exp(u))", "u"),
        ("1/(1 + exp(-u))", "sigmoid(u)"),
        ("recip(exp(u) + 1)", "sigmoid(-u)"),
        ("-1 + exp(u)", "exp_m1(u)"),
        ("ln(exp(u) + 1)", "softplus(u)"),
        ("ln(1 + 1/exp(u))", "softplus(-u)"),
        ("ln(v*exp(u))", "u + ln(v)"),
        ("-ln(exp(a)/(exp(a) + exp(b)))", "softplus(b - a)"),
        ("ln((exp(a) + exp(b))/exp(b))", "softplus(a - b)"),
        ("exp(b)/(exp(a) + exp(b))", "sigmoid(b - a)"),
        ("exp(u)/(1 + exp(u))", "sigmoid(u)"),
        ("exp(a)*(1/exp(b))", "exp_sub(a, b)"),
        ("max(u, 0) - u*y + ln_1p(exp(-abs(u)))", "softplus(u) - u * y"),
        ("-y*ln(sigmoid(z)) - (1 - y)*ln(1 - sigmoid(z))", "y * softplus(-z) + (1 - y) * softplus(z)"),
    ] {
        let (rewritten, report) = stabilise(&read(written)).unwrap();
        assert_eq!(text(&fold(&rewritten).unwrap()), stable, "{written}");
        assert!(!report.is_empty());
    }
    for same in [
        "ln(x) + exp(y) * sigmoid(z) - 1",
        "ln(exp(a) - exp(b))",
        "ln(exp(a) - v)",
        "exp(a) * exp(b)",
        "v * (exp(a) + exp(b))",
        "(exp(a) + exp(b)) / v",
    ] {
        let (stable, report) = stabilise(&read(same)).unwrap();
        assert_eq!((text(&stable).as_str(), report.len()), (same, 0));
    }
}

/// Every row at a few points of its domain: the two sides are equal at arbitrary precision, and the pass does what the row says.
#[test]
fn every_row_is_an_identity_and_is_used() {
    for row in ROWS {
        let written = read(row.written);
        let (stable, report) = stabilise(&written).unwrap();
        assert!(!report.is_empty(), "{row:?}");
        let reported = report.last().unwrap().computed.split(", m = ").next().unwrap();
        assert_eq!(reported.replace(' ', ""), row.computed.replace(' ', ""), "{row:?}");
        let leaves: Vec<String> = written.graph().parameters().filter_map(Node::name).collect();
        let mut tried = [0; 4];
        let weights = [2.0, 0.0, 1e-310, 1e200];
        let points =
            [-3.25, -0.4, 0.0, 0.3, 0.7, 2.5].map(|shift| [0, 1, 2, 3].map(|weight| (shift, weight)));
        for (shift, weight) in points.into_iter().flatten() {
            let at = |expression: &Expression| {
                let graph = expression.graph();
                let point = leaves.iter().enumerate().map(|(k, name)| {
                    let number = match name.as_str() {
                        "v" if row.written.contains("v*") => weights[weight],
                        "w" => 1.5,
                        _ => shift - 0.35 * k as f64,
                    };
                    (graph.node(name).unwrap(), number)
                });
                let point: Vec<_> = point.collect();
                value_at_any_precision(graph, &point, expression.outputs()[0]).unwrap()
            };
            let (Some(truth), Some(found)) = (at(&written), at(&stable)) else { continue };
            if !truth.is_finite() {
                continue; // outside of the domain
            }
            let error = (found.clone() - truth.clone()).to_f64().abs();
            assert!(error <= 1e-30, "{row:?} at {shift}, {}: {found} {truth}", weights[weight]);
            tried[weight] += 1;
        }
        // ln 0 is not finite.
        let needed = tried
            .iter()
            .enumerate()
            .filter(|(weight, _)| *weight != 1 || row.written != "ln(v*exp(a)/exp(b))");
        assert!(needed.map(|(_, tried)| *tried).min().unwrap() >= 3, "{row:?}: {tried:?}");
    }
}

#[test]
fn leaves_keep_their_places_and_dead_code_goes() {
    let graph = Graph::new();
    let output = graph.parse("parameter a, b; data x, y; u = sin(a*x); J = b*y").unwrap();
    let alive = Expression::new(&graph, &[output]).unwrap();
    assert_eq!(alive.graph().to_string(), "parameter a, b; data x, y; J = b * y");
}

/// A step of a random expression: an operation of values made so far.
#[derive(Clone, Debug)]
struct Step {
    op: Index,
    arguments: [Index; 3],
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (any::<Index>(), any::<[Index; 3]>()).prop_map(|(op, arguments)| Step { op, arguments });
    prop::collection::vec(step, 1..=16)
}

/// The sum of all that is made, so that nothing is dead.
fn expression(steps: &[Step]) -> Expression {
    let graph = Graph::new();
    let mut made: Vec<Node<'_>> =
        vec![graph.parameter("p"), graph.data("x"), graph.constant(1.0), graph.constant(-0.5)];
    for Step { op, arguments } in steps {
        let op = *op.get(&Op::all());
        let arity = op.arity().unwrap_or(2).min(3);
        let picked: Vec<Node<'_>> = arguments[..arity].iter().map(|index| *index.get(&made)).collect();
        made.push(Node::apply(&Table, op, &picked));
    }
    let output = Node::sum(made.iter());
    Expression::new(&graph, &[output]).unwrap()
}

fn value(expression: &Expression, at: [f64; 2]) -> f64 {
    let leaves: Vec<_> =
        ["p", "x"].iter().map(|name| expression.graph().node(name).unwrap()).zip(at).collect();
    expression.graph().at(&leaves).unwrap().value(expression.outputs()[0]).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, rng_seed: RngSeed::Fixed(17), failure_persistence: None, ..ProptestConfig::default() })]

    /// Folding and sharing change no bit, NaN and infinities included.
    #[test]
    fn folding_and_sharing_change_no_bit(steps in steps(), p in -3.0..3.0_f64, x in -3.0..3.0_f64) {
        let written = expression(&steps);
        let passed = share(&fold(&written).unwrap()).unwrap();
        let (before, after) = (value(&written, [p, x]), value(&passed, [p, x]));
        prop_assert!(before.to_bits() == after.to_bits() || (before.is_nan() && after.is_nan()), "{} {}", before, after);
        prop_assert!(passed.graph().len() <= written.graph().len());
    }

    /// Fusion changes roundings alone: nothing that a change of the leaves by 10⁻⁹ would not.
    #[test]
    fn fusion_stays_close(steps in steps(), p in 0.1..1.0_f64, x in 0.1..1.0_f64) {
        let written = expression(&steps);
        let fused = affine(&written).unwrap();
        let (before, after) = (value(&written, [p, x]), value(&fused, [p, x]));
        prop_assume!(before.is_finite());
        let moved = |at| (value(&written, at) - before).abs();
        let moves = moved([p * (1.0 + 1e-9), x]) + moved([p, x * (1.0 + 1e-9)]);
        prop_assert!((before - after).abs() <= 1e-12 * before.abs() + 1e-3 * moves + 1e-12, "{} {}", before, after);
    }
}

#[test]
fn rewritings_are_told_by_the_names_of_nodes() {
    let (_, rewrites) =
        stabilise(&read("z = w*x + b; a = sigmoid(z); -y*ln(a) - (1 - y)*ln(1 - a)")).unwrap();
    let told: Vec<(&str, &str)> =
        rewrites.iter().map(|rewrite| (rewrite.written.as_str(), rewrite.computed.as_str())).collect();
    assert_eq!(told[0], ("ln(sigmoid(z))", "-softplus(-z)"));
    assert_eq!(told[1], ("1 - sigmoid(z)", "sigmoid(-z)"));
    let (_, rewrites) = stabilise(&read("r = w*x - y; ln(1 + r^2)")).unwrap();
    assert_eq!(rewrites[0].to_string(), "ln(1 + r^2) is computed as ln_1p(r^2)");
    let told = |formulas: &str| {
        let (_, rewrites) = stabilise(&read(formulas)).unwrap();
        rewrites.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        told("u = p*x; v = q*x; l = ln(exp(u) + 3*exp(v)); ln(exp(l) + exp(r))"),
        [
            "ln(exp(u) + 3 * exp(v)) is computed as m + ln(exp_sub(u, m) + 3 * exp_sub(v, m)), m = round(max(u, v))",
            "ln(exp(l) + exp(r)) is computed as m + ln(exp_sub(l, m) + exp_sub(r, m)), m = round(max(l, r))",
        ]
    );
    assert_eq!(
        told("exp(a)/(exp(a) + exp(b) + 1)"),
        ["exp(a) / (exp(a) + exp(b) + 1) is computed as \
          exp_sub(a, m) / sum(exp_sub(a, m), exp_sub(b, m), exp(-m)), m = round(max(a, b, 0))"]
    );
}

/// A name of a node that looks like one of the report's own does not confuse it.
#[test]
fn a_report_is_right_whatever_nodes_are_called() {
    let told = |name: &str| {
        let formulas = format!(
            "parameter {name}, c, d; ln(exp(c) + exp({name}))*ln(1 + exp(ln(exp(c) + exp(d)) + {name}))"
        );
        let (_, rewrites) = stabilise(&read(&formulas)).unwrap();
        rewrites.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    for name in ["rewritten_0_", "rewritten_1_"] {
        assert_eq!(told(name), told("other").replace("other", name));
    }
}

/// A random tower of what stabilise looks at: σ, ln, e^x, 1 − u, 1 + u, 1/u, −u.
#[derive(Clone, Debug)]
struct Tower(Vec<usize>);

fn tower_of<'g>(Tower(steps): &Tower, z: Node<'g>) -> Node<'g> {
    steps.iter().fold(z, |u, step| match step {
        0 => u.sigmoid(),
        1 => u.ln(),
        2 => u.exp(),
        3 => 1.0 - u,
        4 => 1.0 + u,
        5 => 1.0 / u,
        6 => u - 1.0,
        _ => -u,
    })
}

fn tower_at(Tower(steps): &Tower, z: &BigFloat) -> BigFloat {
    let one = || BigFloat::constant(1.0);
    steps.iter().fold(z.clone(), |u, step| match step {
        0 => u.sigmoid(),
        1 => u.ln(),
        2 => u.exp(),
        3 => one() - u,
        4 => one() + u,
        5 => one() / u,
        6 => u - one(),
        _ => -u,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, max_global_rejects: 100_000, rng_seed: RngSeed::Fixed(5), failure_persistence: None, ..ProptestConfig::default() })]

    /// Stabilise is never farther from the truth of what was written than what was written, beyond the budgets of the operations that it puts in.
    #[test]
    fn stabilising_never_takes_farther_from_the_truth(steps in prop::collection::vec(0..8_usize, 1..6), z in -60.0..60.0_f64) {
        let tower = Tower(steps);
        let graph = Graph::new();
        let output = tower_of(&tower, graph.parameter("z"));
        let written = Expression::new(&graph, &[output]).unwrap();
        let (stable, rewrites) = stabilise(&written).unwrap();
        prop_assume!(!rewrites.is_empty());
        let at = |expression: &Expression| {
            let graph = expression.graph();
            graph.at(&[(graph.node("z").unwrap(), z)]).unwrap().value(expression.outputs()[0]).unwrap()
        };
        let truth = settled(|precision| tower_at(&tower, &BigFloat::new(z, precision)));
        prop_assume!(truth.as_ref().is_some_and(|truth| truth.is_finite()));
        let truth = truth.unwrap();
        // What stands after a rewritten operation passes an ulp of its own on, magnified as the truth magnifies a change of z.
        let (before, after) = (ulps(at(&written), &truth), ulps(at(&stable), &truth));
        let nudged = settled(|precision| tower_at(&tower, &BigFloat::new(z * (1.0 + 1e-13), precision)));
        let magnified = nudged.map_or(f64::INFINITY, |nudged| ulps(nudged.to_f64(), &truth) / 450.0);
        prop_assert!(
            after <= before + 16.0 * (1.0 + magnified) || after.is_nan() && before.is_nan(),
            "{:?} at {}: {} ulp, and {} before", rewrites, z, after, before
        );
    }
}
