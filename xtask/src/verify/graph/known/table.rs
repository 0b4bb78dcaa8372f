//! The operations of the table, stated once more: value and slopes from the textbook, ceilings in ulps, and where to draw arguments from.
//!
//! Invariant: the formulas are made of elementary functions of arbitrary-precision numbers, not of the table's rules.

use chainrule_graph::oracle::BigFloat;
use chainrule_graph::{Number, Primitive, Real};

use crate::verify::Random;

pub(super) type Big = BigFloat;
pub(super) type Formula = fn(&[Big], i32) -> Big;

/// The truth is settled to 70 bits; a result that is rounded to the nearest may seem off by a little more than half a unit.
pub(super) const TRUTH: f64 = 1e-4;

/// Ceilings, in ulps. Exactly the truth: signs, choices, copies.
pub(super) const EXACT: f64 = 0.0;
/// One correctly rounded operation of IEEE 754.
const ROUNDED: f64 = 0.5;
/// Two roundings, each of half a unit of the larger end of a binade.
const TWO_ROUNDINGS: f64 = 2.0;
/// The square of a rounded number: its rounding counts twice.
const THREE_ROUNDINGS: f64 = 3.0;
/// One function of a mathematical library, which promise less than 1 to 2 ulp (glibc's manual, "Errors in Math Functions").
const LIBRARY: f64 = 2.0;
/// A library's function and two or three more operations.
const FEW: f64 = 5.0;
/// Two functions, each by a few operations.
const SEVERAL: f64 = 8.5;

/// Where an argument is drawn from: magnitudes between two numbers, of one sign or both.
#[derive(Clone, Copy)]
pub(super) struct Range {
    low: f64,
    high: f64,
    signed: bool,
}

const fn both(low: f64, high: f64) -> Range {
    Range { low, high, signed: true }
}

const fn positive(low: f64, high: f64) -> Range {
    Range { low, high, signed: false }
}

/// An operation, stated once more.
pub(in crate::verify) struct Known {
    pub(super) name: &'static str,
    pub(super) value: Formula,
    pub(super) slopes: &'static [Formula],
    pub(in crate::verify) value_ulps: f64,
    pub(in crate::verify) slope_ulps: f64,
    pub(super) ranges: &'static [Range],
}

/// Products and squares of these neither over- nor underflow.
const WIDE: Range = both(1e-75, 1e75);
/// e^x and e^(−x) are normal numbers.
const EXPONENT: Range = both(1e-75, 700.0);
/// Beyond, a sine is asked of no angle that anyone has measured.
const ANGLE: Range = both(1e-75, 1e6);

const fn known(
    name: &'static str,
    value: Formula,
    slopes: &'static [Formula],
    [value_ulps, slope_ulps]: [f64; 2],
    ranges: &'static [Range],
) -> Known {
    Known { name, value, slopes, value_ulps, slope_ulps, ranges }
}

pub(super) fn big(value: f64) -> Big {
    Big::constant(value)
}

fn compute<const N: usize>(primitive: Primitive, arguments: [&Big; N]) -> Big {
    Big::compute(primitive, &arguments.map(Clone::clone))
}

fn exp(x: &Big) -> Big {
    compute(Primitive::Exp, [x])
}

fn ln(x: &Big) -> Big {
    compute(Primitive::Ln, [x])
}

fn sin(x: &Big) -> Big {
    compute(Primitive::Sin, [x])
}

fn cos(x: &Big) -> Big {
    compute(Primitive::Cos, [x])
}

fn root(x: &Big) -> Big {
    compute(Primitive::Sqrt, [x])
}

fn one_over(x: &Big) -> Big {
    big(1.0) / x
}

fn square(x: &Big) -> Big {
    x.clone() * x
}

/// (e^x ± e^(−x))/2; where these cancel, more precision is asked for until the result settles.
fn half(x: &Big, sign: f64) -> Big {
    (exp(x) + big(sign) * exp(&-x.clone())) / big(2.0)
}

