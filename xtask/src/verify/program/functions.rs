//! The elementary functions of programs where their reductions change, value by value in ulps; each has a ceiling of its own.
//!
//! ```text
//! eˣ:  x = n·ln 2 + r, n changes at (n + ½)·ln 2          ln: the mantissa is cut at √½·2ᵏ          ln(1 + x): the same of 1 + x
//! ```
//!
//! Near each such place and each end of a branch stand its neighbours; between lie points at random, in every binade. Beside them: zeros, infinities,
//! NaN, subnormal numbers. Lanes are independent: what stands in one changes no other.
//!
//! Invariant: truth is settled by numbers of arbitrary precision.

use chainrule_graph::oracle::{BigFloat, settled, ulps};
use chainrule_graph::{Graph, Number, Primitive, Real};
use chainrule_program::{Program, functions};

use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

const FILES: &str = "crates/program/src/functions.rs";

type Formula = fn(&BigFloat) -> BigFloat;
type Compute = fn(f64) -> f64;
/// A function with arguments and values.
type Special = (&'static str, Compute, &'static [(f64, f64)]);

/// A function, its truth, how many ulps it may be off, and where its branches meet.
struct Function {
    name: &'static str,
    compute: Compute,
    truth: Formula,
    /// A fifth above the worst of some 50,000 points, and never above the 2 ulp that are documented; a dropped term or digit is far beyond.
    ceiling: f64,
    ends: fn() -> Vec<f64>,
    /// Beyond this size nothing happens.
    largest: f64,
}

const FUNCTIONS: [Function; 5] = [
    Function {
        name: "exp",
        compute: functions::exp,
        truth: |x| x.exp(),
        ceiling: 1.3,
        ends: ends_of_exp,
        largest: 800.0,
    },
    Function {
        name: "exp_m1",
        compute: functions::exp_m1,
        truth: |x| x.exp_m1(),
        ceiling: 1.8,
        ends: ends_of_exp,
        largest: 800.0,
    },
    Function {
        name: "ln",
        compute: functions::ln,
        truth: |x| x.ln(),
        ceiling: 1.0,
        ends: ends_of_ln,
        largest: f64::MAX,
    },
    Function {
        name: "ln_1p",
        compute: functions::ln_1p,
        truth: |x| x.ln_1p(),
        ceiling: 1.0,
        ends: ends_of_ln_1p,
        largest: f64::MAX,
    },
    Function {
        name: "tanh",
        compute: functions::tanh,
        truth: |x| x.tanh(),
        // 2.02 at −0.2028 is the most that was seen.
        ceiling: 2.25,
        ends: ends_of_tanh,
        largest: 25.0,
    },
];

/// n changes here; results are subnormal, 0 or infinite; branches meet.
fn ends_of_exp() -> Vec<f64> {
    let halves = (-1100..1100).map(|n| (f64::from(n) + 0.5) * std::f64::consts::LN_2);
    let wholes = (-40..40).map(|n| f64::from(n) * std::f64::consts::LN_2);
    let ends =
        [-746.0, -745.133_219_101_941_1, -708.396_418_532_264_1, -50.0, 50.0, 709.782_712_893_384, 710.0];
    halves.chain(wholes).chain(ends).collect()
}

fn ends_of_ln() -> Vec<f64> {
    let cuts = (-1074..1024).map(|k| std::f64::consts::FRAC_1_SQRT_2 * 2_f64.powi(k));
    let ends = [1.0, f64::MIN_POSITIVE, 5e-324, f64::MAX, 2.0, 0.5];
    cuts.chain(ends).collect()
}

fn ends_of_ln_1p() -> Vec<f64> {
    let cuts = (-52..1024).map(|k| std::f64::consts::FRAC_1_SQRT_2 * 2_f64.powi(k) - 1.0);
    let powers = (-60..60).flat_map(|k| [2_f64.powi(k), -2_f64.powi(k)]);
    cuts.chain(powers).chain([f64::EPSILON / 4.0, -f64::EPSILON / 4.0, 1.0, -0.5]).collect()
}

