//! Every entry of the table: values, partials, conventions, domains, and what happens to a wrong number of arguments.
//!
//! Values are compared with the standard library's f64 functions; partials with closed forms that are written out
//! here a second time, in another spelling where there is one; sigmoid and softplus at extreme arguments with
//! decimals computed to 60 digits from e^x by Python's `decimal`. The modes of differentiation are compared with each
//! other bit for bit: for a single operation each of them multiplies the same partial by 1 and adds 0.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]
#![allow(clippy::excessive_precision, reason = "references keep the digits they were computed to")]

use std::collections::HashSet;

use chainrule_graph::{Dual, Error, Graph, Node, Op, Real, Rules, Table, Tape, Var};

/// ±0, ±1, subnormal, smallest normal, huge, infinite, not a number, and some in between.
const EDGES: [f64; 21] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    5e-324,
    -5e-324,
    1e-310,
    f64::MIN_POSITIVE,
    1e-20,
    -37.0,
    40.0,
    700.0,
    -745.0,
    1e10,
    1e300,
    f64::MAX,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

fn value(op: Op, arguments: &[f64]) -> f64 {
    f64::apply(&Table, op, arguments)
}

/// Equal, or both not a number, or within `tolerance` of the expected value relative to it.
fn is_close(found: f64, expected: f64, tolerance: f64) -> bool {
    found == expected
        || (found.is_nan() && expected.is_nan())
        || (found - expected).abs() <= tolerance * expected.abs()
}

/// All lists of edges of an operation's arity; for any number, lists of four.
fn edge_lists(op: Op) -> Vec<Vec<f64>> {
    let arity = op.arity().unwrap_or(4);
    if arity < 4 {
        let longer = |lists: Vec<Vec<f64>>, _| -> Vec<Vec<f64>> {
            lists.iter().flat_map(|list| EDGES.map(|edge| [list.as_slice(), &[edge]].concat())).collect()
        };
        return (0..arity).fold(vec![Vec::new()], longer);
    }
    (0..EDGES.len()).map(|i| (0..4).map(|k| EDGES[(i + 5 * k) % EDGES.len()]).collect()).collect()
}

/// The value by the standard library, and how far the table may be from it.
fn by_the_standard_library(op: Op, x: &[f64]) -> (f64, f64) {
    let nan_or = |value: f64| if x.iter().any(|x| x.is_nan()) { f64::NAN } else { value };
    let exact = match op {
        Op::Add => x[0] + x[1],
        Op::Sub => x[0] - x[1],
        Op::Mul => x[0] * x[1],
        Op::Div | Op::Recip | Op::Ln | Op::Ln1p | Op::Sqrt if x.iter().any(|x| x.is_infinite()) => f64::NAN,
        Op::Div => x[0] / x[1],
        Op::Neg => -x[0],
        Op::Recip => 1.0 / x[0],
        // Squares and cubes are products, which round where powf does not.
        Op::PowI(n) if n < 0 && x[0].is_infinite() => f64::NAN,
        Op::PowI(n) => return (x[0].powf(f64::from(n)), 4e-16),
        Op::PowF if x.iter().any(|x| x.is_nan()) || x[1] < 1.0 && x[0].is_infinite() => f64::NAN,
        Op::PowF => x[0].powf(x[1]),
        Op::Sqrt => x[0].sqrt(),
        Op::Exp => x[0].exp(),
        Op::ExpM1 => x[0].exp_m1(),
        // The rounding of the difference, magnified.
        Op::ExpSub => return ((x[0] - x[1]).exp(), 4e-16 + 2.3e-16 * (x[0] - x[1]).abs()),
        Op::Round => x[0].round_ties_even(),
        Op::Ln => x[0].ln(),
        Op::Ln1p => x[0].ln_1p(),
        Op::Sin => x[0].sin(),
        Op::Cos => x[0].cos(),
        Op::Tan => x[0].tan(),
        Op::Asin => x[0].asin(),
        Op::Acos => x[0].acos(),
        Op::Atan => x[0].atan(),
        Op::Sinh => x[0].sinh(),
        Op::Cosh => x[0].cosh(),
        Op::Tanh => x[0].tanh(),
        Op::Abs => x[0].abs(),
        Op::Sign if x[0] == 0.0 => 0.0,
        Op::Sign => x[0].signum(),
        Op::Min => nan_or(x[0].min(x[1])),
        Op::Max => nan_or(x[0].max(x[1])),
        Op::Hypot => x[0].hypot(x[1]),
        // The textbook form, which is right where e⁻ˣ does not overflow; below that σ(x) is eˣ.
        Op::Sigmoid if x[0] < -40.0 => return (x[0].exp(), 4e-16),
        Op::Sigmoid => return (1.0 / (1.0 + (-x[0]).exp()), 8e-16),
        // ln(1 + eˣ) where eˣ is neither tiny nor huge; elsewhere it is eˣ or x.
        Op::Softplus if x[0] < -37.0 => return (x[0].exp(), 4e-16),
        Op::Softplus if x[0] > 37.0 => return (x[0], 4e-16),
        Op::Softplus => return (x[0].exp().ln_1p(), 8e-16),
        Op::Select if x[0] >= 0.0 => x[1],
        Op::Select if x[0] < 0.0 => x[2],
        Op::Select => f64::NAN,
        Op::Sum => x.iter().sum(),
        Op::Dot => (0..x.len() / 2).map(|k| x[k] * x[k + x.len() / 2]).sum(),
        Op::Chain | Op::Route if x[0] == 0.0 => 0.0,
        Op::Chain if x[1] == 0.0 && !x[0].is_nan() => 0.0,
        Op::Route if x[1] == 0.0 => 0.0,
        Op::Chain | Op::Route => x[0] * x[1],
        Op::Exponent if x[0].is_nan() => f64::NAN,
        Op::Inside if x[0].is_nan() || x[0] < 0.0 => f64::NAN,
        Op::Inside | Op::Exponent => x[1],
        other => panic!("no reference for {other:?}"),
    };
    (exact, 0.0)
}

