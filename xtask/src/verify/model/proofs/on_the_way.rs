//! Certificates that fits come with: of a trajectory, of a fit that stopped at a tolerance, of a part of many examples.
//!
//! Invariant: a tolerance that is asked for is proved; what is proved is what the theorems give at the coefficients that are reported.

use chainrule_model::{Fit, Solver};

use super::super::oracle::Sample;
use super::cases::{Case, Expected, Part};
use super::{BELOW, FORMULAS, Range, TRUTH, compare, hold, random_sample};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

const SOLVERS: [Solver; 4] = [Solver::Newton, Solver::Lbfgs, Solver::NewtonCg, Solver::GradientDescent];

/// Gaps that are made of roundings are compared elsewhere.
const ROUNDED: f64 = 1e-13;

pub(super) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    emit(trajectories(effort)?);
    tolerances(effort)?.into_iter().for_each(&mut *emit);
    parts(effort)?.into_iter().for_each(&mut *emit);
    Ok(())
}

fn row(name: &str, route: &'static str, reference: &'static str, files: &'static str) -> Check {
    Check::new(format!("proofs: {name}"), route, reference, 1.0).convicts(files)
}

fn point_of(fit: &Fit) -> Vec<f64> {
    std::iter::once(fit.intercept()).chain(fit.coefficients().iter().copied()).collect()
}

/// Beside the theorem's own bounds the roundings of the way into standard coordinates, which columns far from 0 make large.
const CARRIED: Range = Range { below: BELOW, above: 2e-2 };

/// Steps of descent, from the origin on.
fn trajectories(effort: &Effort) -> Result<Check, Error> {
    let files = "crates/model/src/{verdict,certificate/strong_convexity,descent}.rs";
    let mut row = row("bounds after steps of descent", "strong convexity", FORMULAS, files);
    let draws =
        [(Random::new(0xDE5C), effort.samples(3, 40)), (effort.fresh("descent"), effort.samples(2, 40))];
    for (mut random, count) in draws {
        for kind in 0..count {
            let lambda = 10f64.powf(random.between(-2.0, 1.0));
            let case = Case { sample: random_sample(kind, &mut random), lambda, tolerance: None };
            let data = case.dataset()?;
            let Some(truth) = case.truth() else { continue };
            for steps in [0, 1, 7] {
                let fit = case.regression().descend(&data, steps)?;
                let point = point_of(&fit);
                let what = format!("{steps} steps, λ = {lambda}, {} coefficients", point.len());
                match (fit.certificate(), case.at(None, &point).by_penalty()) {
                    (Some(found), Some(bounds)) => {
                        compare(&mut row, found, &bounds, CARRIED, &what);
                        hold(&mut row, found, &case, &truth, &point, &what);
                    }
                    (None, None) => {}
                    (found, _) => row.expect(false, || format!("{what}: {found:?}")),
                }
            }
        }
    }
    Ok(row)
}

/// Fits by each solver, content with less and less.
fn tolerances(effort: &Effort) -> Result<[Check; 3], Error> {
    let files = "crates/model/src/{verdict,certificate/at_hand,fitting,watch}.rs";
    let mut formulas = row("fits that stop at a tolerance", "their certificates", FORMULAS, files);
    let mut truths = row("fits that stop at a tolerance", "distances over bounds", TRUTH, files);
    let mut asked = row("fits that stop at a tolerance", "proved gaps", "what was asked for", files);
    let draws =
        [(Random::new(0x701E), effort.samples(3, 40)), (effort.fresh("tolerances"), effort.samples(2, 40))];
    for (mut random, count) in draws {
        for kind in 0..count {
            let sample = random_sample(kind, &mut random);
            for lambda in [0.0, 10f64.powf(random.between(-2.0, 0.0))] {
                let known = Case { sample: sample.clone(), lambda, tolerance: None };
                let Some(truth) = known.truth() else { continue };
                for (exponent, solver) in
                    [2, 4, 6, 8, 10].into_iter().zip(SOLVERS.into_iter().cycle().skip(kind))
                {
                    let tolerance = 10f64.powi(-exponent);
                    let case = Case { sample: sample.clone(), lambda, tolerance: Some(tolerance) };
                    let Ok(fit) = case.regression().solver(solver).fit(&case.dataset()?) else { continue };
                    let point = point_of(&fit);
                    let what = format!("{solver}, λ = {lambda}, tolerance {tolerance:e}");
                    let Some(found) = fit.certificate() else {
                        asked.expect(false, || format!("{what}: no proof"));
                        continue;
                    };
                    let share = found.gap() / (tolerance * fit.objective());
                    asked.count_at(share, || {
                        format!("{what}: a gap of {:e} is proved, {share} of it", found.gap())
                    });
                    hold(&mut truths, found, &case, &truth, &point, &what);
                    if found.gap() > ROUNDED
                        && let Expected::Certificate(bounds) = case.at(None, &point).expected()
                    {
                        compare(&mut formulas, found, &bounds, NEARLY, &what);
                    }
                }
            }
        }
    }
    Ok([formulas, truths, asked])
}

