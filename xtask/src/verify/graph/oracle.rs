//! The oracle itself: its digits against published constants, its units, when it believes a number, and whom it convicts.
//!
//! The constants are given as unevaluated sums of three f64, some 160 bits (Hida, Li and Bailey, *Algorithms for quad-double precision floating point
//! arithmetic*, 15th IEEE Symposium on Computer Arithmetic, 2001, and the constants of their library).
//!
//! Invariant: what is expected here is a published number, a power of two or a planted fault, nothing that the oracle computes.

use chainrule_graph::oracle::{self, BigFloat, first_wrong_node, settled, ulps};
use chainrule_graph::{Corrupted, Graph, Node, Number, Op, Primitive, Real, Table};

use super::operations::{bindings, parameters};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

type Big = BigFloat;

/// A function at a number, and what it is: π, e, ln 2, ln 10 and their relatives.
const KNOWN: [(Primitive, f64, [&str; 3]); 5] = [
    (
        Primitive::Exp,
        1.0,
        ["2.718281828459045091e0", "1.445646891729250158e-16", "-2.127717108038176765e-33"],
    ),
    (Primitive::Ln, 2.0, ["6.931471805599452862e-1", "2.319046813846299558e-17", "5.707708438416212066e-34"]),
    (
        Primitive::Ln,
        10.0,
        ["2.302585092994045901e0", "-2.170756223382249351e-16", "-9.984262454465776570e-33"],
    ),
    (
        Primitive::Acos,
        -1.0,
        ["3.141592653589793116e0", "1.224646799147353207e-16", "-2.994769809718339666e-33"],
    ),
    (
        Primitive::Atan,
        1.0,
        ["7.853981633974482790e-1", "3.061616997868383018e-17", "-7.486924524295849165e-34"],
    ),
];

/// The third part has 53 bits of its own; below it is nothing.
const THREE_PARTS: f64 = 1e-48;

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    emit(digits());
    emit(identities(effort));
    emit(units());
    emit(belief());
    emit(derivatives());
    emit(convictions(effort)?);
    Ok(())
}

fn compute<const N: usize>(primitive: Primitive, arguments: [&Big; N]) -> Big {
    Big::compute(primitive, &arguments.map(Clone::clone))
}

fn digits() -> Check {
    let mut check = Check::new("oracle", "functions at high precision", "published constants", THREE_PARTS)
        .convicts("crates/graph/src/oracle/big.rs");
    for precision in [256, 1024, 4096] {
        for (primitive, x, parts) in KNOWN {
            let found = compute(primitive, [&Big::new(x, precision)]);
            let part = |text: &&str| text.parse::<f64>().unwrap_or(f64::NAN);
            let size = found.to_f64();
            let rest = parts.iter().map(part).fold(found, |rest, part| rest - Big::new(part, precision));
            check.count_at((rest.to_f64() / size).abs(), || {
                format!("{primitive:?} of {x} at {precision} bits is off by {}", rest.to_f64())
            });
        }
    }
    check
}

/// What holds of functions by the textbook, to the last digits of the precision.
fn identities(effort: &Effort) -> Check {
    /// A few roundings at 256 bits, of numbers up to e⁵⁰.
    const AT_256_BITS: f64 = 1e-70;
    let mut check = Check::new("oracle", "functions at high precision", "identities", AT_256_BITS)
        .convicts("crates/graph/src/oracle/big.rs");
    let mut fixed = Random::new(0x0EA);
    let mut fresh = effort.fresh("oracle");
    for (random, count) in [(&mut fixed, effort.samples(40, 400)), (&mut fresh, effort.samples(40, 400))] {
        for _ in 0..count {
            let x = if random.chance(0.3) { random.between(-1e-3, 1e-3) } else { random.between(-9.0, 9.0) };
            of_identities(x, random.between(0.1, 9.0), &mut check);
        }
    }
    check
}