#[test]
fn values_are_those_of_the_standard_library() {
    for op in Op::all() {
        for arguments in op.probes().into_iter().chain(edge_lists(op)) {
            let (expected, tolerance) = by_the_standard_library(op, &arguments);
            let found = value(op, &arguments);
            assert!(is_close(found, expected, tolerance), "{op:?}{arguments:?} is {found}, not {expected}");
        }
    }
}

/// The partials on paper.
fn on_paper(op: Op, x: &[f64]) -> Vec<f64> {
    let logistic = |x: f64| (1.0 + (x / 2.0).tanh()) / 2.0;
    let r = x.iter().map(|x| x * x).sum::<f64>().sqrt();
    match op {
        Op::Add => vec![1.0, 1.0],
        Op::Sub => vec![1.0, -1.0],
        Op::Mul | Op::Chain | Op::Route => vec![x[1], x[0]],
        Op::Div => vec![1.0 / x[1], -x[0] / (x[1] * x[1])],
        Op::Neg => vec![-1.0],
        Op::Recip => vec![-1.0 / (x[0] * x[0])],
        Op::PowI(n) => vec![f64::from(n) * x[0].powf(f64::from(n) - 1.0)],
        Op::PowF => vec![x[1] * (x[0].ln() * x[1]).exp() / x[0], x[0].ln() * (x[1] * x[0].ln()).exp()],
        Op::Sqrt => vec![0.5 * x[0].powf(-0.5)],
        Op::Exp | Op::ExpM1 => vec![x[0].exp()],
        Op::ExpSub => vec![x[0].exp() / x[1].exp(), -x[0].exp() / x[1].exp()],
        Op::Round => vec![0.0],
        Op::Ln => vec![1.0 / x[0]],
        Op::Ln1p => vec![1.0 / (1.0 + x[0])],
        Op::Sin => vec![x[0].cos()],
        Op::Cos => vec![-x[0].sin()],
        Op::Tan => vec![1.0 / (x[0].cos() * x[0].cos())],
        Op::Asin => vec![1.0 / (1.0 - x[0] * x[0]).sqrt()],
        Op::Acos => vec![-1.0 / (1.0 - x[0] * x[0]).sqrt()],
        Op::Atan => vec![1.0 / (1.0 + x[0] * x[0])],
        Op::Sinh => vec![(x[0].exp() + (-x[0]).exp()) / 2.0],
        Op::Cosh => vec![(x[0].exp() - (-x[0]).exp()) / 2.0],
        Op::Tanh => vec![1.0 / (x[0].cosh() * x[0].cosh())],
        Op::Abs => vec![x[0].signum()],
        Op::Sign => vec![0.0],
        Op::Min if x[0] < x[1] => vec![1.0, 0.0],
        Op::Min => vec![0.0, 1.0],
        Op::Max if x[0] > x[1] => vec![1.0, 0.0],
        Op::Max => vec![0.0, 1.0],
        Op::Hypot => vec![x[0] / r, x[1] / r],
        Op::Sigmoid => vec![0.25 / ((x[0] / 2.0).cosh() * (x[0] / 2.0).cosh())],
        Op::Softplus => vec![logistic(x[0])],
        Op::Select if x[0] >= 0.0 => vec![0.0, 1.0, 0.0],
        Op::Select => vec![0.0, 0.0, 1.0],
        Op::Sum => vec![1.0; x.len()],
        Op::Dot => (0..x.len()).map(|k| x[(k + x.len() / 2) % x.len()]).collect(),
        Op::Inside | Op::Exponent => vec![0.0, 1.0],
        other => panic!("no partials on paper for {other:?}"),
    }
}