/// 1/(1 + e^(−x))
fn logistic(x: &Big) -> Big {
    one_over(&(exp(&-x.clone()) + big(1.0)))
}

fn is_negative(x: &Big) -> bool {
    x.to_f64() < 0.0
}

/// |x|ⁿ with the sign of xⁿ, by n·ln|x|.
fn power(x: &Big, n: i32) -> Big {
    let magnitude = exp(&(big(f64::from(n)) * ln(&magnitude(x))));
    if is_negative(x) && n % 2 != 0 { -magnitude } else { magnitude }
}

fn magnitude(x: &Big) -> Big {
    if is_negative(x) { -x.clone() } else { x.clone() }
}

/// n·x^(n−1), n − 1 taken apart, since i32::MIN − 1 is no i32.
fn power_slope(x: &Big, n: i32) -> Big {
    big(f64::from(n)) * (power(x, n) / x)
}

fn real_power(x: &[Big]) -> Big {
    exp(&(x[1].clone() * ln(&x[0])))
}

fn by_size(x: &Big, below: f64, above: f64) -> Big {
    big(if is_negative(x) { below } else { above })
}

/// Everything but what has any number of arguments and what only moves numbers, which [`super::edges`] and [`sums`] hold.
pub(in crate::verify) const KNOWN: &[Known] = &[
    known(
        "add",
        |x, _| x[0].clone() + &x[1],
        &[|_, _| big(1.0), |_, _| big(1.0)],
        [ROUNDED, EXACT],
        &[WIDE, WIDE],
    ),
    known(
        "sub",
        |x, _| x[0].clone() - &x[1],
        &[|_, _| big(1.0), |_, _| big(-1.0)],
        [ROUNDED, EXACT],
        &[WIDE, WIDE],
    ),
    known(
        "mul",
        |x, _| x[0].clone() * &x[1],
        &[|x, _| x[1].clone(), |x, _| x[0].clone()],
        [ROUNDED, EXACT],
        &[WIDE, WIDE],
    ),
    known(
        "chain",
        |x, _| x[0].clone() * &x[1],
        &[|x, _| x[1].clone(), |x, _| x[0].clone()],
        [ROUNDED, EXACT],
        &[WIDE, WIDE],
    ),
    known(
        "route",
        |x, _| x[0].clone() * &x[1],
        &[|x, _| x[1].clone(), |x, _| x[0].clone()],
        [ROUNDED, EXACT],
        &[WIDE, WIDE],
    ),
    known(
        "div",
        |x, _| x[0].clone() / &x[1],
        &[|x, _| one_over(&x[1]), |x, _| -(x[0].clone() / square(&x[1]))],
        [ROUNDED, TWO_ROUNDINGS],
        &[WIDE, WIDE],
    ),
    known("neg", |x, _| -x[0].clone(), &[|_, _| big(-1.0)], [EXACT, EXACT], &[WIDE]),
    known(
        "recip",
        |x, _| one_over(&x[0]),
        &[|x, _| -one_over(&square(&x[0]))],
        [ROUNDED, THREE_ROUNDINGS],
        &[WIDE],
    ),
    known(
        "powi",
        |x, n| power(&x[0], n),
        &[|x, n| power_slope(&x[0], n)],
        [LIBRARY, FEW],
        &[positive(0.0, 0.0)],
    ),
    known(
        "powf",
        |x, _| real_power(x),
        &[|x, _| x[1].clone() * real_power(x) / &x[0], |x, _| real_power(x) * ln(&x[0])],
        [LIBRARY, 6.0],
        &[positive(1e-30, 1e30), both(1e-3, 9.0)],
    ),
    known(
        "sqrt",
        |x, _| root(&x[0]),
        &[|x, _| one_over(&(big(2.0) * root(&x[0])))],
        [ROUNDED, TWO_ROUNDINGS],
        &[positive(1e-300, 1e300)],
    ),
    known("exp", |x, _| exp(&x[0]), &[|x, _| exp(&x[0])], [LIBRARY, LIBRARY], &[EXPONENT]),
    known(
        "exp_sub",
        |x, _| exp(&(x[0].clone() - &x[1])),
        &[|x, _| exp(&(x[0].clone() - &x[1])), |x, _| -exp(&(x[0].clone() - &x[1]))],
        [3.0, 3.0],
        &[both(1e-9, 340.0), both(1e-9, 340.0)],
    ),
    known("exp_m1", |x, _| exp(&x[0]) - big(1.0), &[|x, _| exp(&x[0])], [LIBRARY, LIBRARY], &[EXPONENT]),
    known("ln", |x, _| ln(&x[0]), &[|x, _| one_over(&x[0])], [LIBRARY, ROUNDED], &[positive(1e-300, 1e300)]),
    known(
        "ln_1p",
        |x, _| ln(&(big(1.0) + &x[0])),
        &[|x, _| one_over(&(big(1.0) + &x[0]))],
        [LIBRARY, TWO_ROUNDINGS],
        &[positive(1e-75, 1e300)],
    ),
    known("sin", |x, _| sin(&x[0]), &[|x, _| cos(&x[0])], [LIBRARY, LIBRARY], &[ANGLE]),
    known("cos", |x, _| cos(&x[0]), &[|x, _| -sin(&x[0])], [LIBRARY, LIBRARY], &[ANGLE]),
    known(
        "tan",
        |x, _| sin(&x[0]) / cos(&x[0]),
        &[|x, _| one_over(&square(&cos(&x[0])))],
        [LIBRARY, 6.0],
        &[ANGLE],
    ),
    known(
        "asin",
        |x, _| compute(Primitive::Asin, [&x[0]]),
        &[|x, _| one_over(&root(&(big(1.0) - square(&x[0]))))],
        [LIBRARY, 4.0],
        &[both(1e-75, 0.999_999_9)],
    ),
    known(
        "acos",
        |x, _| compute(Primitive::Acos, [&x[0]]),
        &[|x, _| -one_over(&root(&(big(1.0) - square(&x[0]))))],
        [LIBRARY, 4.0],
        &[both(1e-75, 0.999_999_9)],
    ),
    known(
        "atan",
        |x, _| compute(Primitive::Atan, [&x[0]]),
        &[|x, _| one_over(&(big(1.0) + square(&x[0])))],
        [LIBRARY, 6.0],
        &[WIDE],
    ),
    known("sinh", |x, _| half(&x[0], -1.0), &[|x, _| half(&x[0], 1.0)], [3.0, 3.0], &[EXPONENT]),
    known("cosh", |x, _| half(&x[0], 1.0), &[|x, _| half(&x[0], -1.0)], [3.0, 3.0], &[EXPONENT]),
    known(
        "tanh",
        |x, _| half(&x[0], -1.0) / half(&x[0], 1.0),
        &[|x, _| one_over(&square(&half(&x[0], 1.0)))],
        [4.0, SEVERAL],
        &[both(1e-75, 340.0)],
    ),
    known("abs", |x, _| magnitude(&x[0]), &[|x, _| by_size(&x[0], -1.0, 1.0)], [EXACT, EXACT], &[WIDE]),
    known("sign", |x, _| by_size(&x[0], -1.0, 1.0), &[|_, _| big(0.0)], [EXACT, EXACT], &[WIDE]),
    known("round", |x, _| nearest(&x[0]), &[|_, _| big(0.0)], [EXACT, EXACT], &[WIDE]),
    known(
        "min",
        |x, _| if is_negative(&(x[0].clone() - &x[1])) { x[0].clone() } else { x[1].clone() },
        &[
            |x, _| by_size(&(x[0].clone() - &x[1]), 1.0, 0.0),
            |x, _| by_size(&(x[0].clone() - &x[1]), 0.0, 1.0),
        ],
        [EXACT, EXACT],
        &[WIDE, WIDE],
    ),
    known(
        "max",
        |x, _| if is_negative(&(x[0].clone() - &x[1])) { x[1].clone() } else { x[0].clone() },
        &[
            |x, _| by_size(&(x[0].clone() - &x[1]), 0.0, 1.0),
            |x, _| by_size(&(x[0].clone() - &x[1]), 1.0, 0.0),
        ],
        [EXACT, EXACT],
        &[WIDE, WIDE],
    ),
    known(
        "hypot",
        |x, _| root(&(square(&x[0]) + square(&x[1]))),
        &[
            |x, _| x[0].clone() / root(&(square(&x[0]) + square(&x[1]))),
            |x, _| x[1].clone() / root(&(square(&x[0]) + square(&x[1]))),
        ],
        [LIBRARY, FEW],
        &[WIDE, WIDE],
    ),
    known(
        "sigmoid",
        |x, _| logistic(&x[0]),
        &[|x, _| logistic(&x[0]) * logistic(&-x[0].clone())],
        [4.0, SEVERAL],
        &[both(1e-75, 700.0)],
    ),
    known(
        "softplus",
        |x, _| ln(&(exp(&x[0]) + big(1.0))),
        &[|x, _| logistic(&x[0])],
        [4.0, 4.0],
        &[both(1e-75, 700.0)],
    ),
    known(
        "select",
        |x, _| if is_negative(&x[0]) { x[2].clone() } else { x[1].clone() },
        &[|_, _| big(0.0), |x, _| by_size(&x[0], 0.0, 1.0), |x, _| by_size(&x[0], 1.0, 0.0)],
        [EXACT, EXACT],
        &[WIDE, WIDE, WIDE],
    ),
    known(
        "inside",
        |x, _| x[1].clone(),
        &[|_, _| big(0.0), |_, _| big(1.0)],
        [EXACT, EXACT],
        &[positive(1e-75, 1e75), WIDE],
    ),
    known(
        "exponent",
        |x, _| x[1].clone(),
        &[|_, _| big(0.0), |_, _| big(1.0)],
        [EXACT, EXACT],
        &[positive(1e-75, 1e75), WIDE],
    ),
];