fn ends_of_tanh() -> Vec<f64> {
    let halves = (-60..60).map(|n| (f64::from(n) + 0.5) * std::f64::consts::LN_2 / 2.0);
    halves.chain([0.55, -0.55, 1e-9, -1e-9, 25.0, -25.0, 19.061_547, 22.0]).collect()
}

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    FUNCTIONS.iter().map(|function| of_function(function, effort)).for_each(&mut *emit);
    emit(of_difference(effort));
    emit(special());
    emit(rounding(effort));
    emit(powers()?);
    lanes()?.into_iter().for_each(emit);
    Ok(())
}

/// Neighbours of a number, some steps to each side.
fn around(x: f64) -> impl Iterator<Item = f64> {
    let step = move |k: i64| f64::from_bits(x.to_bits().wrapping_add_signed(k));
    [-300, -2, -1, 0, 1, 2, 300].into_iter().map(step).filter(|x| x.is_finite())
}

/// A number of any binade up to a size, of either sign.
fn anywhere(largest: f64, random: &mut Random) -> f64 {
    // Nine of ten within what is of use, the others in every binade.
    let size = if random.chance(0.9) {
        random.between(0.0, largest.min(40.0))
    } else {
        (random.between(0.5, 1.0) * 2_f64.powi(random.below(2098) as i32 - 1074)).min(largest)
    };
    if random.chance(0.5) { size } else { -size }
}

fn of_function(function: &Function, effort: &Effort) -> Check {
    let name = format!("function {} of programs", function.name);
    let mut check = Check::in_ulps(name, "value", "arbitrary precision", function.ceiling).convicts(FILES);
    let mut fixed = Random::new(0xF0);
    let mut fresh = effort.fresh(function.name);
    let near: Vec<f64> = (function.ends)().into_iter().flat_map(around).collect();
    // By default a seventh of all neighbours, another seventh at each run.
    let (step, first) = if effort.deep { (1, 0) } else { (7, fresh.below(7)) };
    let near = near.into_iter().skip(first).step_by(step);
    let count = effort.samples(400, 20_000);
    let draws: Vec<f64> = (0..2 * count)
        .map(|k| anywhere(function.largest, if k < count { &mut fixed } else { &mut fresh }))
        .collect();
    for x in near.chain(draws) {
        let found = (function.compute)(x);
        let truth = settled(|precision| (function.truth)(&BigFloat::new(x, precision)));
        match truth {
            Some(truth) if !truth.is_nan() => {
                check.count_at(ulps(found, &truth), || {
                    format!("at {x:?}: found {found:?}, expected {:?}", truth.to_f64())
                });
            }
            // Outside of the domain, or where the truth is 0 or infinite.
            _ => check.expect(found.is_nan(), || format!("at {x:?}: found {found:?}, expected NaN")),
        }
    }
    check
}

/// e^(a − b) with what rounding the difference loses.
fn of_difference(effort: &Effort) -> Check {
    let mut check = Check::in_ulps("function exp_sub of programs", "value", "arbitrary precision", 1.6)
        .convicts("crates/program/src/functions.rs");
    let mut random = effort.fresh("exp_sub");
    for _ in 0..effort.samples(500, 20_000) {
        let b = random.between(-1.0, 1.0) * 10_f64.powi(random.below(14) as i32);
        let a = b + random.between(-30.0, 30.0);
        let a = if random.chance(0.3) { random.between(-600.0, 600.0) } else { a };
        for (a, b) in [(a, b), (b, a)] {
            let found = functions::exp_sub(a, b);
            let truth =
                settled(|precision| (BigFloat::new(a, precision) - BigFloat::new(b, precision)).exp());
            let Some(truth) = truth else { continue };
            // Where the truth is 0 or infinite in f64, so has the result to be.
            check.count_at(ulps(found, &truth), || {
                format!("{a:?} − {b:?}: found {found:?}, expected {:?}", truth.to_f64())
            });
        }
    }
    for (a, b, expected) in
        [(800.0, 0.5, f64::INFINITY), (-800.0, 0.5, 0.0), (1.0, f64::INFINITY, 0.0), (3.0, 3.0, 1.0)]
    {
        check.expect_same(&functions::exp_sub(a, b), &expected, || format!("{a:?} − {b:?}"));
    }
    check
}

