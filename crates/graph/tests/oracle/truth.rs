//! The two truths: exact where mathematics is, and what every mode of differentiation agrees with.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use chainrule_graph::oracle::{BigFloat, derivative, gradient, slope, ulps, value, value_of};
use chainrule_graph::{Dual, Error, Graph, Node, NodeKind, Op, Real, Run, Tape, Var};
use proptest::prelude::*;

use crate::random::{INPUTS, Step, bound, build, config, graph_of, path_scale, points, recipes};

fn digits(found: Option<BigFloat>) -> String {
    found.map_or("none".to_owned(), |found| format!("{found:.30}"))
}

/// References: closed forms by Python's mpmath 1.3.0 at the f64 arguments, none of them the table's own
/// formula.
#[test]
fn derivatives_of_single_operations() {
    // sech² 0.3, 1/√(1 − x²) at 1 − 2⁻⁵³ = 2^26.5/√(1 − 2⁻⁵⁴), cos 1e300, x^p ln x at (3, −1.25)
    for (op, position, arguments, expected) in [
        (Op::Tanh, 0, [0.3].as_slice(), "9.15136961826629209056869556343e-1"),
        (Op::Asin, 0, &[1.0 - f64::EPSILON / 2.0], "6.7108864000000001862645149231e7"),
        (Op::Sin, 0, &[1e300], "-5.75386111957549046688244275966e-1"),
        (Op::PowF, 1, &[3.0, -1.25], "2.78254940541799481573014844852e-1"),
        (Op::Cos, 0, &[5e-324], "-4.94065645841246544176568792868e-324"),
        (Op::Exp, 0, &[5e-324], "1e0"),
        (Op::Sqrt, 0, &[5e-324], "2.24945689727159819140526925384e161"),
        (Op::Tanh, 0, &[300.0], "1.06015862120172432653547177891e-260"),
    ] {
        assert_eq!(digits(derivative(op, position, arguments)), expected, "{op:?}{arguments:?}");
    }
}

#[test]
fn a_derivative_of_zero_is_zero() {
    for (op, position, arguments) in [
        (Op::Sign, 0, [3.0].as_slice()),
        (Op::Cos, 0, &[0.0]),
        (Op::Max, 0, &[0.0, 5e-324]),
        (Op::Min, 1, &[-1e-100, 0.0]),
        (Op::Select, 0, &[5e-324, 1.0, 2.0]),
        (Op::PowI(0), 0, &[2.0]),
    ] {
        assert!(derivative(op, position, arguments).unwrap().is_zero(), "{op:?}{arguments:?}");
    }
}

#[test]
fn where_there_is_no_derivative_there_is_no_truth() {
    assert!(derivative(Op::Exp, 0, &[1e5]).is_none()); // beyond the range of the oracle
    assert!(derivative(Op::Ln, 0, &[-1.0]).is_none());
    assert!(derivative(Op::Sin, 0, &[f64::NAN]).is_none());
    assert!(derivative(Op::Atan, 0, &[f64::INFINITY]).is_none());
    assert!(derivative(Op::Sin, 1, &[1.0]).is_none());
    assert!(derivative(Op::Sin, 0, &[]).is_none());
}

/// Any function that can be written: a loop, a branch, a formula without an operation of its own.
#[test]
fn slopes_of_functions() {
    let tower = |x: BigFloat| (0..3).fold(x.clone(), |power, _| x.powf(&power));
    let found = slope(tower, 2.0).unwrap();
    // x^(x^(x^x)) at 2, by mpmath's diff of the same formula at 100 digits
    assert_eq!(format!("{found:.20}"), "5.3898956240305932063e6");
    assert!(slope(|x| x.ln(), -1.0).is_none());
    assert!(slope(|x| x, f64::INFINITY).is_none());
    assert_eq!(slope(|x| x.powi(2), 0.0).map(|slope| slope.is_zero()), Some(true));
}

