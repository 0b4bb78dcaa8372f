//! Operations where no formula decides: kinks, edges of domains, infinities, and sums of any number of terms.
//!
//! The values are the mathematics' (0! = 1 is not at stake, 0⁰ = 1 is IEEE 754's `pown`), the conventions those of the documentation: a kink's
//! slope is the
//! mean of both sides, half at a tie; what is not finite has no slope; a quotient, logarithm or root of an infinity is no number; 0 hides what
//! the chain rule multiplies it with.
//!
//! Invariant: nothing here is read from the table.

use chainrule_graph::{Op, Real, Table};

use super::operations::by_reverse;
use crate::verify::{Check, Effort, Random};

const NAN: f64 = f64::NAN;
const INF: f64 = f64::INFINITY;

/// What holds at one point.
pub(in crate::verify) struct Edge {
    pub(in crate::verify) op: Op,
    pub(in crate::verify) at: &'static [f64],
    pub(in crate::verify) value: f64,
    /// Nothing where no slope is promised.
    slopes: &'static [f64],
}

const fn edge(op: Op, at: &'static [f64], value: f64, slopes: &'static [f64]) -> Edge {
    Edge { op, at, value, slopes }
}

pub(in crate::verify) const EDGES: &[Edge] = &[
    edge(Op::Abs, &[0.0], 0.0, &[0.0]),
    edge(Op::Sign, &[0.0], 0.0, &[0.0]),
    edge(Op::Sign, &[-5e-324], -1.0, &[0.0]),
    edge(Op::Min, &[2.0, 2.0], 2.0, &[0.5, 0.5]),
    edge(Op::Max, &[2.0, 2.0], 2.0, &[0.5, 0.5]),
    edge(Op::Select, &[0.0, 2.0, 5.0], 2.0, &[0.0, 1.0, 0.0]),
    edge(Op::Select, &[-0.0, 2.0, 5.0], 2.0, &[0.0, 1.0, 0.0]),
    edge(Op::Select, &[-5e-324, 2.0, 5.0], 5.0, &[0.0, 0.0, 1.0]),
    edge(Op::Select, &[1.0, 2.0, INF], 2.0, &[0.0, 1.0, 0.0]),
    edge(Op::Select, &[NAN, 2.0, 5.0], NAN, &[]),
    edge(Op::Round, &[0.5], 0.0, &[0.0]),
    edge(Op::Round, &[1.5], 2.0, &[0.0]),
    edge(Op::Round, &[2.5], 2.0, &[0.0]),
    edge(Op::Round, &[-0.5], 0.0, &[0.0]),
    edge(Op::Round, &[-1.5], -2.0, &[0.0]),
    edge(Op::Round, &[4_503_599_627_370_495.5], 4_503_599_627_370_496.0, &[0.0]),
    edge(Op::Sqrt, &[0.0], 0.0, &[INF]),
    edge(Op::Sqrt, &[-1e-300], NAN, &[NAN]),
    edge(Op::Sqrt, &[INF], NAN, &[NAN]),
    edge(Op::Ln, &[0.0], -INF, &[NAN]),
    edge(Op::Ln, &[-1.0], NAN, &[NAN]),
    edge(Op::Ln, &[1.0], 0.0, &[1.0]),
    edge(Op::Ln, &[INF], NAN, &[NAN]),
    edge(Op::Ln1p, &[-1.0], -INF, &[NAN]),
    edge(Op::Ln1p, &[-2.0], NAN, &[NAN]),
    edge(Op::Ln1p, &[0.0], 0.0, &[1.0]),
    edge(Op::Ln1p, &[-0.5], -std::f64::consts::LN_2, &[2.0]),
    edge(Op::Ln1p, &[INF], NAN, &[NAN]),
    edge(Op::Recip, &[0.0], INF, &[NAN]),
    edge(Op::Recip, &[INF], NAN, &[NAN]),
    edge(Op::Div, &[1.0, 0.0], INF, &[NAN, NAN]),
    edge(Op::Div, &[0.0, 0.0], NAN, &[NAN, NAN]),
    edge(Op::Div, &[1.0, INF], NAN, &[NAN, NAN]),
    edge(Op::Div, &[INF, 2.0], NAN, &[NAN, NAN]),
    edge(Op::Div, &[0.0, 2.0], 0.0, &[0.5, 0.0]),
    edge(Op::Hypot, &[0.0, 0.0], 0.0, &[0.0, 0.0]),
    edge(Op::Hypot, &[3.0, -4.0], 5.0, &[0.6, -0.8]),
    edge(Op::Hypot, &[3e300, 4e300], 5e300, &[0.6, 0.8]),
    edge(Op::Hypot, &[0.0, -2.0], 2.0, &[0.0, -1.0]),
    edge(Op::PowI(0), &[0.0], 1.0, &[0.0]),
    edge(Op::PowI(1), &[0.0], 0.0, &[1.0]),
    edge(Op::PowI(2), &[0.0], 0.0, &[0.0]),
    edge(Op::PowI(3), &[-2.0], -8.0, &[12.0]),
    edge(Op::PowI(-1), &[0.0], INF, &[NAN]),
    edge(Op::PowI(-1), &[INF], NAN, &[NAN]),
    edge(Op::PowI(21), &[-1.0], -1.0, &[21.0]),
    edge(Op::PowI(-21), &[-1.0], -1.0, &[-21.0]),
    edge(Op::PowI(30), &[-2.0], 1_073_741_824.0, &[-16_106_127_360.0]),
    edge(Op::PowI(i32::MIN), &[1.0], 1.0, &[-2_147_483_648.0]),
    edge(Op::PowI(i32::MIN), &[-1.0], 1.0, &[2_147_483_648.0]),
    edge(Op::PowI(i32::MIN), &[0.0], INF, &[NAN]),
    edge(Op::PowI(i32::MAX), &[0.0], 0.0, &[0.0]),
    edge(Op::PowI(i32::MAX), &[-1.0], -1.0, &[2_147_483_647.0]),
    edge(Op::PowI(0), &[NAN], 1.0, &[]),
    edge(Op::PowF, &[-2.0, 3.0], -8.0, &[12.0, 0.0]),
    edge(Op::PowF, &[-2.0, 2.0], 4.0, &[-4.0, 0.0]),
    edge(Op::PowF, &[-2.0, 0.5], NAN, &[NAN, NAN]),
    edge(Op::PowF, &[0.0, 0.0], 1.0, &[0.0, 0.0]),
    edge(Op::PowF, &[0.0, 1.0], 0.0, &[1.0, 0.0]),
    edge(Op::PowF, &[0.0, 2.0], 0.0, &[0.0, 0.0]),
    edge(Op::PowF, &[4.0, 0.5], 2.0, &[0.25, 2.0 * 2.0 * std::f64::consts::LN_2]),
    edge(Op::PowF, &[4.0, 0.0], 1.0, &[0.0, 2.0 * std::f64::consts::LN_2]),
    edge(Op::PowF, &[INF, 0.5], NAN, &[NAN, NAN]),
    edge(Op::Exp, &[0.0], 1.0, &[1.0]),
    edge(Op::Exp, &[710.0], INF, &[NAN]),
    edge(Op::ExpM1, &[0.0], 0.0, &[1.0]),
    edge(Op::ExpM1, &[-800.0], -1.0, &[0.0]),
    edge(Op::ExpSub, &[1000.0, 1000.0], 1.0, &[1.0, -1.0]),
    edge(Op::ExpSub, &[0.0, 2000.0], 0.0, &[0.0, 0.0]),
    edge(Op::Sin, &[0.0], 0.0, &[1.0]),
    edge(Op::Cos, &[0.0], 1.0, &[0.0]),
    edge(Op::Tan, &[0.0], 0.0, &[1.0]),
    edge(Op::Asin, &[0.0], 0.0, &[1.0]),
    edge(Op::Asin, &[1.0], std::f64::consts::FRAC_PI_2, &[INF]),
    edge(Op::Asin, &[-1.0], -std::f64::consts::FRAC_PI_2, &[INF]),
    edge(Op::Asin, &[1.5], NAN, &[NAN]),
    edge(Op::Acos, &[1.0], 0.0, &[-INF]),
    edge(Op::Acos, &[-1.0], std::f64::consts::PI, &[-INF]),
    edge(Op::Acos, &[-1.5], NAN, &[NAN]),
    edge(Op::Atan, &[0.0], 0.0, &[1.0]),
    edge(Op::Atan, &[1.0], std::f64::consts::FRAC_PI_4, &[0.5]),
    edge(Op::Atan, &[1e200], std::f64::consts::FRAC_PI_2, &[0.0]),
    edge(Op::Sinh, &[0.0], 0.0, &[1.0]),
    edge(Op::Cosh, &[0.0], 1.0, &[0.0]),
    edge(Op::Tanh, &[0.0], 0.0, &[1.0]),
    edge(Op::Tanh, &[400.0], 1.0, &[0.0]),
    edge(Op::Tanh, &[-400.0], -1.0, &[0.0]),
    edge(Op::Sigmoid, &[0.0], 0.5, &[0.25]),
    edge(Op::Sigmoid, &[800.0], 1.0, &[0.0]),
    edge(Op::Sigmoid, &[-800.0], 0.0, &[0.0]),
    edge(Op::Softplus, &[0.0], std::f64::consts::LN_2, &[0.5]),
    edge(Op::Softplus, &[800.0], 800.0, &[1.0]),
    edge(Op::Softplus, &[-800.0], 0.0, &[0.0]),
    edge(Op::Chain, &[0.0, INF], 0.0, &[]),
    edge(Op::Chain, &[INF, 0.0], 0.0, &[]),
    edge(Op::Chain, &[0.0, NAN], 0.0, &[]),
    edge(Op::Chain, &[NAN, 0.0], NAN, &[]),
    edge(Op::Chain, &[2.0, INF], INF, &[]),
    edge(Op::Route, &[0.0, NAN], 0.0, &[]),
    edge(Op::Route, &[NAN, 0.0], 0.0, &[]),
    edge(Op::Route, &[0.5, INF], INF, &[]),
    edge(Op::Inside, &[0.0, 2.0], 2.0, &[0.0, 1.0]),
    edge(Op::Inside, &[-5e-324, 2.0], NAN, &[]),
    edge(Op::Exponent, &[0.0, 3.0], 3.0, &[0.0, 0.0]),
    edge(Op::Exponent, &[-1.0, 3.0], 3.0, &[0.0, 0.0]),
    edge(Op::Sum, &[], 0.0, &[]),
    edge(Op::Dot, &[], 0.0, &[]),
    edge(Op::Dot, &[1.0, 2.0, 3.0], NAN, &[NAN, NAN, NAN]),
    edge(Op::Mul, &[0.0, 3.0], 0.0, &[3.0, 0.0]),
    edge(Op::Mul, &[INF, 0.0], NAN, &[NAN, NAN]),
];