/// What functions are at zeros, infinities and NaN, to the bit.
fn special() -> Check {
    let mut check =
        Check::new("functions of programs, special values", "value", "IEEE 754's recommended functions", 0.0)
            .convicts(FILES);
    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;
    let cases: [Special; 6] = [
        (
            "exp",
            functions::exp,
            &[
                (0.0, 1.0),
                (-0.0, 1.0),
                (INF, INF),
                (-INF, 0.0),
                (5e-324, 1.0),
                (709.8, INF),
                (-745.2, 0.0),
                (1e300, INF),
                (-1e300, 0.0),
            ],
        ),
        (
            "exp_m1",
            functions::exp_m1,
            &[
                (0.0, 0.0),
                (-0.0, -0.0),
                (INF, INF),
                (-INF, -1.0),
                (5e-324, 5e-324),
                (-5e-324, -5e-324),
                (709.8, INF),
                (-1e300, -1.0),
                (-60.0, -1.0),
            ],
        ),
        (
            "ln",
            functions::ln,
            &[(0.0, -INF), (-0.0, -INF), (INF, INF), (1.0, 0.0), (-5e-324, NAN), (-1.0, NAN), (-INF, NAN)],
        ),
        (
            "ln_1p",
            functions::ln_1p,
            &[
                (0.0, 0.0),
                (-0.0, -0.0),
                (INF, INF),
                (-1.0, -INF),
                (-1.000_000_000_000_000_2, NAN),
                (-INF, NAN),
                (5e-324, 5e-324),
                (-5e-324, -5e-324),
                (1e-310, 1e-310),
            ],
        ),
        (
            "tanh",
            functions::tanh,
            &[
                (0.0, 0.0),
                (-0.0, -0.0),
                (INF, 1.0),
                (-INF, -1.0),
                (40.0, 1.0),
                (-40.0, -1.0),
                (5e-324, 5e-324),
                (1e-310, 1e-310),
            ],
        ),
        (
            "round",
            functions::round,
            &[
                (0.0, 0.0),
                (-0.0, -0.0),
                (INF, INF),
                (-INF, -INF),
                (0.5, 0.0),
                (-0.5, -0.0),
                (1.5, 2.0),
                (2.5, 2.0),
                (1e300, 1e300),
            ],
        ),
    ];
    for (name, function, points) in cases {
        for &(x, expected) in points {
            let found = function(x);
            let same = found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan());
            check.expect(same, || format!("{name} at {x:?}: found {found:?}, expected {expected:?}"));
        }
        check.expect(function(NAN).is_nan(), || format!("{name} of NaN"));
    }
    check
}

/// round by whole numbers: the nearest, of two the even one.
fn rounding(effort: &Effort) -> Check {
    let mut check = Check::new("function round of programs", "value", "ties to even", 0.0).convicts(FILES);
    let mut random = effort.fresh("round");
    for k in -2000_i32..2000 {
        let half = f64::from(k) / 2.0;
        let up = f64::from(k.div_euclid(2) + 1);
        let down = f64::from(k.div_euclid(2));
        let even = if k.div_euclid(2) % 2 == 0 { down } else { up };
        check.compare_at(functions::round(half), if k % 2 == 0 { half } else { even }, || format!("{half}"));
    }
    for _ in 0..500 {
        let x = random.normal() * 2_f64.powi(random.below(60) as i32);
        check.compare_at(functions::round(x), x.round_ties_even(), || format!("{x:?}"));
    }
    for x in [52, 51, 53].map(|k| 2_f64.powi(k)).into_iter().flat_map(around) {
        check.compare_at(functions::round(x), x.round_ties_even(), || format!("{x:?}"));
    }
    check
}

