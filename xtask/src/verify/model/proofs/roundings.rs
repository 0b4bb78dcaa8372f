//! Roundings, where they are what a bound is made of.
//!
//! At the optimum of a fit the computed gradient is next to nothing, and its bounds are those on what computing it loses. Offsets of 10¹² that the
//! intercept takes back leave logits of size
//! one that are computed without any error, while what they may be off by is 10⁻⁴ and more. Coefficients of columns a million deviations from 0
//! lose six digits on their way back.
//!
//! Invariant: the sizes of the operations come from the data at 256 bits; what a computed gradient really is off by, far below its bound, is what
//! the ranges allow for.

use super::super::oracle::{Big, Estimate, Sample, big};
use super::cases::{Case, Expected, Point};
use super::{EXACT, Range, compare, hold, random_sample, within};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// A gradient is really off by a few tenths of u where 22·u are allowed, and gaps are squares.
const COMPUTED: Range = Range { below: 0.08, above: 0.08 };

pub(super) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    at_optimum(effort)?.into_iter().for_each(&mut *emit);
    emit(of_offsets(effort)?);
    emit(of_far_columns(effort)?);
    Ok(())
}

fn row(name: &str, files: &'static str) -> Check {
    let name = format!("proofs: {name}");
    Check::new(name, "certificates", "the sizes of what is rounded", 1.0).convicts(files)
}

/// Fits as precise as they come.
fn at_optimum(effort: &Effort) -> Result<[Check; 2], Error> {
    let mut row = row(
        "roundings at the optimum",
        "crates/model/src/{certificate/evidence,certificate/self_concordance,certificate/strong_convexity}.rs",
    );
    let mut truth = Check::new("proofs: fits are within their bounds", "certificates", super::TRUTH, 1.0)
        .convicts("crates/model/src/{certificate,verdict}.rs");
    let draws =
        [(Random::new(0x0971), effort.samples(4, 60)), (effort.fresh("optimum"), effort.samples(1, 60))];
    for (mut random, count) in draws {
        for kind in 0..count {
            let sample = random_sample(kind, &mut random);
            for lambda in [0.0, 1.0, 1e3] {
                for tolerance in [None, Some(1e-10)] {
                    let case = Case { sample: sample.clone(), lambda, tolerance };
                    let Some(known) = case.truth() else { continue };
                    fitted([&mut row, &mut truth], &case, &known)?;
                }
            }
        }
    }
    for lambda in [1e2, 1e4] {
        let case = Case { sample: opposed(), lambda, tolerance: None };
        if let Some(known) = case.truth() {
            fitted([&mut row, &mut truth], &case, &known)?;
        }
    }
    Ok([row, truth])
}

/// Offsets by which every label is a surprise: residuals are ±1, and what the penalty takes off their sums is as large as that.
fn opposed() -> Sample {
    let labels: Vec<f64> = (0..32).map(|i| f64::from(i % 2)).collect();
    let columns = vec![labels.iter().map(|label| 2.0 * label - 1.0).collect()];
    let offset = Some(labels.iter().map(|label| 5.0 - 10.0 * label).collect());
    Sample { columns, labels, weights: None, offset }
}

fn fitted([row, held]: [&mut Check; 2], case: &Case, truth: &Estimate) -> Result<(), Error> {
    let data = case.dataset()?;
    let fit = match case.regression().fit(&data) {
        Ok(fit) => fit,
        Err(error) => {
            held.expect(false, || format!("λ = {}: {error}", case.lambda));
            return Ok(());
        }
    };
    let point: Vec<f64> =
        std::iter::once(fit.intercept()).chain(fit.coefficients().iter().copied()).collect();
    let what = format!(
        "fit of {} × {}, λ = {}, tolerance {:?}",
        case.sample.labels.len(),
        point.len() - 1,
        case.lambda,
        case.tolerance
    );
    let Some(found) = fit.certificate() else {
        row.expect(false, || format!("{what}: no proof"));
        return Ok(());
    };
    let known = case.at(None, &point);
    // Coefficients of a column that is copied are rounded once more, and what is proved is proved of those before.
    let is_as_proved = !(0..point.len() - 1).any(|j| known.units.is_copied(j));
    if is_as_proved && let Expected::Certificate(bounds) = known.expected() {
        compare(row, found, &bounds, COMPUTED, &what);
        row.count_at(within(found.gradient_norm(), bounds.gradient_norm, COMPUTED), || {
            format!("{what}: gradient norm {:e}, {:e} by sizes", found.gradient_norm(), bounds.gradient_norm)
        });
    }
    hold(held, found, case, truth, &point, &what);
    Ok(())
}

