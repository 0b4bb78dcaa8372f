//! Proofs: the certificate of anybody's coefficients against the true distance to the optimum, and against the theorems' formulas.
//!
//! A bound is wrong if it is smaller than what it bounds, and no proof worth its name if it is much larger. So each is compared twice: with the
//! truth at 256 bits, at points chosen so that
//! the theorem is nearly tight, and with a second computation of the theorem, of which it may exceed no more than the allowances for adding up.
//! Roundings are compared where they are
//! what a bound is made of: at the optimum as nearly as f64 can name it, with offsets of 10¹², with columns far from 0.
//!
//! Invariant: the optimum comes from the oracle, the formulas from the theorems; the certificate under test is nobody's reference.

pub(super) mod cases;
mod dependent;
mod limits;
mod on_the_way;
mod roundings;
pub(super) mod seen;
mod theorems;
mod tight;
mod told;

use chainrule_model::{Certificate, Theorem};

use self::cases::{Case, Expected};
use self::theorems::{Bounds, norm};
use super::oracle::{Big, Estimate, Sample, big, root};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// Each sum of bounds is allowed 2⁻²⁰ of itself, and a bound is made of some thirty of them.
const ALLOWED: f64 = 5e-5;

/// What the formulas at f64 are off by themselves.
const BELOW: f64 = 1e-7;

const FORMULAS: &str = "the theorem's formulas";
const TRUTH: &str = "Newton's method at 256 bits";

/// How far a certificate's numbers may be below and above the formulas'.
#[derive(Clone, Copy)]
pub(super) struct Range {
    below: f64,
    above: f64,
}

const EXACT: Range = Range { below: BELOW, above: ALLOWED };

struct Rows {
    penalty: Check,
    hessian: Check,
    both: Check,
    at_hand: Check,
    choice: Check,
    norms: Check,
    truth: Check,
    known: Check,
}

impl Rows {
    fn new() -> Self {
        let row = |name: &str, route, reference, files| {
            Check::new(format!("proofs: {name}"), route, reference, 1.0).convicts(files)
        };
        Rows {
            penalty: row(
                "bounds by strong convexity",
                "certificates",
                FORMULAS,
                "crates/model/src/{certificate/strong_convexity,certificate/evidence}.rs",
            ),
            hessian: row(
                "bounds by self-concordance",
                "certificates",
                FORMULAS,
                "crates/model/src/{certificate/self_concordance,certificate/evidence,metric}.rs",
            ),
            both: row(
                "the smaller of two bounds",
                "certificates",
                FORMULAS,
                "crates/model/src/{certificate,verdict}.rs",
            ),
            at_hand: row(
                "bounds from what a solver saw, and of a part",
                "certificates",
                FORMULAS,
                "crates/model/src/{certificate/at_hand,certificate/strong_convexity,certificate/evidence,fitting,ridge}.rs",
            ),
            choice: row(
                "which theorem is asked, and whether any reaches",
                "certificates",
                "the order of the proofs",
                "crates/model/src/{verdict,certificate/narrow,certificate/at_hand}.rs",
            ),
            norms: row(
                "gradient norms",
                "certificates",
                "means at 256 bits",
                "crates/model/src/{certificate/reported,certificate/evidence,units}.rs",
            ),
            truth: row(
                "distances are within their bounds",
                "certificates",
                TRUTH,
                "crates/model/src/certificate.rs",
            ),
            known: Check::new(
                "proofs: cases that are clear",
                "shares that are near a limit",
                "all cases",
                0.25,
            ),
        }
    }

    fn all(self) -> [Check; 8] {
        let Rows { penalty, hessian, both, at_hand, choice, norms, truth, known } = self;
        [penalty, hessian, both, at_hand, choice, norms, truth, known]
    }
}

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let mut rows = Rows::new();
    let draws =
        [(Random::new(0x9200), effort.samples(10, 200)), (effort.fresh("proofs"), effort.samples(4, 200))];
    let (mut unclear, mut all) = (0, 0);
    for (mut random, count) in draws {
        for kind in 0..count {
            let sample = random_sample(kind, &mut random);
            for (lambda, tolerance) in
                [(0.0, None), (lambda(&mut random), None), (lambda(&mut random), Some(0.9))]
            {
                let case = Case { sample: sample.clone(), lambda, tolerance };
                let (off, of) = compare_case(&mut rows, &case, &mut random)?;
                (unclear, all) = (unclear + off, all + of);
            }
        }
    }
    rows.known.count_at(f64::from(unclear) / f64::from(all), || format!("{unclear} of {all}"));
    rows.all().into_iter().for_each(&mut *emit);
    tight::checks(effort, emit)?;
    on_the_way::checks(effort, emit)?;
    limits::checks(effort, emit)?;
    dependent::checks(effort, emit)?;
    told::checks(effort, emit)?;
    roundings::checks(effort, emit)
}

fn lambda(random: &mut Random) -> f64 {
    10f64.powf(random.between(-3.0, 1.5))
}

/// Overlapping classes; the kind says what else there is. Some columns' means are up to eight deviations from 0, some are farther than ten.
pub(in crate::verify::model) fn random_sample(kind: usize, random: &mut Random) -> Sample {
    let width = 1 + kind % 4;
    let count = 12 + 3 * width + random.below(8);
    let column = |j: usize, random: &mut Random| -> Vec<f64> {
        let scale = 10f64.powf(random.between(-2.0, 2.0));
        let shift = match (kind + j) % 4 {
            0 | 2 => random.between(-8.0, 8.0),
            1 => 0.0,
            _ => random.between(15.0, 40.0),
        };
        (0..count).map(|_| scale * (random.normal() + shift)).collect()
    };
    let columns: Vec<Vec<f64>> = (0..width).map(|j| column(j, random)).collect();
    let mut labels: Vec<f64> = (0..count).map(|_| f64::from(u8::from(random.chance(0.5)))).collect();
    (labels[0], labels[1]) = (0.0, 1.0);
    let weights = (kind % 3 == 1).then(|| (0..count).map(|_| random.between(0.3, 3.0)).collect());
    let offset = (kind % 5 >= 3).then(|| (0..count).map(|_| random.between(-1.5, 1.5)).collect());
    Sample { columns, labels, weights, offset }
}

