//! One generic function at every type, and every method against the operation of its name.
//!
//! The reference is f64, whose values `op.rs` compares with the standard library.

use chainrule_graph::{Dual, Graph, Lanes, Node, Number, Op, Primitive, Real, Table, Tape, Var};

/// Uses every method of `Real` and every operator at least once.
fn everything<R: Real>(x: &R, y: &R) -> R {
    let one = R::constant(1.0);
    let arithmetic = (x.clone() + y) * (x.clone() - y) / (y.powi(2) + &one) - x.recip();
    let powers = x.powi(3) + x.powf(y) + x.sqrt();
    let exponentials = x.exp() + y.exp_m1() + x.ln() + x.ln_1p();
    let circular = x.sin() + y.cos() + x.tan() + y.atan();
    let inverse = (R::constant(0.25) * x).asin() + (R::constant(0.25) * y).acos();
    let hyperbolic = x.sinh() + y.cosh() + x.tanh();
    let cases = y.abs() + y.sign() + x.min(y) + x.max(y) + x.hypot(y) + R::select(y, x, &one);
    let logistic = x.sigmoid() + y.softplus();
    let terms = [arithmetic, powers, exponentials, circular, inverse, hyperbolic, cases, logistic];
    R::sum(&terms) + R::dot([(x, y), (&one, x)]) + -y.clone()
}

const POINTS: [(f64, f64); 4] = [(0.5, -1.25), (1.5, 2.5), (2.0, 2.0), (0.75, 0.0)];

#[test]
fn a_generic_function_has_the_same_value_at_every_type() {
    for (x, y) in POINTS {
        let expected = everything(&x, &y);
        assert!(expected.is_finite());

        let single = everything(&(x as f32), &(y as f32)); // the points are exact in single precision
        assert!((f64::from(single) - expected).abs() < 1e-5 * (1.0 + expected.abs()), "{single}, {expected}");

        assert_eq!(everything(&Dual::variable(x), &Dual::fixed(y)).value, expected);
        let nested = everything(&Dual::variable(Dual::variable(x)), &Dual::fixed(Dual::fixed(y)));
        assert_eq!(nested.value.value, expected);
        assert_eq!(nested.value.tangent, nested.tangent.value);

        let g = Graph::new();
        let (a, b) = (g.parameter("a"), g.parameter("b"));
        let j = everything(&a, &b);
        assert_eq!(g.at(&[(a, x), (b, y)]).unwrap().value(j).unwrap(), expected);
        let at_duals = g.at(&[(a, Dual::variable(x)), (b, Dual::fixed(y))]).unwrap();
        assert_eq!(at_duals.value(j).unwrap().value, expected);

        let tape = Tape::new();
        assert_eq!(everything(&tape.var(x), &tape.var(y)).value(), expected);
        let tape = Tape::new();
        let output = everything(&tape.var(Dual::variable(x)), &tape.var(Dual::fixed(y)));
        assert_eq!(output.value().value, expected);

        // constants of no graph and of no tape are computed at once
        let constant = everything(&Node::constant(x), &Node::constant(y));
        assert_eq!(g.at(&[(a, x), (b, y)]).unwrap().value(constant).unwrap(), expected);
        assert_eq!(constant.owner(), None);
        assert_eq!(everything(&Var::<f64>::constant(x), &Var::constant(y)).value(), expected);
    }
}

#[test]
fn every_method_is_the_operation_of_its_name() {
    let g = Graph::new();
    let (a, b, c) = (g.parameter("a"), g.parameter("b"), g.parameter("c"));
    let methods: [(&str, Node<'_>); 36] = [
        ("add", a + b),
        ("sub", a - b),
        ("mul", a * b),
        ("div", a / b),
        ("neg", -a),
        ("recip", a.recip()),
        ("powi", a.powi(5)),
        ("powf", a.powf(&b)),
        ("sqrt", a.sqrt()),
        ("exp", a.exp()),
        ("exp_sub", a.exp_sub(&b)),
        ("exp_m1", a.exp_m1()),
        ("ln", a.ln()),
        ("ln_1p", a.ln_1p()),
        ("sin", a.sin()),
        ("cos", a.cos()),
        ("tan", a.tan()),
        ("asin", a.asin()),
        ("acos", a.acos()),
        ("atan", a.atan()),
        ("sinh", a.sinh()),
        ("cosh", a.cosh()),
        ("tanh", a.tanh()),
        ("abs", a.abs()),
        ("sign", a.sign()),
        ("round", a.round()),
        ("min", a.min(&b)),
        ("max", a.max(&b)),
        ("hypot", a.hypot(&b)),
        ("sigmoid", a.sigmoid()),
        ("softplus", a.softplus()),
        ("select", Node::select(&a, &b, &c)),
        ("sum", Node::sum([&a, &b, &c])),
        ("dot", Node::dot([(&a, &b)])),
        ("sum", Node::sum([&a])),
        ("dot", Node::dot([(&a, &c), (&b, &b)])),
    ];
    for (name, node) in methods {
        let chainrule_graph::NodeKind::Operation(op) = node.kind() else { panic!("{name}") };
        assert_eq!(op.name(), name);
        assert!(op.arity().is_none_or(|arity| arity == node.arguments().len()), "{name}");
        assert_eq!(node.arguments()[0].index(), a.index(), "{name} begins with its receiver");
    }
    let missing: Vec<_> =
        Op::all().into_iter().filter(|op| methods.iter().all(|(name, _)| op.name() != *name)).collect();
    assert_eq!(
        missing,
        [Op::Chain, Op::Route, Op::Inside, Op::Exponent],
        "what only derivatives are made of is no method"
    );
    assert_eq!(a.powi(5).kind(), chainrule_graph::NodeKind::Operation(Op::PowI(5)));
}

#[test]
fn the_arguments_of_dot_are_the_left_factors_then_the_right_ones() {
    let g = Graph::new();
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| g.parameter(name));
    assert_eq!(Node::dot([(&a, &b), (&c, &d)]).to_string(), "dot([a, c], [b, d])");
    assert_eq!(<f64 as Real>::dot([(&2.0, &3.0), (&5.0, &7.0)]), 41.0);
}

