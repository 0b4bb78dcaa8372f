//! Columns that are nearly combinations of others, whose residuals a fit takes instead: proofs, penalties and descent in those coordinates.
//!
//! The theorems do not depend on coordinates. Along H⁻¹eⱼ of the given columns self-concordance is as tight as anywhere, and the objective is what
//! it is.
//!
//! Invariant: which coordinates a fit takes is nowhere known here.

use chainrule_model::{Fit, Solver};

use super::super::oracle::{Sample, root};
use super::cases::Case;
use super::tight::along_each;
use super::{TRUTH, hold};
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// Coefficients in standard errors, and objectives relatively, of fits as precise as they come.
const PRECISE: f64 = 1e-6;

pub(super) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    let row = |name: &str, route, bound, files| {
        Check::new(format!("proofs: {name}"), route, TRUTH, bound).convicts(files)
    };
    let residuals = "crates/model/src/{units,ridge,residuals,certificate/self_concordance}.rs";
    let mut tight =
        row("nearly dependent columns along each coefficient", "bound over distance", 1.0, residuals);
    let mut held = row("nearly dependent columns", "distances over bounds", 1.0, residuals);
    let mut fits = row("nearly dependent columns", "coefficients in standard errors", PRECISE, residuals);
    let mut objectives =
        row("nearly dependent columns", "objectives", 1e-9, "crates/model/src/{ridge,units}.rs");
    let mut falls =
        row("nearly dependent columns", "histories of descent", 1.0, "crates/model/src/{ridge,descent}.rs");
    let draws =
        [(Random::new(0xDE9E), effort.samples(4, 30)), (effort.fresh("dependent"), effort.samples(2, 30))];
    for (mut random, count) in draws {
        for kind in 0..count {
            let sample = nearly_dependent(kind, &mut random);
            for lambda in [0.0, 10f64.powf(random.between(-12.0, -7.5))] {
                let case = Case { sample: sample.clone(), lambda, tolerance: None };
                let Some(truth) = case.truth() else { continue };
                if truth.point[1].to_f64().abs() * 1e-4 > 1e8 {
                    continue;
                }
                // There is no proof from R·ν = ½ on, so r is at most 2ν.
                along_each(&mut tight, &case, &truth, 2.0)?;
                let data = case.dataset()?;
                let what = format!("λ = {lambda}, {} coefficients", truth.point.len());
                let Ok(fit) = case.regression().fit(&data) else { continue };
                let point = point_of(&fit);
                if let Some(found) = fit.certificate() {
                    hold(&mut held, found, &case, &truth, &point, &what);
                }
                for (j, (&found, known)) in point.iter().zip(&truth.point).enumerate() {
                    let error = root(&truth.covariance[j][j]).to_f64();
                    let off = (super::big(found) - known).to_f64().abs() / error;
                    fits.count_at(off, || format!("{what}, coefficient {j}: {found} for {}", known.to_f64()));
                }
                let best =
                    (case.sample.objective(case.likelihood(), &truth.point) / case.sample.total()).to_f64();
                objectives.compare_at(fit.objective(), -best, || what.clone());
                let descended =
                    case.regression().solver(Solver::GradientDescent).iteration_limit(200).fit(&data);
                let history = match descended {
                    Ok(fit) => fit.history().to_vec(),
                    Err(chainrule_model::Error::NotReached { fit, .. }) => fit.history().to_vec(),
                    Err(error) => return Err(error.into()),
                };
                for pair in history.windows(2) {
                    let is_fall = pair[1] <= pair[0] * (1.0 + 1e-12);
                    falls.expect(is_fall, || format!("{what}: from {} to {}", pair[0], pair[1]));
                }
            }
        }
    }
    [tight, held, fits, objectives, falls].into_iter().for_each(&mut *emit);
    Ok(())
}

fn point_of(fit: &Fit) -> Vec<f64> {
    std::iter::once(fit.intercept()).chain(fit.coefficients().iter().copied()).collect()
}

/// One column, another that is twice the first but for a two thousandth or less, and by kind a third that is half of their sum but for as much.
fn nearly_dependent(kind: usize, random: &mut Random) -> Sample {
    let count = 30 + random.below(10);
    let noise = 10f64.powf(random.between(-5.0, -3.3));
    let first: Vec<f64> = (0..count).map(|_| random.normal() + 1.0).collect();
    let second: Vec<f64> = first.iter().map(|x| 2.0 * x + noise * random.normal()).collect();
    let third: Vec<f64> =
        first.iter().zip(&second).map(|(x, y)| 0.5 * (x + y) + noise * random.normal()).collect();
    let columns = if kind.is_multiple_of(2) { vec![first, second] } else { vec![first, second, third] };
    let labels: Vec<f64> = (0..count).map(|_| f64::from(u8::from(random.chance(0.5)))).collect();
    let weights = (kind % 3 == 1).then(|| (0..count).map(|_| random.between(0.5, 2.0)).collect());
    Sample { columns, labels, weights, offset: None }
}