/// The whole number next to x that no other is nearer to; of two, the even one.
fn nearest(x: &Big) -> Big {
    let found = x.to_f64();
    // Beyond 2⁵² every number is whole.
    if found.abs() > 4_503_599_627_370_496.0 {
        return x.clone();
    }
    let floor = found.floor();
    let is_up = match found - floor {
        0.5 => floor % 2.0 != 0.0,
        part => part > 0.5,
    };
    big(if is_up { floor + 1.0 } else { floor })
}

impl Range {
    /// Magnitudes in every decade, two per cent apart between 10⁻³ and 10³, and in steps of 0.43 up to 110.
    pub(super) fn sweep(&self, finer: usize) -> Vec<f64> {
        let mut sizes = Vec::new();
        let finer = finer as f64;
        let mut size = self.low;
        while size < self.high {
            sizes.push(size);
            size *= if (1e-3..1e3).contains(&size) { 1.0 + 0.02 / finer } else { 1.0 + 9.7 / finer };
        }
        let steps =
            (0..).map(|k| (f64::from(k) + 0.11) * 0.43 / finer).take_while(|&x| x < self.high.min(110.0));
        sizes.extend(steps.filter(|&x| x > self.low));
        sizes.push(self.high);
        let signs: &[f64] = if self.signed { &[1.0, -1.0] } else { &[1.0] };
        sizes.iter().flat_map(|&size| signs.iter().map(move |&sign| sign * size)).collect()
    }

    /// A magnitude by its logarithm, half of them where users are.
    pub(super) fn draw(&self, random: &mut Random) -> f64 {
        let (low, high) =
            if random.chance(0.5) { (self.low.max(1e-3), self.high.min(1e3)) } else { (self.low, self.high) };
        let size = random.between(low.ln(), high.ln()).exp().clamp(self.low, self.high);
        if self.signed && random.chance(0.5) { -size } else { size }
    }
}
