//! Estimates of derivatives against known slopes, doubts of known size, and where and how a report says what it found.
//!
//! Invariant: slopes come from the textbook, sizes from how a function was built.

use chainrule_check::{
    Doubt, Finding, Place, Report, check, check_hessian_vector, derivative, derivative_at_scale, directional,
    gradient,
};
use serde_json::Value;

use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

const ESTIMATES: &str =
    "crates/check/src/{derivative,ridders,scales,stencil,level,tables,noise,coarseness}.rs";
const DOUBTS: &str = "crates/check/src/{doubt,jumps,noise,coarseness,scales,derivative}.rs";
const REPORTS: &str = "crates/check/src/{report,place,verdict,hessian,doubt}.rs";

/// An estimate is off by no more than its error.
const WITHIN: f64 = 1.0;

/// Of smooth functions at everyday scales the error leaves ten digits, of f or of its slope times the scale.
const DIGITS: f64 = 1e-10;

/// A function, its slope, and where it may be asked: magnitudes between two numbers.
type Known = (&'static str, fn(f64) -> f64, fn(f64) -> f64, [f64; 2]);

const KNOWN: [Known; 9] = [
    ("exp", f64::exp, f64::exp, [1e-3, 20.0]),
    ("sin", f64::sin, f64::cos, [1e-3, 30.0]),
    ("ln", f64::ln, |x| 1.0 / x, [1e-2, 1e3]),
    ("sqrt", f64::sqrt, |x| 0.5 / x.sqrt(), [1e-2, 1e3]),
    ("tanh", f64::tanh, |x| 1.0 / x.cosh().powi(2), [1e-3, 5.0]),
    ("x³ − 2x", |x| x * x * x - 2.0 * x, |x| 3.0 * x * x - 2.0, [1e-3, 1e3]),
    ("1/(1 + x²)", |x| 1.0 / (1.0 + x * x), |x| -2.0 * x / (1.0 + x * x).powi(2), [1e-3, 50.0]),
    ("atan", f64::atan, |x| 1.0 / (1.0 + x * x), [1e-3, 1e2]),
    ("7", |_| 7.0, |_| 0.0, [1e-3, 1e3]),
];

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    smooth(effort, emit)?;
    emit(along_directions(effort)?);
    emit(doubts()?);
    emit(components()?);
    emit(printed()?);
    Ok(())
}

/// How far an estimate is off, in its own error, and how large that is.
fn smooth(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let row = |route, reference, bound| {
        Check::new("estimated derivatives", route, reference, bound).convicts(ESTIMATES)
    };
    let mut off = row("distance from the truth", "the stated error", WITHIN);
    let mut size = row("the stated error", "f and its slope", DIGITS);
    let mut fixed = Random::new(0xE57);
    let mut fresh = effort.fresh("estimates");
    for (random, count) in [(&mut fixed, effort.samples(15, 200)), (&mut fresh, effort.samples(15, 200))] {
        for (name, f, slope, [low, high]) in KNOWN {
            for _ in 0..count {
                let magnitude = random.between(low.ln(), high.ln()).exp();
                let is_positive = matches!(name, "ln" | "sqrt") || random.chance(0.5);
                let x = if is_positive { magnitude } else { -magnitude };
                let scaled = random.chance(0.5);
                let found =
                    if scaled { derivative_at_scale(f, x, magnitude.min(1.0)) } else { derivative(f, x) };
                let found = found.map_err(Error::Checked)?;
                let (error, truth) = ((found.value - slope(x)).abs(), slope(x));
                // The slope itself is known to some roundings.
                let known = 8.0 * f64::EPSILON * truth.abs();
                let place = || format!("{name} at {x:?}: {found:?}, expected {truth:?}");
                off.count_at((error - known).max(0.0) / found.error.max(known).max(f64::MIN_POSITIVE), place);
                size.count_at(found.error / (truth.abs() + f(x).abs() / magnitude.min(1.0) + 1e-300), place);
                off.expect(!found.is_rough(), place);
            }
        }
    }
    emit(off);
    emit(size);
    Ok(())
}

