//! What is known of each operation beside the table: its value and slopes by formulas of their own, at high precision.
//!
//! The table states an operation and promises things about it: budgets, domains, kinks, conventions. Whoever edits a rule together with its promise
//! is not convicted by the table. So both are stated here once more, from the textbook: values and slopes by elementary functions of
//! the arbitrary-precision numbers (not by the table's rules at that type), how many ulps each may be off, and what holds at edges.
//!
//! Samples lie densely between 10⁻³ and 110, where users are, and in every decade where nothing on the way over- or underflows.
//!
//! Invariant: an operation of the table that is not known here fails by its name.

use chainrule_graph::oracle::{BigFloat, settled, ulps};
use chainrule_graph::{Number, Op, Primitive, Real, Table};

use super::edges::EDGES;
use super::operations::{by_name, by_reverse};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

type Big = BigFloat;
type Formula = fn(&[Big], i32) -> Big;

/// The truth is settled to 70 bits; a result that is rounded to the nearest may seem off by a little more than half a unit.
const TRUTH: f64 = 1e-4;

/// Ceilings, in ulps. Exactly the truth: signs, choices, copies.
const EXACT: f64 = 0.0;
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
struct Range {
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
    name: &'static str,
    value: Formula,
    slopes: &'static [Formula],
    pub(in crate::verify) value_ulps: f64,
    pub(in crate::verify) slope_ulps: f64,
    ranges: &'static [Range],
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

fn big(value: f64) -> Big {
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

/// The whole number next to x that no other is nearer to; samples are no halves.
fn nearest(x: &Big) -> Big {
    let found = x.to_f64();
    // Beyond 2⁵² every number is whole.
    if found.abs() > 4_503_599_627_370_496.0 {
        return x.clone();
    }
    let floor = found.floor();
    big(if found - floor > 0.5 { floor + 1.0 } else { floor })
}

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    for ops in by_name() {
        let Some(&op) = ops.first() else { continue };
        if matches!(op.name(), "sum" | "dot") {
            continue;
        }
        let Some(known) = KNOWN.iter().find(|known| known.name == op.name()) else {
            emit(row(op, "value and slopes", 0.0));
            continue;
        };
        known.judge(op, effort).into_iter().try_for_each(|check| {
            emit(check?);
            Ok::<_, Error>(())
        })?;
    }
    EDGES.iter().for_each(|edge| emit(edge.check()));
    super::edges::domains().for_each(&mut *emit);
    super::edges::sums(effort).into_iter().for_each(&mut *emit);
    Ok(())
}

fn row(op: Op, route: &'static str, bound: f64) -> Check {
    let name = format!("operation {}", op.name());
    Check::in_ulps(name, route, "textbook formula at high precision", bound)
        .convicts("crates/graph/src/op.rs crates/graph/src/float.rs")
}

/// Whole exponents: those of the table, and those that nobody samples.
pub(in crate::verify) const EXPONENTS: [i32; 16] =
    [-3, -2, -1, 0, 1, 2, 3, 4, 17, 20, 33, -34, 101, -1000, i32::MAX, i32::MIN];

impl Known {
    fn judge(&self, op: Op, effort: &Effort) -> [Result<Check, Error>; 3] {
        let mut value = row(op, "value at f64", self.value_ulps + TRUTH);
        let mut slopes = row(op, "slopes at f64", self.slope_ulps + TRUTH);
        let mut budgets =
            Check::new(format!("operation {}", op.name()), "budgets in ulps", "their ceilings", EXACT)
                .convicts("crates/graph/src/op.rs");
        for (op, point) in self.samples(op, effort) {
            let at = || place(op, &point);
            let compare = |check: &mut Check, found: f64, formula: Formula, more: f64| {
                let error =
                    truth(formula, op, &point).map(|truth| (ulps(found, &truth) - more, truth.to_f64()));
                let (error, expected) = error.unwrap_or((f64::INFINITY, f64::NAN));
                check
                    .count_at(error.max(0.0), || format!("{}: found {found:?}, expected {expected:?}", at()));
            };
            compare(&mut value, f64::apply(&Table, op, &point), self.value, 0.0);
            let found = match by_reverse(&Table, op, &point) {
                Ok(found) => found,
                Err(error) => return [Err(error), Ok(slopes), Ok(budgets)],
            };
            for (position, (&found, &formula)) in found.iter().zip(self.slopes).enumerate() {
                let more = if position == 0 { exponent_rounding(op, &point) } else { 0.0 };
                compare(&mut slopes, found, formula, more);
                let excess = op.partial_ulps(position, &point) - self.slope_ulps - more;
                budgets.count_at(excess.max(0.0), || {
                    format!("{}: partial {position}, {excess} ulp above", at())
                });
            }
            slopes.expect(found.len() == self.slopes.len(), || format!("{}: {} slopes", at(), found.len()));
            let excess = op.value_ulps(&point) - self.value_ulps;
            budgets.count_at(excess.max(0.0), || format!("{}: value, {excess} ulp above", at()));
            budgets.expect(op.in_domain(&point), || format!("{}: said to be outside of the domain", at()));
        }
        [Ok(value), Ok(slopes), Ok(budgets)]
    }

