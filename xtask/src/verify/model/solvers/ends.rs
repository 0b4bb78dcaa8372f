//! Where solvers stop: at a tolerance, at the last digit, at a limit of steps.
//!
//! Invariant: a case so near a criterion that rounding decides is left out.

use chainrule_data::Dataset;
use chainrule_model::{Error as ModelError, Gradient, LogisticRegression, Penalty, Solver};

use super::super::oracle::Sample;
use super::super::proofs::random_sample;
use super::logistic::Logistic;
use super::row;
use super::textbook::plus;
use crate::error::Error;
use crate::verify::{Check, Effort, Random};

/// When descent reaches a tolerance, by the bound that strong convexity gives without roundings; and limits of steps.
pub(super) fn ends(effort: &Effort) -> Result<[Check; 2], Error> {
    let mut stops = row(
        "descent that stops at a tolerance",
        "numbers of steps",
        0.0,
        "crates/model/src/{objective,descent}.rs",
    );
    let mut limits = row(
        "limits of steps",
        "fits",
        0.0,
        "crates/model/src/{quasi_newton,newton_cg,descent,regression}.rs",
    );
    let mut later = 0;
    let draws =
        [(Random::new(0x570B), effort.samples(16, 90)), (effort.fresh("ends"), effort.samples(4, 90))];
    for (mut random, count) in draws {
        for kind in 0..count {
            let mut sample = Sample { offset: None, ..random_sample(kind, &mut random) };
            // One class in few examples makes the first steps go along the intercept.
            let few = 1 + sample.labels.len() / 4;
            sample.labels.iter_mut().skip(few).for_each(|label| *label = 0.0);
            let lambda = 10f64.powf(random.between(-1.0, 1.0));
            let tolerance = 10f64.powf(random.between(-6.0, -1.0));
            let known = Logistic::new(sample, lambda, Some(tolerance));
            let data = known.case.dataset()?;
            let regression = known.case.regression();
            for gradient in [Gradient::ClosedForm, Gradient::Graph] {
                let descent = regression.clone().solver(Solver::GradientDescent).gradient(gradient);
                let expected = steps_to(&known, tolerance, gradient);
                if let (Some(expected), Ok(fit)) = (expected, descent.fit(&data)) {
                    let found = fit.iterations();
                    stops.expect(found >= expected, || {
                        format!("{gradient:?}, λ = {lambda}, tolerance {tolerance:e}: {found} steps, expected {expected}")
                    });
                    // Where the proof does not reach what the bound promised, descent goes on.
                    later += usize::from(found > expected);
                }
            }
            if kind % 4 > 0 {
                continue;
            }
            for solver in [Solver::Newton, Solver::Lbfgs, Solver::NewtonCg, Solver::GradientDescent] {
                limit(&mut limits, &regression.clone().solver(solver), &data, solver)?;
            }
            let precise = LogisticRegression::new().penalty(Penalty::L2(lambda));
            for solver in [Solver::Newton, Solver::Lbfgs, Solver::NewtonCg] {
                limit(&mut limits, &precise.clone().solver(solver), &data, solver)?;
            }
        }
    }
    let all = stops.cases();
    stops.expect(10 * later <= all, || format!("{later} of {all} go on for longer than the bound wants"));
    Ok([stops, limits])
}

/// As many steps as are needed are enough, and one less is not.
fn limit(
    row: &mut Check,
    regression: &LogisticRegression,
    data: &Dataset,
    solver: Solver,
) -> Result<(), Error> {
    let Ok(fit) = regression.fit(data) else { return Ok(()) };
    let steps = fit.iterations();
    let enough = regression.clone().iteration_limit(steps).fit(data);
    row.expect(enough.is_ok_and(|again| again.history() == fit.history()), || {
        format!("{solver}: {steps} steps are not enough")
    });
    if let Some(fewer) = steps.checked_sub(1) {
        let found = regression.clone().iteration_limit(fewer).fit(data);
        let is_told = match &found {
            Err(ModelError::NotReached { obstacle, fit }) => {
                format!("{obstacle:?}").contains("IterationLimit") && fit.iterations() <= fewer
            }
            _ => false,
        };
        row.expect(is_told, || {
            format!(
                "{solver}: {steps} steps, and with {fewer} allowed {:?}",
                found.map(|fit| fit.iterations())
            )
        });
    }
    Ok(())
}

/// Steps of descent until Σ (|gⱼ − g₀/h·mⱼ| + (e^δ − 1)·δ/4)²/(2λⱼ) + g₀²/h is half of the tolerance's share of F. By the graph there is no
/// column m: h is guessed as three tenths of F, a twentieth at most, and (|gⱼ| + |g₀|/(4h))² stands for the square. Nothing if that is too near to
/// tell.
fn steps_to(known: &Logistic, tolerance: f64, gradient: Gradient) -> Option<usize> {
    const MOST: usize = 300;
    let rate = 1.0 / known.curvature();
    let mut point = vec![0.0; known.units.means.len() + 1];
    for step in 0..MOST {
        let (seen, (value, slopes)) = (known.seen(&point), known.value_and_gradient(&point));
        let has_column = gradient == Gradient::ClosedForm;
        let h = if has_column { seen.hessian[0][0] } else { (0.3 * value).min(0.05) };
        let slope = slopes[0];
        let delta = -(-slope.abs() / h).ln_1p();
        let of_weight = |j: usize| {
            let left = if has_column {
                (slopes[j] - slope / h * seen.hessian[0][j]).abs() + delta.exp_m1() * delta / 4.0
            } else {
                slopes[j].abs() + slope.abs() / h / 4.0
            };
            left * left / (2.0 * known.penalty(j))
        };
        let gap = (1..point.len()).map(of_weight).sum::<f64>() + slope * slope / h;
        let share = gap / (tolerance / 2.0 * value);
        if (share - 1.0).abs() < 1e-6 {
            return None;
        }
        if share < 1.0 {
            return Some(step);
        }
        point = plus(&point, -rate, &slopes);
    }
    None
}