/// Two units in the last place: constants such as ln 2 are rounded here as well as there.
const ROUNDED_CONSTANT: f64 = 2.0 * f64::EPSILON;

impl Edge {
    pub(super) fn check(&self) -> Check {
        let Edge { op, at, value, slopes } = *self;
        let exponent = op.exponent().map(|n| format!(" (n = {n})")).unwrap_or_default();
        let name = format!("operation {}{exponent} at {at:?}", op.name());
        let mut check = Check::new(name, "value and slopes", "documented value", ROUNDED_CONSTANT)
            .convicts("crates/graph/src/{op,float,sweep}.rs");
        let mut same = |found: f64, expected: f64, what: &str| {
            // Any NaN is as good as another, and neither zero is asked for.
            if found.is_nan() && expected.is_nan() {
                check.count(0.0);
            } else {
                check.compare_at(found, expected, || what.to_owned());
            }
        };
        same(f64::apply(&Table, op, at), value, "value");
        if !slopes.is_empty() {
            match by_reverse(&Table, op, at) {
                Ok(found) if found.len() == slopes.len() => {
                    found.iter().zip(slopes).for_each(|(&found, &expected)| same(found, expected, "slope"));
                }
                _ => same(NAN, 0.0, "slopes"),
            }
        }
        check
    }
}