#[test]
fn values_of_single_operations() {
    assert!(value_of(Op::Ln, &[-1.0]).unwrap().is_nan());
    assert_eq!(value_of(Op::Ln, &[0.0]).unwrap().to_f64(), f64::NEG_INFINITY);
    assert!(value_of(Op::Sub, &[3.0, 3.0]).unwrap().is_zero());
    assert!(value_of(Op::Sin, &[]).unwrap().is_nan());
}

#[test]
fn rounding_truths_of_a_graph() {
    // 1 − σ(z) by the naive formula: f64 has nothing left at z = 40, its slope −σ′(z) neither by this route.
    let g = Graph::new();
    let (z, unused) = (g.parameter("z"), g.data("unused"));
    let j = 1.0 - (1.0 + (-z).exp()).recip();
    let bindings = [(z, 40.0), (unused, 1.0)];
    assert_eq!(g.at(&bindings).unwrap().value(j).unwrap(), 0.0);
    let truth = value(&g, &bindings, j).unwrap().unwrap();
    assert!(ulps((-40.0_f64).exp(), &truth) < 2.0);
    let slopes = gradient(&g, &bindings, j).unwrap();
    assert!(ulps(-(-40.0_f64).exp(), slopes[0].as_ref().unwrap()) < 2.0);
    assert!(slopes[1].as_ref().unwrap().is_zero());

    let h = Graph::new();
    let other = h.parameter("x");
    assert!(matches!(value(&g, &bindings, other), Err(Error::NotInGraph { .. })));
    assert!(matches!(gradient(&g, &[(z, 1.0)], j), Err(Error::MissingBinding { .. })));
}

/// The kinks of a run, in the order of the nodes: on which side of each every operation is.
fn sides<R: Real>(run: &Run<'_, R>, to_f64: impl Fn(R) -> f64) -> Vec<Option<std::cmp::Ordering>> {
    let mut sides = Vec::new();
    for node in run.nodes() {
        let NodeKind::Operation(op) = node.kind() else { continue };
        let arguments: Vec<f64> =
            node.arguments().into_iter().map(|argument| to_f64(run.value(argument).unwrap())).collect();
        sides.extend(op.kink_values(&arguments).iter().map(|kink| kink.partial_cmp(&0.0)));
    }
    sides
}

fn precise(point: &[f64; INPUTS], precision: usize) -> [BigFloat; INPUTS] {
    point.map(|value| BigFloat::new(value, precision))
}

fn bound_precisely<'g>(inputs: &[Node<'g>; INPUTS], point: [BigFloat; INPUTS]) -> Vec<(Node<'g>, BigFloat)> {
    inputs.iter().copied().zip(point).collect()
}