#[test]
fn partials_are_those_on_paper() {
    for op in Op::all() {
        for x in op.probes() {
            let y = value(op, &x);
            for (k, expected) in on_paper(op, &x).into_iter().enumerate() {
                let found = Table.partial(op, k, &x, &y);
                // The logistic function through tanh cancels where it is small: σ(−9) loses four digits.
                let tolerance = if op == Op::Softplus { 1e-12 } else { 1e-14 };
                assert!(
                    is_close(found, expected, tolerance),
                    "{op:?}{x:?}: ∂/∂x{k} is {found}, not {expected}"
                );
            }
        }
    }
}

/// ∂op/∂x_k by every mode of differentiation, each with its name.
fn in_all_modes(op: Op, x: &[f64], k: usize) -> Vec<(&'static str, f64)> {
    let table = Table.partial(op, k, x, &value(op, x));

    let dual: Vec<_> =
        x.iter().enumerate().map(|(i, &x)| Dual::new(x, f64::from(u8::from(i == k)))).collect();
    let dual = Dual::apply(&Table, op, &dual).tangent;

    let g = Graph::new();
    let inputs: Vec<_> = (0..x.len()).map(|i| g.parameter(&format!("x{i}"))).collect();
    let output = Node::apply(&Table, op, &inputs);
    let bindings: Vec<_> = inputs.iter().copied().zip(x.iter().copied()).collect();
    let reverse = g.at(&bindings).unwrap().gradient(output).unwrap()[inputs[k]];
    let slope = g.derivative(output, &inputs).unwrap()[k];
    let symbolic = g.at(&bindings).unwrap().value(slope).unwrap();
    // the same expression by one input alone, the others held fixed
    let alone = g.derivative(output, &inputs[k..=k]).unwrap()[0];
    let alone = g.at(&bindings).unwrap().value(alone).unwrap();

    let tape = Tape::new();
    let variables: Vec<_> = x.iter().map(|&x| tape.var(x)).collect();
    let tape = tape.gradient(&Var::apply(&Table, op, &variables)).unwrap()[variables[k]];

    vec![
        ("the table", table),
        ("dual numbers", dual),
        ("the reverse sweep", reverse),
        ("the symbolic derivative", symbolic),
        ("the symbolic derivative by one input", alone),
        ("the tape", tape),
    ]
}

#[test]
fn all_modes_give_the_same_bits_up_to_the_sign_of_zero() {
    for op in Op::all() {
        for x in op.probes() {
            for k in 0..x.len() {
                let modes = in_all_modes(op, &x, k);
                for (mode, found) in &modes {
                    // A product of two factors may be taken one after the other.
                    let tolerance = if [Op::Div, Op::Recip].contains(&op) { 4e-16 } else { 0.0 };
                    assert!(is_close(*found, modes[0].1, tolerance), "{op:?}{x:?}: ∂/∂x{k} by {mode}");
                }
            }
        }
    }
}

