//! chainrule-check, tried with claims that are known to be right, wrong by a known amount, or beyond what differences can tell.
//!
//! The functions and their derivatives are written out here, so the truth of a claim is known without a difference: a slope times (1 + δ) is off
//! by δ, and a verdict that certifies n digits of it is false if δ > 10⁻ⁿ.
//!
//! Invariant: no verdict that certifies may be false; how often one may abstain, or not name a planted fault, is stated with the row.

use chainrule_check::{
    Check as Checker, Doubt, Error as CheckError, Fault, Finding, Gradient, Place, Report, Verdict, check,
    check_hessian, check_hessian_vector, check_jacobian, derivative, derivative_at_scale, directional,
    gradient,
};

use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// A smooth function of two variables, its gradient and its Hessian (by rows).
struct Smooth {
    name: &'static str,
    value: fn(&[f64]) -> f64,
    gradient: fn(&[f64]) -> [f64; 2],
    hessian: fn(&[f64]) -> [[f64; 2]; 2],
}

const SMOOTH: [Smooth; 5] = [
    Smooth {
        name: "x²y + 3y",
        value: |x| x[0] * x[0] * x[1] + 3.0 * x[1],
        gradient: |x| [2.0 * x[0] * x[1], x[0] * x[0] + 3.0],
        hessian: |x| [[2.0 * x[1], 2.0 * x[0]], [2.0 * x[0], 0.0]],
    },
    Smooth {
        name: "y·sin x",
        value: |x| x[1] * x[0].sin(),
        gradient: |x| [x[1] * x[0].cos(), x[0].sin()],
        hessian: |x| [[-x[1] * x[0].sin(), x[0].cos()], [x[0].cos(), 0.0]],
    },
    Smooth {
        name: "e^(xy/4)",
        value: |x| (x[0] * x[1] / 4.0).exp(),
        gradient: |x| {
            let e = (x[0] * x[1] / 4.0).exp() / 4.0;
            [x[1] * e, x[0] * e]
        },
        hessian: |x| {
            let e = (x[0] * x[1] / 4.0).exp() / 4.0;
            let mixed = e * (1.0 + x[0] * x[1] / 4.0);
            [[x[1] * x[1] * e / 4.0, mixed], [mixed, x[0] * x[0] * e / 4.0]]
        },
    },
    Smooth {
        name: "x/(2 + y²)",
        value: |x| x[0] / (2.0 + x[1] * x[1]),
        gradient: |x| {
            let r = 1.0 / (2.0 + x[1] * x[1]);
            [r, -2.0 * x[0] * x[1] * r * r]
        },
        hessian: |x| {
            let r = 1.0 / (2.0 + x[1] * x[1]);
            let mixed = -2.0 * x[1] * r * r;
            [[0.0, mixed], [mixed, x[0] * (8.0 * x[1] * x[1] * r * r * r - 2.0 * r * r)]]
        },
    },
    Smooth {
        name: "ln(x² + 2y² + 1)",
        value: |x| (x[0] * x[0] + 2.0 * x[1] * x[1] + 1.0).ln(),
        gradient: |x| {
            let r = 1.0 / (x[0] * x[0] + 2.0 * x[1] * x[1] + 1.0);
            [2.0 * x[0] * r, 4.0 * x[1] * r]
        },
        hessian: |x| {
            let r = 1.0 / (x[0] * x[0] + 2.0 * x[1] * x[1] + 1.0);
            let mixed = -8.0 * x[0] * x[1] * r * r;
            [[2.0 * r - 4.0 * x[0] * x[0] * r * r, mixed], [mixed, 4.0 * r - 16.0 * x[1] * x[1] * r * r]]
        },
    },
];

/// Of right claims none is accused, and of smooth functions hardly any is left open: one in a hundred, at points where a slope is nearly 0.
const OPEN: f64 = 0.01;

/// The relative errors that are planted.
const PLANTED: [f64; 5] = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

