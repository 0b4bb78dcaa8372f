//! What a certificate says of itself, when there is none, and what it is made of where sums nearly cancel.
//!
//! Invariant: what is printed is what is proved, in the order in which it is said.

use chainrule_model::{Error as ModelError, LogisticRegression, Penalty, Theorem};

use super::super::oracle::{Big, Sample};
use super::cases::Case;
use super::theorems::norm;
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

pub(super) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    emit(printed()?);
    emit(refused()?);
    emit(compensated(effort)?);
    Ok(())
}

fn small() -> Sample {
    let columns = vec![vec![0.5, 1.0, 2.0, 2.5, 4.0, 4.5, 6.0, 7.5]];
    Sample { columns, labels: vec![0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0], weights: None, offset: None }
}

fn printed() -> Result<Check, Error> {
    let mut row = Check::new("proofs: what a certificate prints", "its text", "its numbers", 0.0)
        .convicts("crates/model/src/certificate.rs");
    for (lambda, away, is_by) in [
        (0.0, 0.01, Theorem::SelfConcordance),
        (0.5, 0.8, Theorem::StrongConvexity),
        (5.0, 0.01, Theorem::Both),
    ] {
        let case = Case { sample: small(), lambda, tolerance: None };
        let Some(truth) = case.truth() else { continue };
        let mut point: Vec<f64> = truth.point.iter().map(Big::to_f64).collect();
        point[0] += away;
        let Some(found) = case.regression().certify(&case.dataset()?, &point)? else {
            row.expect(false, || format!("λ = {lambda}: no proof"));
            continue;
        };
        let compensated = found.compensated_gradient_norm().unwrap_or(f64::NAN);
        let expected = format!(
            "proved by {}: weights within {:.1e} of the optimum's, intercept within {:.1e}, objective within {:.1e}, \
             gradient norm at most {:.1e} ({compensated:.1e} by compensated sums)",
            found.theorem(),
            found.weights(),
            found.coefficients()[0],
            found.gap(),
            found.gradient_norm()
        );
        row.expect_same(&found.to_string(), &expected, || format!("λ = {lambda}"));
        let name = match is_by {
            Theorem::SelfConcordance => "self-concordance",
            Theorem::StrongConvexity => "strong convexity",
            _ => "strong convexity and self-concordance",
        };
        row.expect_same(&found.theorem(), &is_by, || format!("λ = {lambda}, {away} off"));
        row.expect_same(&found.theorem().to_string(), &name.to_owned(), || {
            format!("λ = {lambda}, {away} off")
        });
        row.expect(found.intercept() == found.coefficients()[0], || "the intercept's bound".to_owned());
    }
    let fit = LogisticRegression::new()
        .penalty(Penalty::Firth)
        .fit(&Case { sample: small(), lambda: 0.0, tolerance: None }.dataset()?)?;
    let text = fit.certificate().map(ToString::to_string).unwrap_or_default();
    row.expect(text.starts_with("stationary: gradient norm ") && text.contains("nothing is proved"), || {
        text.clone()
    });
    let is_nothing = |found: &chainrule_model::Certificate| {
        found.gradient_norm() < 1e-8
            && [found.gap(), found.weights(), found.intercept()].iter().all(|bound| bound.is_infinite())
    };
    row.expect(fit.certificate().is_some_and(is_nothing), || format!("{:?}", fit.certificate()));
    Ok(row)
}

fn refused() -> Result<Check, Error> {
    let mut row = Check::new("proofs: certificates that are refused", "the error", "what is wrong", 0.0)
        .convicts("crates/model/src/{regression,verdict}.rs");
    let case = Case { sample: small(), lambda: 0.0, tolerance: None };
    let (data, plain) = (case.dataset()?, LogisticRegression::new());
    let alike = Case { sample: Sample { labels: vec![1.0; 8], ..small() }, lambda: 0.0, tolerance: None };
    let known = case.truth().map(|truth| truth.point.iter().map(|w| w.to_f64() + 0.01).collect());
    let point: Vec<f64> = known.unwrap_or_default();
    let name = |found: Result<_, ModelError>| match found {
        Ok(found) => format!("{:?}", Option::<chainrule_model::Certificate>::is_some(&found)),
        Err(error) => format!("{error:?}"),
    };
    for (what, found, expected) in [
        ("three coefficients for one column", plain.certify(&data, &[0.0; 3]), "WrongLength"),
        ("Firth's likelihood", plain.clone().penalty(Penalty::Firth).certify(&data, &point), "NotConvex"),
        ("a tolerance of 1", plain.clone().tolerance(1.0).certify(&data, &point), "InvalidTolerance"),
        (
            "a penalty of −1",
            plain.clone().penalty(Penalty::L2(-1.0)).certify(&data, &point),
            "InvalidPenalty",
        ),
        ("labels of one kind", plain.certify(&alike.dataset()?, &point), "OneClass"),
        ("distant coefficients", plain.certify(&data, &[30.0, -9.0]), "false"),
        ("coefficients that are no numbers", plain.certify(&data, &[f64::NAN, 0.0]), "false"),
        ("infinite coefficients", plain.certify(&data, &[0.0, f64::INFINITY]), "false"),
        ("near ones", plain.certify(&data, &point), "true"),
    ] {
        let found = name(found);
        row.expect(found.contains(expected), || format!("{what}: {found}, expected {expected}"));
    }
    Ok(row)
}