/// The conventions, written a second time.
fn promised() -> Vec<(Op, Vec<f64>, Vec<f64>)> {
    let infinite = f64::INFINITY;
    let mut promised = vec![
        (Op::PowF, vec![-2.0, 3.0], vec![12.0, 0.0]),
        (Op::PowF, vec![0.0, 0.0], vec![0.0, 0.0]),
        (Op::PowF, vec![0.0, 2.0], vec![0.0, 0.0]),
        (Op::PowF, vec![0.0, 1.0], vec![1.0, 0.0]),
        (Op::Sqrt, vec![0.0], vec![infinite]),
        (Op::Asin, vec![1.0], vec![infinite]),
        (Op::Asin, vec![-1.0], vec![infinite]),
        (Op::Acos, vec![1.0], vec![-infinite]),
        (Op::Acos, vec![-1.0], vec![-infinite]),
        (Op::Abs, vec![0.0], vec![0.0]),
        (Op::Sign, vec![0.0], vec![0.0]),
        (Op::Round, vec![0.5], vec![0.0]),
        (Op::Round, vec![1.5], vec![0.0]),
        (Op::Min, vec![2.0, 2.0], vec![0.5, 0.5]),
        (Op::Max, vec![2.0, 2.0], vec![0.5, 0.5]),
        (Op::Hypot, vec![0.0, 0.0], vec![0.0, 0.0]),
        (Op::Select, vec![0.0, 2.0, 5.0], vec![0.0, 1.0, 0.0]),
        (Op::Chain, vec![0.0, infinite], vec![infinite, 0.0]),
        (Op::Chain, vec![infinite, 0.0], vec![0.0, infinite]),
        (Op::Route, vec![0.0, infinite], vec![infinite, 0.0]),
        (Op::Route, vec![infinite, 0.0], vec![0.0, infinite]),
        (Op::Inside, vec![0.0, 2.0], vec![0.0, 1.0]),
        (Op::Inside, vec![infinite, 2.0], vec![0.0, 1.0]),
        (Op::Exponent, vec![0.0, 2.0], vec![0.0, 0.0]),
        (Op::Exponent, vec![-2.0, 3.0], vec![0.0, 0.0]),
    ];
    for op in Op::all() {
        if let Op::PowI(n) = op {
            // Where the power is infinite there is nothing to promise.
            if n >= 0 {
                promised.push((op, vec![0.0], vec![if n == 1 { 1.0 } else { 0.0 }]));
            }
        }
    }
    promised
}

#[test]
fn conventions_are_kept_exactly_in_all_modes() {
    let promised = promised();
    for (op, x, partials) in &promised {
        for (k, &expected) in partials.iter().enumerate() {
            for (mode, found) in in_all_modes(*op, x, k) {
                assert_eq!(found, expected, "{op:?}{x:?}: ∂/∂x{k} by {mode}");
            }
        }
    }
    let listed = |op: Op| op.conventions().into_iter().map(move |c| (op, c.arguments, c.partials));
    let mut table: Vec<_> = Op::all().into_iter().flat_map(listed).collect();
    for promise in &promised {
        let place = table.iter().position(|listed| listed == promise);
        table.remove(place.unwrap_or_else(|| panic!("the table does not list {promise:?}")));
    }
    assert!(table.is_empty(), "conventions without a test: {table:?}");
}

#[test]
fn the_derivative_by_an_exponent_is_zero_wherever_the_base_is_not_positive() {
    for x in [-3.0, -0.0, 0.0] {
        for p in [-2.0, 0.0, 1.0, 2.0] {
            if x == 0.0 && p < 0.0 {
                continue; // the power is infinite
            }
            for (mode, found) in in_all_modes(Op::PowF, &[x, p], 1) {
                assert_eq!(found, 0.0, "x = {x}, p = {p} by {mode}");
            }
        }
    }
}

#[test]
fn probes_are_in_the_domain_and_away_from_kinks() {
    for op in Op::all() {
        assert!(!op.probes().is_empty());
        for x in op.probes() {
            assert!(op.arity().is_none_or(|arity| arity == x.len()), "{op:?}{x:?}");
            assert!(op.in_domain(&x), "{op:?}{x:?}");
            assert!(value(op, &x).is_finite(), "{op:?}{x:?}");
            assert!(op.kink_values(&x).iter().all(|value| value.abs() > 0.05), "{op:?}{x:?}");
        }
        // A partial with cases has probes on both sides of the kink (a distance, as in hypot, has one side).
        let sides: HashSet<_> = op.probes().iter().flat_map(|x| op.kink_values(x)).map(|v| v > 0.0).collect();
        let expected = if op.kinks().is_empty() { 0 } else { 1 + usize::from(op != Op::Hypot) };
        assert_eq!(sides.len(), expected, "{op:?}");
    }
}