    /// Whether this states the operation.
    pub(in crate::verify) fn is_of(&self, op: Op) -> bool {
        self.name == op.name()
    }

    /// How far a value at f64 is from the truth in ulps, and the truth; `None` where it does not settle.
    pub(in crate::verify) fn value_error(&self, op: Op, point: &[f64], found: f64) -> Option<(f64, f64)> {
        truth(self.value, op, point).map(|truth| (ulps(found, &truth), truth.to_f64()))
    }

    /// The same of a slope; what rounding an exponent does is taken off.
    pub(in crate::verify) fn slope_error(
        &self,
        op: Op,
        position: usize,
        point: &[f64],
        found: f64,
    ) -> Option<(f64, f64)> {
        let more = if position == 0 { exponent_rounding(op, point) } else { 0.0 };
        let truth = truth(*self.slopes.get(position)?, op, point)?;
        Some(((ulps(found, &truth) - more).max(0.0), truth.to_f64()))
    }

    /// Dense samples for one argument, draws for several; fixed ones and fresh ones.
    pub(in crate::verify) fn samples(&self, op: Op, effort: &Effort) -> Vec<(Op, Vec<f64>)> {
        let mut fixed = Random::new(0x5EED);
        let mut fresh = effort.fresh(self.name);
        let draws = [(&mut fixed, effort.samples(150, 3000)), (&mut fresh, effort.samples(100, 3000))];
        let mut samples = Vec::new();
        if self.name == "powi" {
            for (random, count) in draws {
                samples.extend(
                    (0..count)
                        .map(|k| power_sample(op.with_exponent(EXPONENTS[k % EXPONENTS.len()]), random)),
                );
            }
            return samples;
        }
        if let [range] = self.ranges {
            samples.extend(range.sweep(effort.samples(1, 6)).into_iter().map(|x| (op, vec![x])));
        }
        for (random, count) in draws {
            let mut draw = || self.ranges.iter().map(|range| range.draw(random)).collect::<Vec<f64>>();
            samples.extend((0..count).map(|_| (op, draw())));
        }
        samples
    }
}

fn truth(formula: Formula, op: Op, point: &[f64]) -> Option<Big> {
    settled(|precision| {
        let arguments: Vec<Big> = point.iter().map(|&x| Big::new(x, precision)).collect();
        formula(&arguments, op.exponent().unwrap_or(0))
    })
}

/// A base, of either sign, whose power is a normal number.
fn power_sample(op: Op, random: &mut Random) -> (Op, Vec<f64>) {
    let n = f64::from(op.exponent().unwrap_or(1));
    let base = (random.between(-300.0, 300.0) / n.abs().max(1.0)).exp();
    (op, vec![if random.chance(0.5) { base } else { -base }])
}

/// What rounding p − 1 does to x^(p−1), in ulps: |δ·ln x| of itself, δ the error of p − 1.
fn exponent_rounding(op: Op, point: &[f64]) -> f64 {
    match (op, point) {
        (Op::PowF, &[x, p]) => {
            let lost = (Big::new(p, 200) - big(1.0) - big(p - 1.0)).to_f64();
            (lost * x.ln()).abs() / (f64::EPSILON / 2.0)
        }
        _ => 0.0,
    }
}

fn place(op: Op, point: &[f64]) -> String {
    let exponent = op.exponent().map(|n| format!(" (n = {n})")).unwrap_or_default();
    format!("{}{exponent} at {point:?}", op.name())
}

impl Range {
    /// Magnitudes in every decade, two per cent apart between 10⁻³ and 10³, and in steps of 0.43 up to 110.
    fn sweep(&self, finer: usize) -> Vec<f64> {
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
    fn draw(&self, random: &mut Random) -> f64 {
        let (low, high) =
            if random.chance(0.5) { (self.low.max(1e-3), self.high.min(1e3)) } else { (self.low, self.high) };
        let size = random.between(low.ln(), high.ln()).exp().clamp(self.low, self.high);
        if self.signed && random.chance(0.5) { -size } else { size }
    }
}