/// Gradients by axes and slopes along directions, of a quadratic form.
fn along_directions(effort: &Effort) -> Result<Check, Error> {
    let mut check =
        Check::new("estimated derivatives", "by axes, along directions", "a quadratic form", 1e-9)
            .convicts("crates/check/src/gradient.rs");
    let mut random = effort.fresh("directions");
    for _ in 0..effort.samples(40, 400) {
        let size = 1 + random.below(5);
        let entry = |i: usize, j: usize| 1.0 / (1.0 + i as f64 + 2.0 * j as f64);
        let f = |x: &[f64]| -> f64 {
            (0..x.len())
                .flat_map(|i| (0..x.len()).map(move |j| (i, j)))
                .map(|(i, j)| x[i] * entry(i, j) * x[j])
                .sum()
        };
        let x: Vec<f64> = (0..size).map(|_| random.between(-2.0, 2.0)).collect();
        let direction: Vec<f64> = (0..size).map(|_| random.between(-3.0, 3.0)).collect();
        let slope = |k: usize| (0..size).map(|j| (entry(k, j) + entry(j, k)) * x[j]).sum::<f64>();
        let found = gradient(f, &x).map_err(Error::Checked)?;
        check.expect_same(&found.len(), &size, || "slopes".to_owned());
        for (k, found) in found.iter().enumerate() {
            check.compare_at_scale_at(found.value, slope(k), 1.0, || format!("slope {k} at {x:?}"));
        }
        let along = directional(f, &x, &direction).map_err(Error::Checked)?;
        let expected: f64 = (0..size).map(|k| slope(k) * direction[k]).sum();
        check.compare_at_scale_at(along.value, expected, 10.0, || format!("along {direction:?} at {x:?}"));
    }
    Ok(check)
}

/// Kinks, steps, breaks, edges and overflows, of sizes that are known.
fn doubts() -> Result<Check, Error> {
    let mut check = Check::new("doubts", "their sizes", "how the function was built", 0.02).convicts(DOUBTS);
    let doubt =
        |f: &dyn Fn(f64) -> f64, x: f64| derivative(f, x).map(|found| found.doubt).map_err(Error::Checked);
    for (left, right) in [(-1.0, 1.0), (0.5, 3.0), (2.0, -7.0), (0.0, 1.0)] {
        for at in [0.0, 1.5, -7.3, 100.0] {
            let f = move |x: f64| if x < at { left * (x - at) } else { right * (x - at) };
            match doubt(&f, at)? {
                Doubt::Kink { left: one, right: other } => {
                    let said = || format!("slopes {left}, {right} at {at}: {one}, {other}");
                    check.count_at((one - left).abs().max((other - right).abs()), said);
                }
                other => check.expect(false, || format!("slopes {left}, {right} at {at}: {other:?}")),
            }
        }
    }
    for size in [1e-6, 1e-4, 3e-3] {
        let f = move |x: f64| ((x * x) / size).floor() * size;
        match doubt(&f, 1.3)? {
            Doubt::Steps { size: found } => {
                check.count_at((found / size - 1.0).abs(), || format!("steps of {size}: {found}"));
            }
            other => check.expect(false, || format!("steps of {size}: {other:?}")),
        }
    }
    for size in [1.0, 20.0] {
        let f = move |x: f64| if x < 1.3 { x } else { x + size };
        match doubt(&f, 1.3)? {
            Doubt::Break { size: found } => {
                check.count_at((found / size - 1.0).abs(), || format!("a break of {size}: {found}"));
            }
            other => check.expect(false, || format!("a break of {size}: {other:?}")),
        }
    }
    let edge = check_of(|x: &[f64]| x[0].sqrt(), 0.0)?;
    check.expect(edge.contains("edge of the domain: f has no finite values on both sides"), || edge.clone());
    let overflow = check_of(|x: &[f64]| 1.0 / x[0].powi(4), 0.0)?;
    check.expect(overflow.contains("overflow: f is infinite at the point or beside it"), || overflow.clone());
    Ok(check)
}

/// What a report says of a slope of 1 at a point.
fn check_of(f: impl Fn(&[f64]) -> f64, x: f64) -> Result<String, Error> {
    Ok(check(f, |_: &[f64]| [1.0]).at(&[x]).map_err(Error::Checked)?.to_string())
}