/// What the budgets mean is measured by the oracle; here, that there is one for every value and partial.
#[test]
fn every_value_and_partial_has_a_budget_and_nothing_else_has() {
    for op in Op::all() {
        for x in op.probes() {
            assert!((0.0..=8.0).contains(&op.value_ulps(&x)), "{op:?}{x:?}");
            for k in 0..x.len() {
                assert!((0.0..=12.0).contains(&op.partial_ulps(k, &x)), "{op:?}{x:?}: argument {k}");
            }
            assert_eq!(op.partial_ulps(x.len(), &x), f64::INFINITY, "{op:?}: no such argument");
        }
        if op.arity().is_none() {
            assert_eq!(op.partial_ulps(0, &[]), f64::INFINITY, "{op:?} of nothing");
        }
        let Some(arity) = op.arity() else { continue };
        let wrong = vec![0.5; arity + 1];
        assert_eq!((op.value_ulps(&wrong), op.partial_ulps(0, &wrong)), (f64::INFINITY, f64::INFINITY));
    }
}

#[test]
fn domains_and_kinks() {
    for (op, inside, outside) in [
        (Op::Div, [3.0, 0.1].as_slice(), [3.0, 0.0].as_slice()),
        (Op::Recip, &[-0.1], &[0.0]),
        (Op::PowI(-1), &[-0.1], &[0.0]),
        (Op::PowF, &[0.1, -3.0], &[0.0, 2.0]),
        (Op::Sqrt, &[0.1], &[0.0]),
        (Op::Ln, &[0.1], &[0.0]),
        (Op::Ln1p, &[-0.9], &[-1.0]),
        (Op::Asin, &[0.9], &[1.0]),
        (Op::Acos, &[-0.9], &[-1.0]),
        (Op::Dot, &[1.0, 2.0], &[1.0, 2.0, 3.0]),
    ] {
        assert!(op.in_domain(inside), "{op:?}{inside:?}");
        assert!(!op.in_domain(outside), "{op:?}{outside:?}");
    }
    assert!(Op::PowI(3).in_domain(&[0.0]));
    assert!(Op::all().iter().all(|op| !op.in_domain(&vec![f64::NAN; op.arity().unwrap_or(2)])));
    for (op, kink) in [
        (Op::Abs, [0.0].as_slice()),
        (Op::Sign, &[0.0]),
        (Op::Round, &[2.5]),
        (Op::Min, &[3.0, 3.0]),
        (Op::Max, &[3.0, 3.0]),
        (Op::Hypot, &[0.0, 0.0]),
        (Op::Select, &[0.0, 1.0, 2.0]),
    ] {
        assert_eq!(op.kink_values(kink), [0.0], "{op:?}");
        assert_eq!(op.kinks().len(), 1, "{op:?}");
    }
    assert_eq!(Op::Sqrt.domain(), "x > 0.0");
    assert_eq!(Op::Max.kinks(), ["a - b"]);
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let keys: HashSet<_> = Op::all().iter().map(|op| (op.name(), op.exponent())).collect();
    assert_eq!(keys.len(), Op::all().len());
    let names: HashSet<_> = Op::all().iter().map(|op| op.name()).collect();
    let kinds: HashSet<_> = Op::all().iter().map(std::mem::discriminant).collect();
    assert_eq!(names.len(), kinds.len());
    assert_eq!(Op::PowI(-7).exponent(), Some(-7));
    assert_eq!(Op::Sqrt.exponent(), None);
}