#[test]
fn an_empty_sum_and_an_empty_dot_product_are_zero_at_every_type() {
    fn empty<R: Real>() -> [R; 2] {
        [R::sum([]), R::dot([])]
    }
    assert_eq!(empty::<f64>(), [0.0, 0.0]);
    assert_eq!(empty::<f32>(), [0.0, 0.0]);
    assert_eq!(empty::<Dual<f64>>().map(|dual| (dual.value, dual.tangent)), [(0.0, 0.0); 2]);
    assert_eq!(empty::<Var<'_>>().map(|variable| variable.value()), [0.0, 0.0]);
    let g = Graph::new();
    let x = g.parameter("x");
    for node in empty::<Node<'_>>() {
        let j = node + x;
        assert_eq!(g.at(&[(x, 1.0)]).unwrap().value(j).unwrap(), 1.0);
    }
}

#[test]
fn sums_run_from_the_first_to_the_last() {
    // 1 is lost beside 10¹⁶, so the order of addition shows
    assert_eq!(<f64 as Real>::sum([&1e16, &1.0, &-1e16]), 0.0);
    assert_eq!(<f64 as Real>::sum([&1e16, &-1e16, &1.0]), 1.0);
    assert_eq!(<f64 as Real>::dot([(&1e8, &1e8), (&1.0, &1.0), (&-1e8, &1e8)]), 0.0);
}

#[test]
fn only_what_is_built_is_known_without_computing() {
    assert!(!Real::is_known(&1.0, 1.0));
    assert!(Node::constant(1.0).is_known(1.0));
    assert!(!Node::constant(1.0).is_known(0.0));
    let g = Graph::new();
    assert!(g.constant(2.0).is_known(2.0));
    assert!(!g.parameter("x").is_known(0.0));
    assert!(Dual::fixed(Node::constant(1.0)).is_known(1.0));
    assert!(!Dual::variable(Node::constant(1.0)).is_known(1.0));
    assert!(Var::<Node<'_>>::constant(1.0).is_known(1.0));
}

#[test]
fn a_primitive_with_the_wrong_number_of_arguments_is_no_number() {
    assert!(f64::compute(Primitive::Sqrt, &[]).is_nan());
    assert!(f64::compute(Primitive::Hypot, &[3.0]).is_nan());
    assert!(f32::compute(Primitive::PowI(0), &[3.0, 4.0]).is_nan());
    for count in [0, 1, 3, 4] {
        let arguments = vec![Lanes([3.0, 4.0]); count];
        assert!(Lanes::compute(Primitive::Hypot, &arguments).0.iter().all(|lane| lane.is_nan()));
    }
    assert_eq!(f64::compute(Primitive::Hypot, &[3.0, 4.0]), 5.0);
    assert!(f64::apply(&Table, Op::Add, &[1.0]).is_nan());
}

/// e^(a − b) at single precision, where the range is another.
#[test]
fn a_power_that_overflows_is_infinite_at_any_precision() {
    assert_eq!(100.0_f32.exp_sub(&2.0), f32::INFINITY);
    assert_eq!(2.0_f32.exp_sub(&200.0), 0.0);
    assert_eq!(800.0_f64.exp_sub(&2.0), f64::INFINITY);
    assert_eq!(f64::NEG_INFINITY.exp_sub(&2.0), 0.0);
    assert!(f64::INFINITY.exp_sub(&f64::INFINITY).is_nan());
}
