//! Points where a theorem is nearly tight, against the truth alone.
//!
//! ```text
//! self-concordance   Δ = t·H⁻¹eⱼ:  ‖Δ‖_H·√(H⁻¹)ⱼⱼ = |Δⱼ|, so bound/|Δⱼ| → 1 and ν·r/(F − F*) → 2 as t → 0
//! strong convexity   one column of deviation 1, b = b̂(w): λ·|Δ| ≤ |∇g| ≤ (λ + ¼)·|Δ|, so bounds are within 1 + 1/(4λ) of distance and gap
//! along b            a rare event and no column: a(1 − a) ≈ a falls as e^(−δ) from b to b*, so −ln(1 − |∂F/∂b|/h) → b − b*
//! ```
//!
//! Invariant: the factors follow from the theorems, with what R·ν adds along the way.

use chainrule_model::{LogisticRegression, Penalty};

use super::super::oracle::{Big, Estimate, Sample, big};
use super::cases::Case;
use super::{ALLOWED, distances, random_sample};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// R·ν of the steps along the covariance.
const STEP: f64 = 3e-3;

pub(super) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    emit(by_hessian(effort)?);
    emit(by_penalty()?);
    emit(along_intercept()?);
    Ok(())
}

fn row(name: &str, files: &'static str) -> Check {
    let name = format!("proofs: {name}");
    Check::new(name, "bound over distance", "1 and the factor of the theorem", 1.0).convicts(files)
}

/// Counts a bound over what it bounds: below 1 it is no bound, above the factor it is not tight.
fn count(row: &mut Check, bound: f64, distance: f64, factor: f64, what: &str) {
    let ratio = bound / distance;
    let error = if ratio < 1.0 { f64::INFINITY } else { (ratio - 1.0) / (factor - 1.0 + ALLOWED) };
    row.count_at(error, || {
        format!("{what}: {distance:e} off, proved {bound:e}, which is {ratio} and not 1 to {factor}")
    });
}

/// Steps along the columns of the covariance.
fn by_hessian(effort: &Effort) -> Result<Check, Error> {
    let mut row = row(
        "self-concordance along each coefficient",
        "crates/model/src/{certificate/self_concordance,verdict}.rs",
    );
    let draws =
        [(Random::new(0x7164), effort.samples(4, 40)), (effort.fresh("tight"), effort.samples(2, 40))];
    for (mut random, count) in draws {
        for kind in 0..count {
            let sample = random_sample(kind, &mut random);
            for lambda in [0.0, 0.01] {
                let case = Case { sample: sample.clone(), lambda, tolerance: None };
                if let Some(truth) = case.truth() {
                    // Of so few columns the certificate's R, by the largest of each, is at most some forty times as large.
                    along_each(&mut row, &case, &truth, 1.0 / (1.0 - 40.0 * STEP))?;
                }
            }
        }
    }
    Ok(row)
}

/// Bounds on a coefficient and on the gap, a little along each column of the covariance.
pub(super) fn along_each(row: &mut Check, case: &Case, truth: &Estimate, factor: f64) -> Result<(), Error> {
    let data = case.dataset()?;
    for (j, column) in truth.covariance.iter().enumerate() {
        // With Σ = (C·H)⁻¹ and Δ = t·Σeⱼ the length ‖Δ‖_H is t·√(Σⱼⱼ/C), and R² = C·max x̃ᵀΣx̃.
        let longest = (0..case.sample.labels.len()).map(|i| variance(case, truth, i)).fold(0.0, f64::max);
        let length = STEP / (column[j].to_f64() * longest).sqrt();
        let step = |(known, w): (&Big, &Big)| (known.clone() + big(length) * w).to_f64();
        let point: Vec<f64> = truth.point.iter().zip(column).map(step).collect();
        let what = format!("λ = {}, {} coefficients, along {j}", case.lambda, point.len());
        let Some(found) = case.regression().certify(&data, &point)? else {
            row.expect(false, || format!("{what}: no proof at {point:?}"));
            continue;
        };
        let off = distances(case, truth, &point);
        count(row, found.coefficients()[j], off[j], factor, &what);
        count(row, found.gap(), off[point.len() + 1], 2.0 * factor, &what);
        // The weights' bound is the length of all of theirs.
        if point.len() == 2 && j == 1 {
            count(row, found.weights(), off[2], factor, &what);
        }
    }
    Ok(())
}