/// What rounding can do to each derivative, to first order.
///
/// An error δᵢ in the value of node i moves ∂J/∂x by δᵢ·∂²J/∂vᵢ∂x, which is the tangent of the adjoint of
/// node i in the direction of x: a sweep at dual numbers gives all of them. Each value is off by its budget
/// at most, in units of 2⁻⁵²|vᵢ|, and each product of partials along a path by the budgets of its factors; 16
/// covers those of one node.
fn rounding_bound(
    g: &Graph,
    inputs: &[Node<'_>; INPUTS],
    output: Node<'_>,
    point: &[f64; INPUTS],
) -> Vec<f64> {
    let run = g.at(&bound(inputs, point)).unwrap();
    let paths = path_scale(&run, g, output, inputs);
    let count = run.nodes().count() as f64;
    (0..INPUTS)
        .map(|k| {
            let seed = |i: usize| Dual::new(point[i], f64::from(u8::from(i == k)));
            let seeded: Vec<_> = inputs.iter().enumerate().map(|(i, &input)| (input, seed(i))).collect();
            let dual = g.at(&seeded).unwrap();
            let adjoints = dual.gradient(output).unwrap();
            let moved = |node: Node<'_>| (dual.value(node).unwrap().value * adjoints[node].tangent).abs();
            let values: f64 = run.nodes().map(moved).sum();
            16.0 * f64::EPSILON * (values + count * paths[k])
        })
        .collect()
}

/// The gradient in every mode at f64.
fn all_modes(
    g: &Graph,
    recipe: &[Step],
    inputs: &[Node<'_>; INPUTS],
    output: Node<'_>,
    point: &[f64; INPUTS],
) -> Vec<(&'static str, [f64; INPUTS])> {
    let reverse = g.at(&bound(inputs, point)).unwrap().gradient(output).unwrap();
    let slopes = g.derivative(output, inputs).unwrap();
    let evaluated = g.at(&bound(inputs, point)).unwrap();
    let dual = |k: usize| {
        let seeded: Vec<_> = (0..INPUTS).map(|i| Dual::new(point[i], f64::from(u8::from(i == k)))).collect();
        build(recipe, &seeded).tangent
    };
    let tape = Tape::new();
    let variables: [Var<'_>; INPUTS] = point.map(|value| tape.var(value));
    let recorded = tape.gradient(&build(recipe, &variables)).unwrap();
    vec![
        ("reverse sweep", inputs.map(|input| reverse[input])),
        ("dual numbers", [0, 1, 2].map(dual)),
        ("symbolic", [0, 1, 2].map(|k| evaluated.value(slopes[k]).unwrap())),
        ("tape", variables.map(|variable| recorded[variable])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..config() })]

    #[test]
    fn all_modes_agree_with_the_rounding_truth(recipe in recipes(), point in points()) {
        let g = Graph::new();
        let (inputs, output) = graph_of(&g, &recipe);
        let run = g.at(&bound(&inputs, &point)).unwrap();
        let exact = g.at(&bound_precisely(&inputs, precise(&point, 256))).unwrap();
        // On another side of a kink there is another derivative, and rounding may have chosen the side.
        prop_assume!(sides(&run, |x| x) == sides(&exact, |x| x.to_f64()));
        let truths = gradient(&g, &bound(&inputs, &point), output).unwrap();
        let bounds = rounding_bound(&g, &inputs, output, &point);
        for (mode, found) in all_modes(&g, &recipe, &inputs, output, &point) {
            for k in 0..INPUTS {
                let Some(truth) = &truths[k] else { continue };
                let error = (BigFloat::constant(found[k]) - truth).to_f64().abs();
                let allowed = bounds[k];
                prop_assert!(error <= allowed, "{mode}, input {k}: off by {error:e}, allowed is {allowed:e}");
            }
        }
    }

    /// The gradient by the rules at 600 bits is the one by differences of the whole graph's value at 600
    /// bits.
    #[test]
    fn gradients_of_graphs_are_those_of_their_values(recipe in recipes(), point in points()) {
        const BITS: usize = 600;
        const STEP: isize = -200;
        let at = precise(&point, BITS);
        let g = Graph::new();
        let (inputs, output) = graph_of(&g, &recipe);
        let run = g.at(&bound_precisely(&inputs, at.clone())).unwrap();
        let clear_of_kinks = |side: &Option<std::cmp::Ordering>| side.is_some_and(std::cmp::Ordering::is_ne);
        prop_assume!(sides(&run, |x| x.to_f64()).iter().all(clear_of_kinks));
        let adjoints = run.gradient(output).unwrap();
        for k in 0..INPUTS {
            let moved = |by: f64| {
                let mut moved = at.clone();
                moved[k] = moved[k].clone() + BigFloat::new(by, BITS).scaled(STEP);
                build(&recipe, &moved)
            };
            let difference = (moved(1.0) - moved(-1.0)).scaled(-STEP - 1);
            let error = (difference.clone() - &adjoints[inputs[k]]).to_f64().abs();
            // h² is 2⁻⁴⁰⁰; third derivatives of these expressions are nowhere near 2¹⁰⁰ times the value's
            // size.
            prop_assert!(error <= 2.0_f64.powi(-300), "input {k}: {difference} and {}", adjoints[inputs[k]]);
        }
    }
}