/// Points inside and outside of domains, where these end.
const DOMAINS: &[(Op, &[f64], bool)] = &[
    (Op::Div, &[1.0, 0.0], false),
    (Op::Div, &[1.0, -0.1], true),
    (Op::Recip, &[0.0], false),
    (Op::Recip, &[-2.0], true),
    (Op::PowI(2), &[0.0], true),
    (Op::PowI(0), &[0.0], true),
    (Op::PowI(-1), &[0.0], false),
    (Op::PowI(-1), &[-3.0], true),
    (Op::PowF, &[0.0, 2.0], false),
    (Op::PowF, &[1e-300, 2.0], true),
    (Op::Sqrt, &[0.0], false),
    (Op::Sqrt, &[1e-300], true),
    (Op::Ln, &[0.0], false),
    (Op::Ln, &[1e-300], true),
    (Op::Ln1p, &[-1.0], false),
    (Op::Ln1p, &[-0.999_999], true),
    (Op::Asin, &[1.0], false),
    (Op::Asin, &[-1.0], false),
    (Op::Asin, &[0.999_999], true),
    (Op::Acos, &[1.0], false),
    (Op::Acos, &[-1.0], false),
    (Op::Acos, &[-0.999_999], true),
    (Op::Inside, &[-1e-300, 1.0], false),
    (Op::Inside, &[0.0, 1.0], true),
    (Op::Exponent, &[0.0, 1.0], false),
    (Op::Dot, &[1.0, 2.0, 3.0], false),
    (Op::Dot, &[1.0, 2.0], true),
];