const FILES: &str = "crates/check/src/{verdict,derivative,tables,ridders,scales,stencil}.rs";

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    right_and_wrong(effort)?.into_iter().for_each(&mut *emit);
    emit(estimates(effort)?);
    emit(faults()?);
    doubts()?.into_iter().for_each(&mut *emit);
    emit(second_order()?);
    emit(options()?);
    emit(bad_input());
    emit(reports()?);
    Ok(())
}

/// A point at which no slope is nearly 0, on a scale between 10⁻⁶ and 10⁶: f(u/s) is looked at, at u = s·x.
fn point(random: &mut Random) -> ([f64; 2], f64) {
    let mut coordinate = || random.between(0.4, 1.4) * if random.chance(0.5) { 1.0 } else { -1.0 };
    let x = [coordinate(), coordinate()];
    (x, 10f64.powf(random.between(-6.0, 6.0)))
}

fn verdicts(of: &Smooth, x: [f64; 2], scale: f64, factor: f64) -> Result<Vec<Finding>, Error> {
    let value = |u: &[f64]| (of.value)(&[u[0] / scale, u[1] / scale]);
    let slopes = (of.gradient)(&x).map(|slope| slope / scale * factor);
    Ok(check(value, |_: &[f64]| slopes)
        .at(&x.map(|x| x * scale))
        .map_err(Error::Checked)?
        .findings()
        .to_vec())
}

/// Right claims agree, wrong ones are convicted, and what is certified is true.
fn right_and_wrong(effort: &Effort) -> Result<[Check; 3], Error> {
    let row = |route, reference, bound| {
        Check::new("verdicts on smooth functions", route, reference, bound).convicts(FILES)
    };
    let mut right = row("right slopes", "to agree, one in a hundred left open", OPEN);
    let mut wrong = row("slopes off by 1e-6 to 1e-2", "to be wrong, one in a hundred left open", OPEN);
    let mut certified = row("digits that are certified", "the error that was planted", 0.0);
    let (mut open, mut spared, mut all) = (0, 0, 0);
    let draws = [
        (Random::new(0xC8EC), effort.samples(200, 4000)),
        (effort.fresh("verdicts"), effort.samples(200, 4000)),
    ];
    for (mut random, count) in draws {
        for of in SMOOTH.iter().cycle().take(count * SMOOTH.len()) {
            let (x, scale) = point(&mut random);
            let at = |finding: &Finding| format!("{} at {x:?}·{scale:e}: {finding:?}", of.name);
            for finding in verdicts(of, x, scale, 1.0)? {
                all += 1;
                right.expect(!matches!(finding.verdict, Verdict::Wrong { .. }), || at(&finding));
                open += usize::from(!matches!(finding.verdict, Verdict::Agrees { .. }));
            }
            let planted = PLANTED[random.below(PLANTED.len())];
            for finding in verdicts(of, x, scale, 1.0 + planted)? {
                let digits = if let Verdict::Agrees { digits } = finding.verdict { digits } else { 0 };
                certified
                    .expect(digits == 0 || planted <= 10f64.powi(-(digits as i32)) * 1.001, || at(&finding));
                // What is off by one in a million may be certified to six digits.
                spared += usize::from(!matches!(
                    finding.verdict,
                    Verdict::Wrong { .. } | Verdict::Agrees { digits: 6 }
                ));
            }
        }
    }
    right.count_at(open as f64 / f64::from(all), || format!("{open} of {all} left open"));
    wrong.count_at(spared as f64 / f64::from(all), || format!("{spared} of {all} left open"));
    Ok([right, wrong, certified])
}