/// A solver's gradient is off by some u, beside 10⁻⁷ and more, of which a hundredth may be left.
const NEARLY: Range = Range { below: 1e-4, above: 1e-4 };

/// Ten thousand examples and more, of which every tenth run of 64 is the part that counts.
fn parts(effort: &Effort) -> Result<[Check; 2], Error> {
    let files =
        "crates/model/src/{certificate/at_hand,certificate/self_concordance,fitting,parts,verdict}.rs";
    let mut formulas = row("bounds by the Hessian of a part", "certificates", FORMULAS, files);
    let mut kinds =
        row("bounds by the Hessian of a part", "their theorems", "the order of the proofs", files);
    let mut random = Random::new(0x9A27);
    for kind in 0..effort.samples(2, 12) {
        let sample = many(kind, &mut random);
        let part = part_of(&sample);
        for (lambda, tolerance, distances) in [
            (1e-3, Some(0.5), [0.01, 0.1, 0.3]),
            (0.3, Some(0.1), [0.001, 0.03, 0.3]),
            (0.3, None, [1e-5, 1e-4, 0.1]),
            (0.0, None, [0.001, 0.01, 0.1]),
        ] {
            let case = Case { sample: sample.clone(), lambda, tolerance };
            let data = case.dataset()?;
            let best = point_of(&case.regression().fit(&data)?);
            for distance in distances {
                let moved = |w: f64| w + distance * random.between(-1.0, 1.0);
                let point: Vec<f64> = best.iter().copied().map(moved).collect();
                let what = format!(
                    "{} examples, λ = {lambda}, tolerance {tolerance:?}, {distance} off",
                    sample.labels.len()
                );
                let found = case.regression().certify(&data, &point)?;
                match (&found, case.at(Some(&part), &point).expected()) {
                    (None, Expected::None) | (_, Expected::Unknown) => {}
                    (Some(found), Expected::Certificate(bounds)) => {
                        compare(&mut formulas, found, &bounds, NEARLY, &what);
                        kinds.expect_same(&found.theorem(), &bounds.theorem, || what.clone());
                    }
                    (found, _) => kinds.expect(false, || format!("{what}: {found:?}")),
                }
            }
        }
    }
    Ok([formulas, kinds])
}

/// Two columns and, by kind, weights that are larger in the part.
fn many(kind: usize, random: &mut Random) -> Sample {
    let count = 10_240 + 77 * kind;
    let columns: Vec<Vec<f64>> =
        (0..2).map(|_| (0..count).map(|_| random.normal() + 0.5).collect()).collect();
    let label = |i: usize, random: &mut Random| {
        let z = 0.5 * columns[0][i] - columns[1][i] + 0.2;
        f64::from(u8::from(random.chance(1.0 / (1.0 + (-z).exp()))))
    };
    let labels = (0..count).map(|i| label(i, random)).collect();
    let weights =
        (kind % 2 == 1).then(|| (0..count).map(|i| if is_of_part(i) { 4.0 } else { 1.0 }).collect());
    Sample { columns, labels, weights, offset: None }
}

fn is_of_part(i: usize) -> bool {
    (i / 64).is_multiple_of(10)
}

fn part_of(whole: &Sample) -> Part {
    let kept = |column: &Vec<f64>| {
        column.iter().enumerate().filter(|(i, _)| is_of_part(*i)).map(|(_, x)| *x).collect::<Vec<f64>>()
    };
    let sample = Sample {
        columns: whole.columns.iter().map(kept).collect(),
        labels: kept(&whole.labels),
        weights: whole.weights.as_ref().map(kept),
        offset: whole.offset.as_ref().map(kept),
    };
    let share = (sample.total() / whole.total()).to_f64();
    Part { sample, share }
}
