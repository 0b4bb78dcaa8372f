//! The elementary functions against the oracle, over their whole domains.

use chainrule_graph::oracle::{samples, ulps, value_of};
use chainrule_graph::{Graph, Node, Op, Real, Table};
use chainrule_program::{Program, functions};

type Function = fn(f64) -> f64;

const FUNCTIONS: [(Op, Function); 5] = [
    (Op::Exp, functions::exp),
    (Op::ExpM1, functions::exp_m1),
    (Op::Ln, functions::ln),
    (Op::Ln1p, functions::ln_1p),
    (Op::Tanh, functions::tanh),
];

/// What is claimed.
const ULPS: f64 = 2.0;

#[test]
fn errors_are_at_most_two_ulps() {
    for (op, f) in FUNCTIONS {
        let (mut worst, mut at, mut judged) = (0.0, 0.0, 0);
        for arguments in samples(op, 4_000) {
            let x = arguments[0];
            let Some(truth) = value_of(op, &arguments) else { continue };
            if !truth.to_f64().is_finite() {
                continue;
            }
            judged += 1;
            let error = ulps(f(x), &truth);
            // A NaN is the worst of all.
            if error > worst || error.is_nan() {
                (worst, at) = (error, x);
            }
        }
        assert!(judged > 3_000, "{}: {judged} judged", op.name());
        assert!(worst <= ULPS, "{}: {worst} ulp at {at:e}", op.name());
    }
}

/// e^(a − b), where a − b is rounded to many times the last place of the power.
#[test]
fn a_difference_in_an_exponent_costs_no_digits() {
    for arguments in samples(Op::ExpSub, 4_000).into_iter().chain([vec![700.1, 0.3], vec![0.1, 690.3]]) {
        let truth = value_of(Op::ExpSub, &arguments).unwrap();
        let found = functions::exp_sub(arguments[0], arguments[1]);
        let is_same = found == truth.to_f64(); // infinities
        assert!(is_same || ulps(found, &truth) <= 3.0, "{arguments:?}: {found} {truth}");
    }
    let infinite = f64::INFINITY;
    assert_eq!(functions::exp_sub(3.0, infinite), 0.0);
    assert_eq!(functions::exp_sub(-infinite, 3.0), 0.0);
    assert_eq!(functions::exp_sub(infinite, 3.0), infinite);
    assert!(functions::exp_sub(infinite, infinite).is_nan());
}

#[test]
fn whole_numbers_are_the_nearest_and_even_between_two() {
    for x in [0.0, -0.0, 0.3, 0.5, 1.5, 2.5, -0.5, -2.7, 1e15 + 0.5, 1e300, f64::INFINITY, f64::NEG_INFINITY]
    {
        assert_eq!(functions::round(x).to_bits(), x.round_ties_even().to_bits(), "{x}");
    }
    assert!(functions::round(f64::NAN).is_nan());
}

#[test]
fn the_ends_of_the_domains() {
    let infinity = f64::INFINITY;
    for (f, x, value) in [
        (functions::exp as Function, infinity, infinity),
        (functions::exp, -infinity, 0.0),
        (functions::exp, 709.9, infinity),
        (functions::exp, -745.2, 0.0),
        (functions::exp_m1, infinity, infinity),
        (functions::exp_m1, -infinity, -1.0),
        (functions::ln, 0.0, -infinity),
        (functions::ln, infinity, infinity),
        (functions::ln_1p, -1.0, -infinity),
        (functions::ln_1p, infinity, infinity),
        (functions::tanh, infinity, 1.0),
        (functions::tanh, -infinity, -1.0),
    ] {
        assert_eq!(f(x), value, "at {x}");
    }
    for f in [functions::exp, functions::exp_m1, functions::ln, functions::ln_1p, functions::tanh] {
        assert!(f(f64::NAN).is_nan());
    }
    assert!(functions::ln(-1.0).is_nan() && functions::ln_1p(-1.5).is_nan());
    for f in [functions::exp_m1, functions::ln_1p, functions::tanh] {
        assert_eq!((f(0.0).to_bits(), f(-0.0).to_bits()), (0.0_f64.to_bits(), (-0.0_f64).to_bits()));
    }
}

/// An operation of data alone is computed as programs compute it, whichever library that is.
#[test]
fn every_operation_keeps_the_budget_of_the_table() {
    for op in Op::all().into_iter().filter(|op| op.arity().is_some()) {
        let graph = Graph::new();
        let names = ["a", "b", "c"];
        let data: Vec<Node<'_>> =
            names[..op.arity().unwrap_or(0)].iter().map(|name| graph.data(name)).collect();
        let value = Node::apply(&Table, op, &data);
        let program = Program::builder(&graph, value).unwrap().stabilise(false).compile().unwrap();
        let mut judged = 0;
        for arguments in samples(op, 300) {
            let Some(truth) = value_of(op, &arguments) else { continue };
            if !truth.to_f64().is_finite() {
                continue;
            }
            judged += 1;
            let columns: Vec<&[f64]> = arguments.iter().map(std::slice::from_ref).collect();
            let error = ulps(program.value(&[], &columns).unwrap(), &truth);
            let budget = op.value_ulps(&arguments);
            assert!(error <= budget, "{} at {arguments:?}: {error} ulp of {budget}", op.name());
        }
        assert!(judged > 0, "{}", op.name());
    }
}

/// σ and softplus, which are made of these.
#[test]
fn sigmoid_and_softplus_are_at_most_two_ulps_off() {
    for op in [Op::Sigmoid, Op::Softplus] {
        let graph = Graph::new();
        let value = Node::apply(&Table, op, &[graph.data("x")]);
        let program = Program::new(&graph, value).unwrap();
        let mut worst = 0.0_f64;
        for arguments in samples(op, 4_000) {
            let Some(truth) = value_of(op, &arguments) else { continue };
            let error = ulps(program.value(&[], &[&arguments]).unwrap(), &truth);
            worst = worst.max(if error.is_nan() { f64::INFINITY } else { error });
        }
        assert!(worst <= ULPS, "{}: {worst} ulp", op.name());
    }
}