fn of_identities(x: f64, y: f64, check: &mut Check) {
    let big = |value: f64| Big::new(value, 256);
    let (x, y, one, two) = (big(x), big(y), big(1.0), big(2.0));
    let of = |primitive: Primitive, x: &Big| compute(primitive, [x]);
    let mut same = |what: &str, one: Big, other: Big| {
        let size = one.to_f64().abs().max(1e-300);
        let difference = (one - other).to_f64().abs();
        check.count_at(difference / size, || format!("{what} at {} and {}", x.to_f64(), y.to_f64()));
    };
    let (e, back) = (of(Primitive::Exp, &x), of(Primitive::Exp, &-x.clone()));
    same("eˣ·e⁻ˣ = 1", e.clone() * &back, one.clone());
    same("ln eˣ = x", of(Primitive::Ln, &e), x.clone());
    same("expm1 = eˣ − 1", of(Primitive::ExpM1, &x), e.clone() - &one);
    same("ln1p(y) = ln(1 + y)", of(Primitive::Ln1p, &y), of(Primitive::Ln, &(y.clone() + &one)));
    same("tanh x", of(Primitive::Tanh, &x) * (e.clone() + &back), e.clone() - &back);
    same("sinh x", of(Primitive::Sinh, &x) * &two, e.clone() - &back);
    same("cosh x", of(Primitive::Cosh, &x) * &two, e + back);
    let (sine, cosine) = (of(Primitive::Sin, &x), of(Primitive::Cos, &x));
    same("sin² + cos² = 1", sine.clone() * &sine + cosine.clone() * &cosine, one.clone());
    same("sin 2x", of(Primitive::Sin, &(x.clone() * &two)), sine.clone() * &cosine * &two);
    same("tan x", of(Primitive::Tan, &x) * &cosine, sine);
    let root = of(Primitive::Sqrt, &y);
    same("√y²", root.clone() * &root, y.clone());
    let angle = of(Primitive::Atan, &y);
    same("tan atan y = y", of(Primitive::Tan, &angle), y.clone());
    let share = y.clone() / big(10.0);
    same("sin asin", of(Primitive::Sin, &of(Primitive::Asin, &share)), share.clone());
    same("cos acos", of(Primitive::Cos, &of(Primitive::Acos, &share)), share);
    same("y³", of(Primitive::PowI(3), &y), y.clone() * &y * &y);
    same("y⁻²", of(Primitive::PowI(-2), &y) * &y * &y, one);
}

/// Errors in units of the last place, at binades, below the normal numbers and beyond the largest.
fn units() -> Check {
    let mut check = Check::new("oracle", "errors in ulp", "neighbours of f64s", 0.0)
        .convicts("crates/graph/src/oracle/{ulps,big}.rs");
    let mut is = |found: f64, truth: f64, expected: f64| {
        let error = ulps(found, &Big::new(truth, 128));
        check.expect_same(&error, &expected, || format!("{found:e} for {truth:e}"));
    };
    for x in [1.0, 1.5, 3.0, 1e300, -2.0, 1e-300, f64::MIN_POSITIVE, 5e-324, 1e-310, f64::MAX] {
        is(x, x, 0.0);
        // Below a power of two numbers are twice as dense, but for the smallest.
        is(x.next_down(), x, if x == 1.0 { 0.5 } else { 1.0 });
    }
    is(1.0_f64.next_up(), 1.0, 1.0);
    is(2.0, 1.0, 4_503_599_627_370_496.0);
    is(0.0, 5e-324, 1.0);
    is(-5e-324, 5e-324, 2.0);
    is(f64::INFINITY, f64::MAX, f64::INFINITY);
    is(f64::NAN, 1.0, f64::INFINITY);
    is(1.0, f64::NAN, f64::INFINITY);
    is(f64::NAN, f64::NAN, 0.0);
    is(f64::INFINITY, f64::INFINITY, 0.0);
    is(f64::NEG_INFINITY, f64::INFINITY, f64::INFINITY);
    // A third of the way between two f64s.
    let third = Big::new(1.0, 256) + Big::new(f64::EPSILON, 256) / Big::new(3.0, 256);
    check.expect((ulps(1.0, &third) - 1.0 / 3.0).abs() < 1e-12, || {
        format!("a third is {}", ulps(1.0, &third))
    });
    check
}

/// A number is believed once two precisions agree, 0 and infinities only at the last.
fn belief() -> Check {
    let mut check = Check::new("oracle", "what it believes", "known cancellation", 0.0)
        .convicts("crates/graph/src/oracle/{settle,big}.rs");
    // 1 + 2^−n − 1 is 0 below n bits.
    for (n, expected) in [(10, true), (100, true), (300, true), (1500, true), (1900, true), (5000, false)] {
        let f = |precision| {
            let one = Big::new(1.0, precision);
            (one.clone() + one.scaled(-n)) - &one
        };
        let found = settled(f).filter(|found| !found.is_zero());
        let is_right = found.as_ref().is_some_and(|found| *found == Big::new(1.0, 128).scaled(-n));
        check.expect(is_right == expected, || {
            format!("1 + 2^-{n} − 1: {:?}", found.map(|found| found.to_f64()))
        });
    }
    // What never settles: a number that goes on changing in its 60th bit.
    let restless = |precision: usize| {
        Big::new(1.0, precision)
            + Big::new(1.0, precision).scaled(if precision.ilog2().is_multiple_of(2) { -60 } else { -59 })
    };
    check.expect(settled(restless).is_none(), || "a number that changes in its 60th bit".to_owned());
    let calm = |precision: usize| {
        Big::new(1.0, precision)
            + Big::new(1.0, precision).scaled(if precision.ilog2().is_multiple_of(2) { -90 } else { -91 })
    };
    check.expect(settled(calm).is_some(), || "a number that changes in its 90th bit".to_owned());
    check
}