/// Estimates hold their errors: of derivatives that are known, all but one in a hundred lie within.
fn estimates(effort: &Effort) -> Result<Check, Error> {
    let mut check = Check::new(
        "estimates of derivatives",
        "their errors",
        "closed forms, one in a hundred outside",
        OPEN,
    )
    .convicts(FILES);
    let mut random = effort.fresh("estimates");
    let (mut outside, count) = (0, effort.samples(200, 5000));
    for _ in 0..count {
        let (x, scale) = (random.between(0.2, 3.0), 10f64.powf(random.between(-8.0, 8.0)));
        let found = derivative_at_scale(|u| (u / scale).sin() + (u / scale).exp(), x * scale, scale)
            .map_err(Error::Checked)?;
        let truth = (x.cos() + x.exp()) / scale;
        outside += usize::from((found.value - truth).abs() > found.error + 4.0 * f64::EPSILON * truth.abs());
        check.expect((found.value / truth - 1.0).abs() < 1e-7 && found.error < 1e-6 * truth.abs(), || {
            format!("{found:?}, truth {truth}")
        });
    }
    check.count_at(outside as f64 / count as f64, || format!("{outside} of {count} outside"));
    // Of polynomials of low degree nothing is left but rounding.
    for degree in 1..=4 {
        let found = derivative(|x| x.powi(degree), 1.5).map_err(Error::Checked)?;
        let truth = f64::from(degree) * 1.5f64.powi(degree - 1);
        check.expect((found.value / truth - 1.0).abs() < 1e-11, || {
            format!("x^{degree}: {found:?}, truth {truth}")
        });
    }
    let both = gradient(|x: &[f64]| x[0] * x[1] * x[1], &[2.0, 3.0]).map_err(Error::Checked)?;
    let known = [9.0, 12.0];
    check.expect(
        both.iter().zip(known).all(|(found, truth)| (found.value / truth - 1.0).abs() < 1e-9),
        || format!("{both:?}"),
    );
    let along =
        directional(|x: &[f64]| x[0] * x[1] * x[1], &[2.0, 3.0], &[1.0, -1.0]).map_err(Error::Checked)?;
    check.expect((along.value / -3.0 - 1.0).abs() < 1e-9, || format!("{along:?}"));
    Ok(check)
}

/// A mistake of each kind is called by its name.
fn faults() -> Result<Check, Error> {
    let mut row = Check::new("verdicts on planted mistakes", "the fault's name", "what was planted", 0.0)
        .convicts("crates/check/src/{fault,verdict}.rs");
    let value = |x: &[f64]| x[0].sin() * x[1] + x[2] * x[2];
    let x: [f64; 3] = [1.0, 2.3, 0.7];
    let right = [x[1] * x[0].cos(), x[0].sin(), 2.0 * x[2]];
    let [a, b, c] = right;
    let cases: [([f64; 3], &str); 9] = [
        ([-a, -b, -c], "Sign Sign Sign"),
        ([a, -b, c], "- Sign -"),
        ([0.0, b, c], "Zero - -"),
        ([a, f64::NAN, f64::INFINITY], "- NotFinite NotFinite"),
        ([a / 2.0, b / 2.0, c / 2.0], "MissingFactor(2) MissingFactor(2) MissingFactor(2)"),
        ([a, b, c * 3.0], "- - MissingFactor(0.333333)"),
        ([a + 1.0, b + 1.0, c + 1.0], "Constant(1) Constant(1) Constant(1)"),
        ([b, a, c], "Transposed(1) Transposed(0) -"),
        ([a, b, c], "- - -"),
    ];
    for (claimed, expected) in cases {
        let report = check(value, |_: &[f64]| claimed).at(&x).map_err(Error::Checked)?;
        let named: Vec<String> = report.findings().iter().map(|finding| name(&finding.verdict)).collect();
        row.expect_same(&named.join(" "), &expected.to_owned(), || {
            format!("claimed {claimed:?}, right {right:?}")
        });
    }
    Ok(row)
}

fn name(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Agrees { .. } => "-".to_owned(),
        Verdict::Wrong { fault: Fault::MissingFactor { factor } } => {
            format!("MissingFactor({})", (factor * 1e6).round() / 1e6)
        }
        Verdict::Wrong { fault: Fault::Constant { offset } } => {
            format!("Constant({})", (offset * 1e6).round() / 1e6)
        }
        Verdict::Wrong { fault: Fault::Transposed { with: Place::Coordinate(other) } } => {
            format!("Transposed({other})")
        }
        Verdict::Wrong { fault } => format!("{fault:?}"),
        other => format!("{other:?}"),
    }
}