/// Logits of size one out of numbers of size 10¹².
fn of_offsets(effort: &Effort) -> Result<Check, Error> {
    let mut row = row(
        "roundings of logits with offsets of 10¹⁰ to 10¹²",
        "crates/model/src/{certificate/evidence,certificate/self_concordance}.rs",
    );
    let draws =
        [(Random::new(0x0FF5), effort.samples(8, 60)), (effort.fresh("offsets"), effort.samples(4, 60))];
    for (mut random, count) in draws {
        for kind in 0..count {
            let size = 2f64.powi(34 + 2 * (kind % 4) as i32);
            let sample = far_offsets(size, &mut random);
            for (lambda, tolerance) in [(0.0, None), (4.0, None), (4.0, Some(0.9))] {
                let case = Case { sample: sample.clone(), lambda, tolerance };
                let point = [-size, random.between(-0.5, 0.5)];
                let Some(truth) = estimate_without(size, &case) else { continue };
                let found = case.regression().certify(&case.dataset()?, &point)?;
                let what = format!("offsets about {size:e}, λ = {lambda}, tolerance {tolerance:?}");
                match (&found, case.at(None, &point).expected()) {
                    (_, Expected::Unknown) | (None, Expected::None) => {}
                    (Some(found), Expected::Certificate(bounds)) => {
                        compare(&mut row, found, &bounds, EXACT, &what);
                    }
                    (found, _) => row.expect(false, || format!("{what}: {found:?}")),
                }
                if let Some(found) = &found {
                    hold(&mut row, found, &case, &truth, &point, &what);
                }
            }
        }
    }
    Ok(row)
}

/// The estimate with offsets about 0, whose intercept is then moved.
fn estimate_without(size: f64, case: &Case) -> Option<Estimate> {
    let offset = case.sample.offset.as_ref().map(|offset| offset.iter().map(|o| o - size).collect());
    let mut truth = Sample { offset, ..case.sample.clone() }.estimate(case.likelihood(), None)?;
    truth.point[0] = truth.point[0].clone() - big(size);
    Some(truth)
}

/// A column of ±1, whose coordinates are its own, and offsets about a large number.
fn far_offsets(size: f64, random: &mut Random) -> Sample {
    let columns = vec![(0..40).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect()];
    let mut labels: Vec<f64> = (0..40).map(|_| f64::from(u8::from(random.chance(0.5)))).collect();
    labels[..4].copy_from_slice(&[0.0, 0.0, 1.0, 1.0]);
    let offset = (0..40).map(|_| size + random.between(-1.0, 1.0)).collect();
    Sample { columns, labels, weights: None, offset: Some(offset) }
}

/// Means of 10³ to 10⁹ deviations.
fn of_far_columns(effort: &Effort) -> Result<Check, Error> {
    let mut row = row("roundings of columns far from 0", "crates/model/src/{certificate/reported,units}.rs");
    let draws = [(Random::new(0xFA12), effort.samples(4, 40)), (effort.fresh("far"), effort.samples(2, 40))];
    for (mut random, count) in draws {
        for kind in 0..count {
            let mut sample = random_sample(kind % 2, &mut random);
            for column in &mut sample.columns {
                let far = 10f64.powf(random.between(3.0, 8.0));
                column.iter_mut().for_each(|x| *x += far * 10.0);
            }
            for lambda in [0.0, 0.5] {
                let case = Case { sample: sample.clone(), lambda, tolerance: None };
                let Some(truth) = case.truth() else { continue };
                let Ok(fit) = case.regression().fit(&case.dataset()?) else { continue };
                let point: Vec<f64> =
                    std::iter::once(fit.intercept()).chain(fit.coefficients().iter().copied()).collect();
                let what = format!("λ = {lambda}, columns about {:e}", sample.columns[0][0]);
                let Some(found) = fit.certificate() else { continue };
                let known: Vec<f64> = truth.point.iter().map(Big::to_f64).collect();
                let mut known: Point<'_> = case.at(None, &known);
                known.seen.gradient.iter_mut().for_each(|slope| *slope = 0.0);
                if let Expected::Certificate(bounds) = known.expected() {
                    compare(&mut row, found, &bounds, COMPUTED, &what);
                    row.count_at(within(found.gradient_norm(), bounds.gradient_norm, COMPUTED), || {
                        format!(
                            "{what}: gradient norm {:e}, {:e} by sizes",
                            found.gradient_norm(),
                            bounds.gradient_norm
                        )
                    });
                }
                hold(&mut row, found, &case, &truth, &point, &what);
            }
        }
    }
    Ok(row)
}