/// Whole powers where one way ends and another begins.
fn powers() -> Result<Check, Error> {
    // Products round once each; the libm crate promises less than 1 ulp.
    let mut check =
        Check::in_ulps("whole powers of programs", "value over a column", "arbitrary precision", 1.2)
            .convicts("crates/program/src/{functions,compute}.rs");
    let bases = [0.0, -0.0, 1.0, -1.0, 1.7, -1.7, 0.3, -0.3, 1e100, -1e-100, 3.0, -7.5, 1.000_000_1, 5e-324];
    for n in [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 16, 31] {
        let graph = Graph::new();
        let program = Program::new(&graph, graph.data("x").powi(n))?;
        for x in bases {
            let found = program.value(&[], &[&[x]])?;
            let truth =
                settled(|precision| BigFloat::compute(Primitive::PowI(n), &[BigFloat::new(x, precision)]));
            let Some(truth) = truth else { continue };
            check.count_at(ulps(found, &truth), || {
                format!("({x:?})^{n}: found {found:?}, expected {:?}", truth.to_f64())
            });
        }
    }
    Ok(check)
}

/// What stands beside an example changes nothing of it: every function, every length from 1 to 25, one NaN or infinity at each place.
fn lanes() -> Result<[Check; 2], Error> {
    let mut values = Check::new("examples beside NaN", "the others' value and slopes", "without it", 1e-14)
        .convicts("crates/program/src/{compute,functions,sums}.rs");
    let mut places = Check::new("one example that counts", "value and slopes", "alone", 0.0)
        .convicts("crates/program/src/{block,execute,sums}.rs");
    let formulas = [
        "exp(p*x) + ln_1p(p*p*x*x)",
        "tanh(p*x)*exp_m1(x) + sqrt(1 + (p*x)^2)",
        "max(p*x, x) + abs(p - x) + softplus(p*x) + p*sigmoid(x)",
        "ln(2 + sin(p*x))*p + x^3*p + cos(x)/(2 + p*p)",
    ];
    for formula in formulas {
        let graph = Graph::new();
        let program = Program::new(&graph, graph.parse(&format!("parameter p; data x; {formula}"))?)?;
        for m in 1..=25 {
            let x: Vec<f64> = (0..m).map(|i| 0.31 * i as f64 - 2.0).collect();
            for place in 0..m {
                let alone = program.value_and_gradient(&[0.7], &[&[x[place]]])?;
                for odd in [f64::NAN, f64::INFINITY, 1e300] {
                    // All but one are odd and weigh nothing.
                    let others: Vec<f64> = (0..m).map(|i| if i == place { x[i] } else { odd }).collect();
                    let weights: Vec<f64> = (0..m).map(|i| if i == place { 1.0 } else { 0.0 }).collect();
                    let columns: [&[f64]; 1] = [&others];
                    let found = program.over(&columns)?.weights(&weights)?.value_and_gradient(&[0.7])?;
                    places.expect(found == alone, || {
                        format!("{formula}: {place} of {m} beside {odd}: {found:?}, alone {alone:?}")
                    });
                }
                // One is odd and weighs nothing: the others' mean is what it is without it.
                let mut with = x.clone();
                with[place] = f64::NAN;
                let weights: Vec<f64> = (0..m).map(|i| if i == place { 0.0 } else { 1.0 }).collect();
                let columns: [&[f64]; 1] = [&with];
                if m > 1 {
                    let odd = program.over(&columns)?.weights(&weights)?.value_and_gradient(&[0.7])?;
                    let columns: [&[f64]; 1] = [&x];
                    let even = program.over(&columns)?.weights(&weights)?.value_and_gradient(&[0.7])?;
                    // Beside a NaN products are added up one by one: another order of some 25 terms.
                    for (odd, even) in [(odd.0, even.0), (odd.1[0], even.1[0])] {
                        values.compare_at_scale_at(odd, even, 1.0, || {
                            format!("{formula}: NaN at {place} of {m}")
                        });
                    }
                }
            }
        }
    }
    Ok([values, places])
}