/// Gradients whose terms, or whose logits' terms, are millions of times as large as they are.
fn compensated(effort: &Effort) -> Result<Check, Error> {
    let mut row = Check::new("proofs: compensated gradients", "gradient norms", "sums at 256 bits", 1e-13)
        .convicts("crates/model/src/{closed_form/block,closed_form/pass,closed_form}.rs crates/program/src/kernels.rs");
    let draws =
        [(Random::new(0xC0A9), effort.samples(4, 40)), (effort.fresh("compensated"), effort.samples(2, 40))];
    for (mut random, count) in draws {
        for kind in 0..count {
            let is_large = kind % 2 == 0;
            let made = if is_large { large_logits } else { large_sums };
            let (sample, point) = made(kind, &mut random);
            // So little that it is nothing beside a gradient.
            let case = Case { sample, lambda: 1e-22, tolerance: None };
            let width = point.len() - 1;
            let known = case.at(None, &point);
            let Some(found) = case.regression().certify(&case.dataset()?, &point)? else { continue };
            let slope = |j: usize| {
                let of_weight = known.seen.gradient[j + 1] * known.units.scales[j];
                of_weight + known.units.means[j] * known.seen.gradient[0]
            };
            let expected = norm(std::iter::once(known.seen.gradient[0]).chain((0..width).map(slope)));
            let norm = found.compensated_gradient_norm().unwrap_or(f64::NAN);
            row.compare_at(norm, expected, || format!("kind {kind}, {width} columns"));
        }
    }
    Ok(row)
}

/// As many 1 as −1, in any order: columns that are their own standard ones.
fn signs(examples: usize, random: &mut Random) -> Vec<f64> {
    let mut column: Vec<f64> = (0..examples).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
    (1..examples).rev().for_each(|i| column.swap(i, random.below(i + 1)));
    column
}

fn columns(kind: usize, random: &mut Random) -> (Vec<Vec<f64>>, Vec<f64>) {
    let examples = [40, 1_100, 74, 130][kind / 2 % 4];
    let columns = (0..if examples > 1_000 { 1 } else { 1 + (3 * kind) % 10 })
        .map(|_| signs(examples, random))
        .collect();
    let label = |i: usize, random: &mut Random| i == 0 || (random.chance(0.5) && i + 1 < examples);
    let labels = (0..examples).map(|i| f64::from(u8::from(label(i, random)))).collect();
    (columns, labels)
}

/// Logits of size one out of weights of size a million.
fn large_logits(kind: usize, random: &mut Random) -> (Sample, Vec<f64>) {
    let (columns, labels) = columns(kind, random);
    let weights: Vec<f64> = columns.iter().map(|_| random.between(-1e6, 1e6)).collect();
    let taken_back = |i: usize| -> f64 { weights.iter().zip(&columns).map(|(w, x)| w * x[i]).sum() };
    let offset = (0..labels.len()).map(|i| random.between(-1.0, 1.0) - taken_back(i)).collect();
    let point = std::iter::once(0.25).chain(weights.iter().copied()).collect();
    (Sample { columns, labels, weights: None, offset: Some(offset) }, point)
}

/// Two examples, the first and the last, that are alike but for their labels, with weights of 2⁴⁰, at the middle of the logits.
fn large_sums(kind: usize, random: &mut Random) -> (Sample, Vec<f64>) {
    let (mut columns, labels) = columns(kind, random);
    let last = labels.len() - 1;
    for column in &mut columns {
        // A pair of 1 and −1 becomes one of 1, for which another pair has to be of −1.
        let other = (1..last).find(|&i| column[i] == column[0]);
        if column[0] != column[last]
            && let Some(other) = other
        {
            column.swap(last, other);
        }
    }
    let mut counted: Vec<f64> = labels.iter().map(|_| random.between(0.5, 2.0)).collect();
    (counted[0], counted[last]) = (2f64.powi(40), 2f64.powi(40));
    let weights: Vec<f64> = columns.iter().map(|_| random.between(-64.0, 64.0).round() / 64.0).collect();
    let at_first = weights.iter().zip(&columns).map(|(w, x)| w * x[0]).sum::<f64>();
    let point = std::iter::once(-at_first).chain(weights.iter().copied()).collect();
    (Sample { columns, labels, weights: Some(counted), offset: None }, point)
}