#[test]
fn a_wrong_number_of_arguments_is_no_number_and_an_error_with_a_name() {
    for op in Op::all() {
        let wrong = match op.arity() {
            Some(arity) => vec![arity - 1, arity + 1],
            None if op == Op::Dot => vec![1, 3],
            None => Vec::new(), // any number is right
        };
        for count in wrong {
            let x = vec![0.5; count];
            assert!(value(op, &x).is_nan(), "{op:?} of {count}");
            assert!(Table.partial(op, 0, &x, &0.5).is_nan(), "{op:?} of {count}");
            assert!(!op.in_domain(&x), "{op:?} of {count}");
            let dual: Dual<f64> = Dual::apply(&Table, op, &vec![Dual::variable(0.5); count]);
            assert!(dual.value.is_nan(), "{op:?} of {count}");

            let (Some(expected), true) = (op.arity(), count > 0) else { continue };
            assert!(op.kink_values(&x).is_empty(), "{op:?} of {count}");
            let g = Graph::new();
            let inputs: Vec<_> = (0..count).map(|i| g.parameter(&format!("x{i}"))).collect();
            let error = Error::WrongArity { graph: g.owner(), op: op.name(), expected, found: count };
            assert_eq!(Node::apply(&Table, op, &inputs).error(), Some(error));

            let tape = Tape::new();
            let inputs: Vec<_> = (0..count).map(|_| tape.var(0.5_f64)).collect();
            let output = Var::apply(&Table, op, &inputs);
            let message = format!(
                "`{}` in {} was given the wrong number of arguments, {count}; give it {expected}",
                op.name(),
                tape.owner()
            );
            assert!(output.value().is_nan());
            assert_eq!(tape.gradient(&output).unwrap_err().to_string(), message);
        }
        for x in op.probes() {
            assert!(Table.partial(op, x.len(), &x, &value(op, &x)).is_nan(), "{op:?}: no such argument");
        }
    }
}

#[test]
fn a_dot_product_with_a_factor_left_over_is_no_number() {
    let g = Graph::new();
    let factors = ["a", "b", "c"].map(|name| g.parameter(name));
    let j = Node::apply(&Table, Op::Dot, &factors);
    let run = g.at(&factors.map(|factor| (factor, 2.0_f64))).unwrap();
    assert!(run.value(j).unwrap().is_nan());
    let d = run.gradient(j).unwrap();
    assert!(factors.iter().all(|&factor| d[factor].is_nan()));
}

#[test]
fn sigmoid_and_softplus_keep_their_precision_where_the_textbook_forms_lose_it() {
    // x, σ(x), ln(1 + eˣ)
    for (x, sigmoid, softplus) in [
        (-1000.0, 0.0, 0.0),
        (-745.0, 5e-324, 5e-324),
        (-709.0, 1.2167807506234230655e-308, 1.2167807506234230655e-308),
        (-40.0, 4.248354255291588979e-18, 4.248354255291588986e-18),
        (-36.0, 2.319522830243568850e-16, 2.319522830243569119e-16),
        (-1.0, 0.268_941_421_369_995_120_7, 0.313_261_687_518_222_834_0),
        (2.0, 0.880_797_077_977_882_444_1, 2.126_928_011_042_972_496_4),
        (40.0, 1.0, 40.0),
        (745.0, 1.0, 745.0),
        (1000.0, 1.0, 1000.0),
    ] {
        let ulp = 2.3e-16; // one unit in the last place, relative, at most
        assert!(is_close(value(Op::Sigmoid, &[x]), sigmoid, 2.0 * ulp), "σ({x})");
        assert!(is_close(value(Op::Softplus, &[x]), softplus, ulp), "softplus({x})");
        // softplus′ = σ, and σ′ = σ(x)·σ(−x) is not 0 where 1 − σ(x) is
        let (_, slope) = in_all_modes(Op::Softplus, &[x], 0)[0];
        assert_eq!(slope, value(Op::Sigmoid, &[x]));
        let (_, slope) = in_all_modes(Op::Sigmoid, &[x], 0)[0];
        assert_eq!(slope > 0.0, x.abs() < 1000.0, "σ′({x}) = {slope}");
    }
    let (_, slope) = in_all_modes(Op::Sigmoid, &[40.0], 0)[0];
    assert!(is_close(slope, 4.248354255291588979e-18, 4.6e-16));
}

/// sech²(x) = 4e^(−2x) to double precision from x = 20 on; cosh overflows at 711, and 1 − tanh² is 0 from 19 on.
#[test]
fn the_slope_of_tanh_neither_cancels_nor_overflows_and_nor_does_its_derivative() {
    for x in [20.0, 100.0, 300.0] {
        let (_, slope) = in_all_modes(Op::Tanh, &[x], 0)[0];
        assert!(is_close(slope, 4.0 * (-2.0 * x).exp(), 1e-15), "{slope}");
    }
    for x in [-1000.0, 1000.0] {
        let second = chainrule_graph::hessian(|x| x[0].tanh(), &[x]).unwrap();
        assert_eq!(second, [[0.0]]);
    }
}