/// x̃ᵀΣx̃ of an example.
fn variance(case: &Case, truth: &Estimate, i: usize) -> f64 {
    let entry = |j: usize| if j == 0 { big(1.0) } else { big(case.sample.columns[j - 1][i]) };
    let along =
        |row: &Vec<Big>| row.iter().enumerate().fold(big(0.0), |sum, (j, w)| sum + w.clone() * entry(j));
    truth.covariance.iter().enumerate().fold(big(0.0), |sum, (j, row)| sum + along(row) * entry(j)).to_f64()
}

/// ±1 with as many labels of each kind, so that at w = 0 the best intercept is 0.
fn balanced() -> Sample {
    let columns = vec![(0..24).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect()];
    let labels = (0..24).map(|i| f64::from(u8::from(if i < 16 { i % 2 == 0 } else { i % 2 == 1 }))).collect();
    Sample { columns, labels, weights: None, offset: None }
}

/// From the origin, far from the optimum under a small penalty and tight under a large one.
fn by_penalty() -> Result<Check, Error> {
    let mut row = row(
        "strong convexity along one column",
        "crates/model/src/{certificate/strong_convexity,verdict}.rs",
    );
    for lambda in [0.01, 0.25, 1.0, 100.0] {
        let case = Case { sample: balanced(), lambda, tolerance: None };
        let data = case.dataset()?;
        let Some(truth) = case.truth() else { continue };
        let fit = LogisticRegression::new().penalty(Penalty::L2(lambda)).descend(&data, 0)?;
        let what = format!("from the origin, λ = {lambda}");
        let Some(found) = fit.certificate() else {
            row.expect(false, || format!("{what}: no proof"));
            continue;
        };
        let off = distances(&case, &truth, &[0.0, 0.0]);
        let factor = 1.0 + 1.0 / (4.0 * lambda);
        count(&mut row, found.coefficients()[1], off[1], factor, &what);
        count(&mut row, found.weights(), off[2], factor, &what);
        count(&mut row, found.gap(), off[3], factor, &what);
    }
    Ok(row)
}

/// One event among ten thousand, and no column.
fn along_intercept() -> Result<Check, Error> {
    let mut row = row(
        "strong convexity along the intercept",
        "crates/model/src/{certificate/strong_convexity,certificate}.rs",
    );
    let sample =
        Sample { columns: Vec::new(), labels: vec![1.0, 0.0], weights: Some(vec![1.0, 1e4]), offset: None };
    let case = Case { sample, lambda: 0.1, tolerance: None };
    let data = case.dataset()?;
    let Some(truth) = case.truth() else { return Ok(row) };
    for away in [0.1, 0.5, 1.0, 2.0] {
        let point = [truth.point[0].to_f64() + away];
        let what = format!("{away} above the best intercept");
        let Some(found) = case.regression().certify(&data, &point)? else {
            row.expect(false, || format!("{what}: no proof at {point:?}"));
            continue;
        };
        let off = distances(&case, &truth, &point);
        // a is ȳ·e^δ to within a, which is below 10⁻³, so |∂F/∂b| = ȳ(e^δ − 1) and the gap is ȳ(e^δ − 1 − δ).
        let of_gap = away * away.exp_m1() / (away.exp_m1() - away);
        count(&mut row, found.coefficients()[0], off[0], 1.004, &what);
        count(&mut row, found.gap(), off[2], 1.004 * of_gap, &what);
    }
    Ok(row)
}