/// Points on kinks and beside them.
const KINKS: &[(Op, &[f64], bool)] = &[
    (Op::Abs, &[0.0], true),
    (Op::Abs, &[0.1], false),
    (Op::Sign, &[0.0], true),
    (Op::Round, &[0.5], true),
    (Op::Round, &[-2.5], true),
    (Op::Round, &[0.3], false),
    (Op::Min, &[2.0, 2.0], true),
    (Op::Min, &[2.0, -2.0], false),
    (Op::Max, &[2.0, 2.0], true),
    (Op::Max, &[2.0, -2.0], false),
    (Op::Hypot, &[0.0, 0.0], true),
    (Op::Hypot, &[0.0, 1.0], false),
    (Op::Select, &[0.0, 1.0, 2.0], true),
    (Op::Select, &[0.1, 1.0, 2.0], false),
];

/// The operations that have weights, and which; of all others none is one.
const WEIGHTS: &[(&str, &[usize])] = &[
    ("min", &[0, 1]),
    ("max", &[0, 1]),
    ("select", &[0, 1, 2]),
    ("chain", &[1]),
    ("route", &[0, 1]),
    ("inside", &[0]),
    ("exponent", &[0, 1]),
];

/// What the table says of domains, kinks, weights and numbers of arguments.
pub(super) fn domains() -> impl Iterator<Item = Check> {
    let check = |name, route| Check::new(name, route, "documented", 0.0).convicts("crates/graph/src/op.rs");
    let mut domains = check("operations, domains", "said to be inside");
    for &(op, at, expected) in DOMAINS {
        domains.expect_same(&op.in_domain(at), &expected, || format!("{} at {at:?}", op.name()));
    }
    let mut kinks = check("operations, kinks", "said to be on a kink");
    for &(op, at, expected) in KINKS {
        let is_on = op.kink_values(at).contains(&0.0);
        kinks.expect_same(&is_on, &expected, || format!("{} at {at:?}", op.name()));
    }
    let mut weights = check("operations, weights", "said to be weights");
    for op in Op::all() {
        let expected =
            WEIGHTS.iter().find(|(name, _)| *name == op.name()).map_or(&[][..], |(_, positions)| positions);
        for position in 0..op.arity().unwrap_or(1) {
            weights.expect_same(&op.is_weight(position), &expected.contains(&position), || {
                format!("{}, argument {position}", op.name())
            });
        }
        let listed = KINKS.iter().any(|(kinked, ..)| kinked.name() == op.name());
        kinks
            .expect_same(&!op.kinks().is_empty(), &listed, || format!("{}: whether it has kinks", op.name()));
    }
    [domains, kinks, weights].into_iter()
}

/// The largest number of terms that is looked at by default.
const TERMS: usize = 33;

/// Sums and dot products of 1 … 33 terms: whole numbers, so that every order of summation is exact.
pub(super) fn sums(effort: &Effort) -> [Check; 2] {
    let check = |op: Op| {
        let name = format!("operation {}, up to {TERMS} terms", op.name());
        Check::new(name, "value and slopes", "whole numbers", 0.0).convicts("crates/graph/src/{op,sweep}.rs")
    };
    let (mut sum, mut dot) = (check(Op::Sum), check(Op::Dot));
    let mut random: Random = effort.fresh("sums");
    let mut whole =
        |count: usize| -> Vec<f64> { (0..count).map(|_| random.between(-1e6, 1e6).round()).collect() };
    for terms in 1..=TERMS {
        let (left, right) = (whole(terms), whole(terms));
        let at = || format!("{terms} terms {left:?}");
        let total = left.iter().map(|&x| x as i64).sum::<i64>() as f64;
        sum.compare_at(f64::apply(&Table, Op::Sum, &left), total, at);
        let slopes = by_reverse(&Table, Op::Sum, &left).unwrap_or_default();
        sum.expect_same(&slopes, &vec![1.0; terms], at);
        let both = [left.clone(), right.clone()].concat();
        let product = left.iter().zip(&right).map(|(&a, &b)| a as i64 * b as i64).sum::<i64>() as f64;
        dot.compare_at(f64::apply(&Table, Op::Dot, &both), product, at);
        let slopes = by_reverse(&Table, Op::Dot, &both).unwrap_or_default();
        dot.expect_same(&slopes, &[right.clone(), left.clone()].concat(), at);
    }
    [sum, dot]
}