/// Differences of value rules at arbitrary precision, at points where the slope is known.
fn derivatives() -> Check {
    let mut check = Check::in_ulps("oracle", "differences of the value", "known slopes", 0.5 + 1e-4)
        .convicts("crates/graph/src/oracle/truth.rs");
    let e = std::f64::consts::E;
    let known: [(Op, usize, &[f64], f64); 12] = [
        (Op::Exp, 0, &[1.0], e),
        (Op::Ln, 0, &[4.0], 0.25),
        (Op::Sin, 0, &[0.0], 1.0),
        (Op::Tanh, 0, &[0.0], 1.0),
        (Op::Sqrt, 0, &[4.0], 0.25),
        (Op::Sigmoid, 0, &[0.0], 0.25),
        (Op::Softplus, 0, &[0.0], 0.5),
        (Op::Mul, 0, &[3.0, 7.0], 7.0),
        (Op::Div, 1, &[1.0, 4.0], -0.0625),
        (Op::PowI(3), 0, &[-2.0], 12.0),
        (Op::Hypot, 1, &[3.0, 4.0], 0.8),
        (Op::Abs, 0, &[-2.0], -1.0),
    ];
    for (op, position, arguments, slope) in known {
        match oracle::derivative(op, position, arguments) {
            Some(truth) => check.count_at(ulps(slope, &truth), || {
                format!("{op:?} by {position} at {arguments:?} is {}, expected {slope}", truth.to_f64())
            }),
            None => check.expect(false, || format!("{op:?} by {position} at {arguments:?} has no slope")),
        }
    }
    check
}

/// Of a graph with one corrupted rule the first node that uses it is convicted, of one without none.
fn convictions(effort: &Effort) -> Result<Check, Error> {
    let mut check = Check::new("oracle", "the first wrong node", "the planted fault", 0.0)
        .convicts("crates/graph/src/{fault,oracle/conviction,oracle/judgement}.rs");
    let mut fixed = Random::new(0xC0C);
    let mut fresh = effort.fresh("convictions");
    for (random, count) in [(&mut fixed, effort.samples(1, 5)), (&mut fresh, effort.samples(1, 5))] {
        for _ in 0..count {
            for corrupted in Corrupted::all() {
                of_fault(corrupted, random, &mut check)?;
            }
        }
    }
    Ok(check)
}

/// The operation of parameters, at one of its probes.
fn of_fault(corrupted: Corrupted, random: &mut Random, check: &mut Check) -> Result<(), Error> {
    let probes = corrupted.op.probes();
    let Some(probe) = random.pick(&probes) else { return Ok(()) };
    let graph = Graph::new();
    let arguments = parameters(&graph, probe.len());
    let node = Node::apply(&Table, corrupted.op, &arguments);
    let point = bindings(&arguments, probe);
    let clean = graph.at(&point)?;
    check.expect(first_wrong_node(&clean)?.is_none(), || {
        format!("{:?} at {probe:?} without a fault", corrupted.op)
    });
    let run = graph.at_with(corrupted, &point)?;
    let found = first_wrong_node(&run)?;
    // A fault may change nothing at this probe.
    let (right, wrong) = (partials(&clean.edges(node)?), partials(&run.edges(node)?));
    let is_changed = right.iter().zip(&wrong).any(|(one, other)| ulps(*other, &Big::new(*one, 128)) > 1e6);
    let found = found.map(|found| (found.node.index(), found.position));
    let is_named = found.is_some_and(|(index, position)| {
        index == node.index() && position.is_some_and(|position| right.get(position) != wrong.get(position))
    });
    check.expect(!is_changed || is_named, || format!("{corrupted:?} at {probe:?}: {found:?} is convicted"));
    Ok(())
}

fn partials(edges: &[chainrule_graph::Edge<'_, f64>]) -> Vec<f64> {
    edges.iter().map(|edge| edge.partial).collect()
}