#[test]
fn no_number_is_never_lost() {
    let nan = f64::NAN;
    assert!(value(Op::Sign, &[nan]).is_nan());
    assert!(value(Op::Select, &[nan, 1.0, 2.0]).is_nan());
    assert!(Table.partial(Op::Select, 1, &[nan, 1.0, 2.0], &nan).is_nan());
    for op in [Op::Min, Op::Max] {
        assert!(value(op, &[nan, 1.0]).is_nan());
        assert!(value(op, &[1.0, nan]).is_nan());
        assert!(Table.partial(op, 0, &[nan, 1.0], &nan).is_nan());
    }
    assert!(value(Op::Chain, &[nan, 0.0]).is_nan());
    assert_eq!(value(Op::Select, &[1.0, 5.0, nan]), 5.0); // the other branch is not asked for
}

/// 0 · √x at 0 has the derivative 0 in every mode.
#[test]
fn a_zero_adjoint_does_not_meet_an_infinite_partial() {
    let g = Graph::new();
    let x = g.parameter("x");
    let j = 0.0 * x.sqrt() + 3.0 * x;
    let slope = g.derivative(j, &[x]).unwrap()[0];
    let run = g.at(&[(x, 0.0)]).unwrap();
    assert_eq!(run.gradient(j).unwrap()[x], 3.0);
    assert_eq!(run.value(slope).unwrap(), 3.0);
    let tape = Tape::new();
    let v = tape.var(0.0);
    assert_eq!(tape.gradient(&(0.0 * v.sqrt() + 3.0 * v)).unwrap()[v], 3.0);
    // a variable that does not move does not meet it either
    assert_eq!(Dual::fixed(0.0).sqrt().tangent, 0.0);
    assert_eq!((0.0 * Dual::variable(0.0_f64).sqrt()).tangent, 0.0);
}

/// x⁻² and xⁿ for n beyond 2²⁴ keep their sign in single precision too.
#[test]
fn whole_exponents_keep_their_parity() {
    assert_eq!(Real::powi(&-1.0_f32, 16_777_217), -1.0);
    assert_eq!(Real::powi(&-1.0_f64, i32::MIN + 1), -1.0);
    // the exponent below i32::MIN does not exist, its derivative does: −2³¹·x^(−2³¹−1) at x = −1
    assert_eq!(in_all_modes(Op::PowI(i32::MIN), &[-1.0], 0)[0].1, 2_147_483_648.0);
}

/// ∞ − ∞ cannot tell a tie, and the table has no comparison but the sign of a difference.
#[test]
fn a_tie_of_infinities_has_no_derivative() {
    for op in [Op::Min, Op::Max] {
        let x = [f64::INFINITY; 2];
        assert_eq!(value(op, &x), f64::INFINITY);
        assert!(Table.partial(op, 0, &x, &f64::INFINITY).is_nan());
    }
}

/// A sweep that begins with NaN hides what a rule says outside of its domain; here the rules speak for themselves.
#[test]
fn no_partial_is_finite_outside_of_the_domain() {
    for (op, x) in [
        (Op::Ln, -2.0),
        (Op::Ln1p, -2.0),
        (Op::Sqrt, -2.0),
        (Op::Asin, 2.0),
        (Op::Acos, -2.0),
        (Op::PowI(0), f64::NAN),
    ] {
        let partial = Table.partial(op, 0, &[x], &value(op, &[x]));
        assert!(partial.is_nan(), "{op:?} at {x}: {partial}");
    }
    for k in 0..2 {
        let partial = Table.partial(Op::PowF, k, &[-2.0, 0.5], &f64::NAN);
        assert!(partial.is_nan(), "argument {k}: {partial}");
    }
}

#[test]
fn a_weight_of_zero_lets_nothing_through_and_a_slope_of_zero_lets_nan_through() {
    for (op, position) in
        [(Op::Select, 1), (Op::Max, 0), (Op::Min, 1), (Op::Exponent, 1), (Op::Inside, 0), (Op::Chain, 1)]
    {
        assert_eq!(op.carried(position, &f64::NAN, &0.0), 0.0, "{op:?}");
    }
    assert!(Op::Sin.carried(0, &f64::NAN, &0.0).is_nan());
    assert_eq!(Op::Sin.carried(0, &f64::INFINITY, &0.0), 0.0);
}