/// A wrong row of a Hessian is found in that component of every product, and in every pair that is not symmetric.
fn components() -> Result<Check, Error> {
    let mut row = Check::new(
        "products with a Hessian",
        "the components that are wrong",
        "those that were planted",
        0.0,
    )
    .convicts("crates/check/src/{hessian,place}.rs");
    let slopes = |x: &[f64]| vec![2.0 * x[0] + x[1], x[0] + 4.0 * x[1] + x[2], x[1] + 6.0 * x[2]];
    let hessian = [[2.0, 1.0, 0.0], [1.0, 4.0, 1.0], [0.0, 1.0, 6.0]];
    for (wrong, column) in [(0, 0), (1, 1), (2, 2), (0, 1), (2, 0)] {
        let product = move |_: &[f64], v: &[f64]| -> Vec<f64> {
            let mut rows = hessian;
            rows[wrong][column] += 0.5;
            rows.iter().map(|row| row.iter().zip(v).map(|(entry, v)| entry * v).sum()).collect()
        };
        let report =
            check_hessian_vector(slopes, product).along(&[0.3, -1.0, 2.0], 3).map_err(Error::Checked)?;
        let found: Vec<Place> = report.wrong().map(|finding| finding.place).collect();
        let rows: Vec<(usize, usize)> = found
            .iter()
            .filter_map(|place| match place {
                Place::Component { vector, row } => Some((*vector, *row)),
                _ => None,
            })
            .collect();
        row.expect_same(&rows, &vec![(0, wrong), (1, wrong), (2, wrong)], || format!("[{wrong}][{column}]"));
        let pairs: Vec<usize> = found
            .iter()
            .filter_map(|place| if let Place::Symmetry(k) = place { Some(*k) } else { None })
            .collect();
        let expected = if wrong == column { vec![] } else { vec![0, 1] };
        row.expect_same(&pairs, &expected, || format!("pairs, [{wrong}][{column}]"));
    }
    Ok(row)
}

/// The names of places, and a report as JSON beside the same as findings.
fn printed() -> Result<Check, Error> {
    let mut row = Check::new("reports of checks", "places and JSON", "documented", 0.0).convicts(REPORTS);
    let places = [
        (Place::Coordinate(3), "x[3]"),
        (Place::Direction(2), "direction 2"),
        (Place::Entry { row: 1, column: 4 }, "[1][4]"),
        (Place::Mirrored { row: 1, column: 4 }, "[1][4] = [4][1]"),
        (Place::Component { vector: 2, row: 5 }, "vector 2 [5]"),
        (Place::Symmetry(6), "v6·Hv7 = v7·Hv6"),
    ];
    for (place, name) in places {
        row.expect_same(&place.to_string().as_str(), &name, || format!("{place:?}"));
    }
    let f = |x: &[f64]| x[0] * x[0] + x[1].abs() + 3.0 * x[2];
    let report = check(f, |_: &[f64]| [4.0, 0.0, 3.3]).at(&[2.0, 0.0, 1.0]).map_err(Error::Checked)?;
    let text = report.to_json()?;
    let json: Value = serde_json::from_str(&text)?;
    let found = json["findings"].as_array().cloned().unwrap_or_default();
    row.expect_same(&found.len(), &3, || text.clone());
    for (k, (finding, entry)) in report.findings().iter().zip(&found).enumerate() {
        let same = |name: &str, value: f64| entry[name].as_f64() == Some(value);
        row.expect(same("claimed", finding.claimed), || format!("claimed {k} in {text}"));
        row.expect_same(&entry["place"]["coordinate"].as_u64(), &Some(k as u64), || text.clone());
        let expected = finding.expected.map(|found| (found.value, found.error));
        let of = &entry["expected"];
        row.expect_same(&of["value"].as_f64().zip(of["error"].as_f64()), &expected, || text.clone());
    }
    shares(&report, &mut row);
    Ok(row)
}

/// Relative errors and common digits of findings: of 3.3 for 3, and of an exact 4.
fn shares(report: &Report, row: &mut Check) {
    let [right, _, wrong] = report.findings() else {
        return row.expect(false, || "three findings".to_owned());
    };
    let off = |finding: &Finding, share: f64, digits: u32| {
        (finding.relative_error() - share).abs() < 1e-6 && finding.digits_in_common().abs_diff(digits) <= 1
    };
    row.expect(off(wrong, 0.1, 1), || {
        format!("3.3 for 3: {} and {} digits", wrong.relative_error(), wrong.digits_in_common())
    });
    row.expect(right.relative_error() < 1e-9 && right.digits_in_common() >= 9, || {
        format!("4 for 4: {} and {} digits", right.relative_error(), right.digits_in_common())
    });
}