/// A case at points from a hundred thousandth to three of a standard error away; how many were unclear, of how many.
fn compare_case(rows: &mut Rows, case: &Case, random: &mut Random) -> Result<(u32, u32), Error> {
    let Some(truth) = case.truth() else { return Ok((0, 0)) };
    let errors: Vec<f64> =
        truth.covariance.iter().enumerate().map(|(j, row)| root(&row[j]).to_f64()).collect();
    let data = case.dataset()?;
    let (mut unclear, mut all) = (0, 0);
    for _ in 0..4 {
        let distance = 10f64.powf(random.between(-5.0, 0.5));
        let moved = |(j, known): (usize, &Big)| known.to_f64() + distance * random.normal() * errors[j];
        let point: Vec<f64> = truth.point.iter().enumerate().map(moved).collect();
        let what = format!(
            "{} × {}, weights: {}, offset: {}, λ = {}, tolerance {:?}, {distance:.1e} standard errors off",
            case.sample.labels.len(),
            errors.len() - 1,
            case.sample.weights.is_some(),
            case.sample.offset.is_some(),
            case.lambda,
            case.tolerance
        );
        let found = case.regression().certify(&data, &point)?;
        let known = case.at(None, &point);
        all += 1;
        match (&found, known.expected()) {
            (_, Expected::Unknown) => unclear += 1,
            (None, Expected::None) => rows.choice.expect(true, String::new),
            (Some(found), Expected::Certificate(bounds)) => {
                let row = match (case.tolerance.is_some(), bounds.theorem) {
                    (true, _) => &mut rows.at_hand,
                    (_, Theorem::StrongConvexity) => &mut rows.penalty,
                    (_, Theorem::SelfConcordance) => &mut rows.hessian,
                    _ => &mut rows.both,
                };
                compare(row, found, &bounds, EXACT, &what);
                if is_told_apart(found, &bounds) {
                    rows.choice.expect_same(&found.theorem(), &bounds.theorem, || what.clone());
                }
                let within = within(found.gradient_norm(), bounds.gradient_norm, EXACT);
                rows.norms.count_at(within, || {
                    format!("{what}: {} for {}", found.gradient_norm(), bounds.gradient_norm)
                });
            }
            (found, _) => rows.choice.expect(false, || format!("{what}: {found:?}")),
        }
        if let Some(found) = &found {
            hold(&mut rows.truth, found, case, &truth, &point, &what);
        }
    }
    Ok((unclear, all))
}

/// By how much a number is outside the range around what is expected, 1 at its ends.
fn within(found: f64, expected: f64, range: Range) -> f64 {
    let ratio = found / expected;
    if ratio < 1.0 { (1.0 - ratio) / range.below } else { (ratio - 1.0) / range.above }
}

/// Whether one theorem's bounds are not the other's but for rounding.
fn is_told_apart(found: &Certificate, bounds: &Bounds) -> bool {
    found.gap() > 0.0 && bounds.gap > 0.0
}

fn numbers(found: &Certificate) -> Vec<f64> {
    found.coefficients().iter().copied().chain([found.weights(), found.gap()]).collect()
}

/// Each bound beside the formula's.
fn compare(row: &mut Check, found: &Certificate, bounds: &Bounds, range: Range, what: &str) {
    let expected = bounds.coefficients.iter().copied().chain([bounds.weights, bounds.gap]);
    let names = (0..bounds.coefficients.len()).map(|j| format!("coefficient {j}"));
    let names = names.chain(["weights".to_owned(), "gap".to_owned()]);
    row.expect(found.coefficients().len() == bounds.coefficients.len(), || format!("{what}: {found:?}"));
    for ((found, expected), name) in numbers(found).into_iter().zip(expected).zip(names) {
        row.count_at(within(found, expected, range), || {
            format!("{what}: bound on the {name} is {found:e}, the theorem gives {expected:e}")
        });
    }
}

/// What a certificate bounds, at 256 bits: distances of coefficients and weights, and the gap.
fn distances(case: &Case, truth: &Estimate, point: &[f64]) -> Vec<f64> {
    let off: Vec<f64> =
        point.iter().zip(&truth.point).map(|(&w, known)| (big(w) - known).to_f64().abs()).collect();
    let lifted: Vec<Big> = point.iter().map(|&w| big(w)).collect();
    let (here, total) = (case.sample.objective(case.likelihood(), &lifted), case.sample.total());
    let squares = truth.point[1..].iter().fold(big(0.0), |sum, w| sum + w.clone() * w);
    let best = truth.log_likelihood.clone() - total.clone() * big(case.lambda / 2.0) * squares;
    let gap = ((best - here) / total).to_f64();
    let weights = norm(off[1..].iter().copied());
    off.into_iter().chain([weights, gap]).collect()
}

/// No distance is beyond its bound.
fn hold(row: &mut Check, found: &Certificate, case: &Case, truth: &Estimate, point: &[f64], what: &str) {
    for (distance, bound) in distances(case, truth, point).into_iter().zip(numbers(found)) {
        row.count_at(distance / bound, || format!("{what}: {distance:e} off, proved {bound:e}"));
    }
}