/// Where differences cannot tell, nobody is accused and nobody acquitted, and the reason is the right one.
fn doubts() -> Result<Vec<Check>, Error> {
    type Is = fn(&Doubt) -> bool;
    type Case = (&'static str, fn(f64) -> f64, f64, f64, Is);
    let cases: [Case; 9] = [
        (
            "|x| at 0",
            f64::abs,
            0.0,
            0.0,
            |doubt| matches!(doubt, Doubt::Kink { left, right } if (left + 1.0).abs() < 1e-6 && (right - 1.0).abs() < 1e-6),
        ),
        (
            "max(2x, −x) at 0",
            |x| (2.0 * x).max(-x),
            0.0,
            0.5,
            |doubt| matches!(doubt, Doubt::Kink { left, right } if (left + 1.0).abs() < 1e-6 && (right - 2.0).abs() < 1e-6),
        ),
        ("√x at 0", f64::sqrt, 0.0, 1.0, |doubt| matches!(doubt, Doubt::DomainEdge)),
        ("√(1 − x) at 1", |x| (1.0 - x).sqrt(), 1.0, 1.0, |doubt| matches!(doubt, Doubt::DomainEdge)),
        ("ln x at −1", f64::ln, -1.0, -1.0, |doubt| matches!(doubt, Doubt::DomainEdge | Doubt::Overflow)),
        ("e^(1000x) at 1", |x| (1000.0 * x).exp(), 1.0, 1.0, |doubt| matches!(doubt, Doubt::Overflow)),
        (
            "x rounded to a hundredth",
            |x| (x * 100.0).round() / 100.0,
            0.123,
            1.0,
            |doubt| matches!(doubt, Doubt::Steps { size } if (size / 0.01 - 1.0).abs() < 0.5),
        ),
        (
            "a step at 0",
            |x| if x < 0.0 { x } else { x + 1.0 },
            0.0,
            1.0,
            |doubt| matches!(doubt, Doubt::Break { .. } | Doubt::Kink { .. } | Doubt::Jumps { .. }),
        ),
        ("cos at 0", f64::cos, 0.0, 0.0, |doubt| matches!(doubt, Doubt::NearZero)),
    ];
    let mut rows = Vec::new();
    for (name, f, x, claimed, is_right) in cases {
        let mut row =
            Check::new(format!("doubt: {name}"), "cannot tell, and why", "what the function is", 0.0)
                .convicts("crates/check/src/{doubt,derivative,coarseness,level,jumps,noise}.rs");
        let report = check(|x: &[f64]| f(x[0]), |_: &[f64]| [claimed]).at(&[x]).map_err(Error::Checked)?;
        for finding in report.findings() {
            let is_told = matches!(&finding.verdict, Verdict::CannotTell { doubt } if is_right(doubt));
            row.expect(is_told, || format!("claimed {claimed}: {finding:?}"));
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Jacobians, Hessians and products: right ones agree in every entry, an entry that is off or moved is found where it is.
fn second_order() -> Result<Check, Error> {
    let mut row =
        Check::new("verdicts on matrices", "the entries that are wrong", "those that were planted", 0.0)
            .convicts("crates/check/src/{jacobian,hessian,place}.rs");
    let x = [0.8, -1.3];
    for of in &SMOOTH {
        for planted in 0..5 {
            let claim = move |x: &[f64]| {
                let mut rows: Vec<Vec<f64>> = (of.hessian)(x).iter().map(|row| row.to_vec()).collect();
                if let Some(entry) = rows.get_mut(planted / 2).and_then(|row| row.get_mut(planted % 2)) {
                    *entry = *entry * 1.001 + 0.001;
                }
                rows
            };
            let expected = match planted {
                4 => vec![],
                1 | 2 => vec![
                    Place::Entry { row: planted / 2, column: planted % 2 },
                    Place::Mirrored { row: 0, column: 1 },
                ],
                _ => vec![Place::Entry { row: planted / 2, column: planted % 2 }],
            };
            let report = check_hessian(of.gradient, claim).at(&x).map_err(Error::Checked)?;
            row.expect_same(&places(&report), &expected, || format!("Hessian of {}", of.name));
            let expected: Vec<Place> =
                expected.into_iter().filter(|place| matches!(place, Place::Entry { .. })).collect();
            let report = check_jacobian(of.gradient, claim).at(&x).map_err(Error::Checked)?;
            row.expect_same(&places(&report), &expected, || {
                format!("Jacobian of the gradient of {}", of.name)
            });
            let product = move |x: &[f64], v: &[f64]| -> Vec<f64> {
                claim(x).iter().map(|row| row.iter().zip(v).map(|(entry, v)| entry * v).sum()).collect()
            };
            let report = check_hessian_vector(of.gradient, product).along(&x, 3).map_err(Error::Checked)?;
            // Off the diagonal, each of two pairs of products is not symmetric either.
            let count = match planted {
                4 => 0,
                1 | 2 => 3 + 2,
                _ => 3,
            };
            row.expect_same(&report.wrong().count(), &count, || format!("products of {}", of.name));
        }
    }
    Ok(row)
}

fn places(report: &Report) -> Vec<Place> {
    report.wrong().map(|finding| finding.place).collect()
}

/// Scales, floors, seeds and directions do what they say.
fn options() -> Result<Check, Error> {
    let mut row = Check::new("options of checks", "their verdicts", "what they are documented to do", 0.0)
        .convicts("crates/check/src/{options,check,random}.rs");
    let cosine = |claimed: f64| check(|x: &[f64]| x[0].cos(), move |_: &[f64]| [claimed]);
    let verdict = |check: Result<Report, CheckError>| {
        check.map(|report| report.findings().first().map(|finding| finding.verdict))
    };
    let told = verdict(cosine(0.0).floor(1e-9).at(&[0.0])).map_err(Error::Checked)?;
    row.expect_same(&told, &Some(Verdict::Excused), || "cos at 0, floor 1e-9".to_owned());
    let told = verdict(cosine(1e-3).floor(1e-9).at(&[0.0])).map_err(Error::Checked)?;
    row.expect(matches!(told, Some(Verdict::Wrong { .. })), || {
        format!("claimed 1e-3 for cos at 0, floor 1e-9: {told:?}")
    });
    let narrow = check(|x: &[f64]| (1e6 * x[0]).sin(), |_: &[f64]| [1e6])
        .scales(&[1e-6])
        .at(&[0.0])
        .map_err(Error::Checked)?;
    row.expect(narrow.agree_to(9).is_ok(), || "sin(1e6 x) on its scale".to_owned());
    let along = |factor: f64, seed: u64| -> Result<Report, Error> {
        let product = move |_: &[f64]| [factor * 6.0, factor * 2.25];
        of_product(&check(|x: &[f64]| x[0] * x[0] * x[1], product).seed(seed))
    };
    let (one, same, other) = (along(1.0, 7)?, along(1.0, 7)?, along(1.0, 8)?);
    let claims = |report: &Report| {
        report.findings().iter().map(|finding| finding.claimed.to_bits()).collect::<Vec<u64>>()
    };
    row.expect(claims(&one) == claims(&same) && claims(&one) != claims(&other), || {
        "seeds 7, 7 and 8".to_owned()
    });
    row.expect_same(&one.findings().len(), &5, || "five directions".to_owned());
    row.expect(one.wrong().count() == 0 && along(1.001, 7)?.wrong().count() == 5, || {
        "along five directions".to_owned()
    });
    // Components lie between a half and one of max(|x|, 1), so slopes lie within 6·1.5 + 2.25·2.
    let largest = one.findings().iter().map(|finding| finding.claimed.abs()).fold(0.0, f64::max);
    row.expect(largest <= 13.5, || format!("slopes along directions that are too long: {largest}"));
    Ok(row)
}

fn of_product<F, G>(checker: &Checker<Gradient<F, G>>) -> Result<Report, Error>
where
    F: Fn(&[f64]) -> f64,
    G: Fn(&[f64]) -> [f64; 2],
{
    checker.along(&[1.5, 2.0], 5).map_err(Error::Checked)
}

/// What cannot be checked is an error that says so.
fn bad_input() -> Check {
    let mut row = Check::new("bad input of checks", "the error", "what is wrong with it", 0.0)
        .convicts("crates/check/src/{error,options,check}.rs");
    let square = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>();
    let slopes = |x: &[f64]| x.iter().map(|x| 2.0 * x).collect::<Vec<f64>>();
    let cases: [(&str, Result<Report, CheckError>, &str); 8] = [
        ("no coordinates", check(square, slopes).at(&[]), "NothingToCheck"),
        ("a point of NaN", check(square, slopes).at(&[1.0, f64::NAN]), "PointNotFinite"),
        ("an infinite point", check(square, slopes).at(&[f64::INFINITY]), "PointNotFinite"),
        ("a scale of 0", check(square, slopes).scales(&[0.0]).at(&[1.0]), "BadScale"),
        ("a scale too many", check(square, slopes).scales(&[1.0, 1.0]).at(&[1.0]), "WrongLength"),
        ("a floor below 0", check(square, slopes).floor(-1.0).at(&[1.0]), "BadFloor"),
        ("a slope too many", check(square, |_: &[f64]| [1.0, 2.0]).at(&[1.0]), "WrongLength"),
        ("no directions", check(square, slopes).along(&[1.0], 0), "NothingToCheck"),
    ];
    for (what, outcome, expected) in cases {
        let found = outcome.err().map(|error| format!("{error:?}")).unwrap_or_default();
        row.expect(found.starts_with(expected), || format!("{what}: {found}, expected {expected}"));
    }
    row
}

/// What a report counts, passes and prints follows from its findings.
fn reports() -> Result<Check, Error> {
    let mut row = Check::new("reports of checks", "what they pass and print", "their findings", 0.0)
        .convicts("crates/check/src/{report,place}.rs");
    let value = |x: &[f64]| x[0] * x[0] + x[1].abs() + 3.0 * x[2];
    let made = || check(value, |_: &[f64]| [4.0, 0.0, 3.3]).at(&[2.0, 0.0, 1.0]).map_err(Error::Checked);
    let report = made()?;
    row.expect_same(&report.wrong().count(), &1, || "wrong".to_owned());
    row.expect_same(&report.untold().count(), &1, || "untold".to_owned());
    let printed = report.to_string();
    let says = [
        "1 of 3 agree, 1 wrong, 1 not told",
        "x[0]      4.000",
        "x[1]      0.000",
        "x[2]      3.29",
        "cannot tell: kink",
        "WRONG: ",
    ];
    for said in says {
        row.expect(printed.contains(said), || format!("`{said}` is not in {printed}"));
    }
    row.expect(made()?.agree_to(6).is_err() && made()?.not_wrong().is_err(), || {
        "passes with a wrong slope".to_owned()
    });
    let open = || check(value, |_: &[f64]| [4.0, 0.0, 3.0]).at(&[2.0, 0.0, 1.0]).map_err(Error::Checked);
    row.expect(open()?.not_wrong().is_ok() && open()?.agree_to(6).is_err(), || {
        "a slope that is left open".to_owned()
    });
    let right = check(value, |_: &[f64]| [4.0, 1.0, 3.0]).at(&[2.0, 5.0, 1.0]).map_err(Error::Checked)?;
    row.expect(right.clone().agree_to(6).is_ok() && right.agree_to(16).is_err(), || {
        "6 digits, and 16".to_owned()
    });
    Ok(row)
}
