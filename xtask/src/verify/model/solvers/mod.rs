//! The paths of the solvers, step by step, against the textbook's algorithms.
//!
//! ```text
//! descent    p ← p − ∇F/K,   K = λ_max(mean x̃x̃ᵀ)/4 + λ
//! Newton     p ← p − t·H⁻¹∇F, eigenvalues of H by their sizes where it is indefinite
//! BFGS       G ← (I − ρsyᵀ)G(I − ρysᵀ) + ρssᵀ, ρ = 1/yᵀs, over the last twenty pairs;   p ← p − t·G∇F
//! Newton-CG  H·δ = −∇F by conjugate gradients in the metric D to a residual of min(½, √(‖∇F‖/‖∇F₀‖))·‖∇F‖
//! t = 1, ½, ¼, … until F has fallen by 10⁻⁴·t·|∇F·δ| (Nocedal and Wright, Numerical Optimization, 2006, chapters 3, 6 and 7)
//! ```
//!
//! Beside them the end: by when a tolerance is reached, and that no more steps are taken than are allowed.
//!
//! Invariant: the algorithms here are dense and plain, and share nothing with the model crate; histories are compared where rounding has not yet
//! had its say.

mod custom;
mod ends;
mod logistic;
mod textbook;

use chainrule_data::Dataset;
use chainrule_model::{Error as ModelError, Fit, Solver};

use self::logistic::Logistic;
use self::textbook::{Smooth, dot, plus, solved};
use super::oracle::Sample;
use super::proofs::random_sample;
use super::proofs::seen::Units;
use crate::error::Error;
use crate::verify::{Check, Effort, Emit, Random};

/// What eight steps make of the roundings of sums.
const PATH: f64 = 1e-7;

/// Steps of descent.
const STEPS: usize = 8;

const TEXTBOOK: &str = "the textbook's algorithm";

pub(in crate::verify) fn checks(effort: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    paths(effort)?.into_iter().for_each(&mut *emit);
    emit(custom::sufficient_decrease()?);
    emit(custom::indefinite(effort)?);
    emit(custom::custom(effort)?);
    ends::ends(effort)?.into_iter().for_each(&mut *emit);
    Ok(())
}

fn row(name: &str, route: &'static str, bound: f64, files: &'static str) -> Check {
    Check::new(format!("solvers: {name}"), route, TEXTBOOK, bound).convicts(files)
}

/// What a fit tells of its way, whether or not it came to an end.
fn history(fit: Result<Fit, ModelError>) -> Result<Vec<f64>, Error> {
    match fit {
        Ok(fit) => Ok(fit.history().to_vec()),
        Err(ModelError::NotReached { fit, .. }) => Ok(fit.history().to_vec()),
        Err(error) => Err(error.into()),
    }
}

/// A history beside the textbook's.
fn compare(row: &mut Check, found: &[f64], known: &[f64], what: &str) {
    row.expect(found.len() >= known.len(), || {
        format!("{what}: {} steps, the textbook takes {}", found.len() - 1, known.len() - 1)
    });
    for (step, (&found, &known)) in found.iter().zip(known).enumerate() {
        row.compare_at(found, known, || format!("{what}, F after step {step}"));
    }
}

fn paths(effort: &Effort) -> Result<[Check; 4], Error> {
    let mut descent = row("descent", "histories", PATH, "crates/model/src/{descent,ridge}.rs");
    let mut bfgs =
        row("limited-memory BFGS", "histories", PATH, "crates/model/src/{memory,quasi_newton,objective}.rs");
    let mut gradients =
        row("Newton's method by conjugate gradients", "histories", PATH, "crates/model/src/newton_cg.rs");
    let mut newton = row(
        "first step of Newton's method",
        "histories",
        PATH,
        "crates/model/src/{newton,quasi_newton,metric,collinear}.rs",
    );
    let draws =
        [(Random::new(0x50F7), effort.samples(8, 60)), (effort.fresh("solvers"), effort.samples(4, 60))];
    for (mut random, count) in draws {
        for kind in 0..count {
            let sample = Sample { offset: None, ..random_sample(kind, &mut random) };
            let lambda = if kind % 2 == 0 { 0.0 } else { 10f64.powf(random.between(-2.0, 2.0)) };
            let known = Logistic::new(sample, lambda, None);
            let data = known.case.dataset()?;
            let smooth = Smooth {
                value_and_gradient: &|point| known.value_and_gradient(point),
                hessian: &|point| known.hessian(point),
            };
            let start = vec![0.0; known.units.means.len() + 1];
            let by = |solver| history(known.case.regression().solver(solver).iteration_limit(40).fit(&data));
            let what = format!("{} coefficients, λ = {lambda}", start.len());
            let diagonal = known.diagonal();
            compare(&mut bfgs, &by(Solver::Lbfgs)?, &smooth.bfgs(&start, &diagonal), &what);
            compare(
                &mut gradients,
                &by(Solver::NewtonCg)?,
                &smooth.conjugate_gradients(&start, &diagonal),
                &what,
            );
            let first = smooth.path(&start, |smooth, places| {
                let last = &places[places.len() - 1];
                solved(&(smooth.hessian)(&last.point), &last.gradient).into_iter().map(|s| -s).collect()
            });
            compare(&mut newton, &by(Solver::Newton)?, &first[..2.min(first.len())], &what);
            let mut places = vec![smooth.at(start)];
            for step in 0..STEPS {
                let last = &places[step];
                // Where two eigenvalues are as good as alike it has arrived.
                if dot(&last.gradient, &last.gradient) < 1e-16 * last.value {
                    break;
                }
                places.push(smooth.at(plus(&last.point, -1.0 / known.curvature(), &last.gradient)));
            }
            let values: Vec<f64> = places.iter().map(|place| place.value).collect();
            compare(&mut descent, &by(Solver::GradientDescent)?, &values, &what);
            in_given_units(&mut descent, &known, &data, &what)?;
        }
    }
    Ok([descent, bfgs, gradients, newton])
}

/// Descent by the columns as they are, whose coefficients are told.
fn in_given_units(row: &mut Check, known: &Logistic, data: &Dataset, what: &str) -> Result<(), Error> {
    let width = known.units.means.len();
    let units =
        Units { means: vec![0.0; width], scales: vec![1.0; width], largest: known.units.largest.clone() };
    let given = Logistic { case: known.case.clone(), units };
    let rate = 1.0 / given.curvature();
    let mut point = vec![0.0; width + 1];
    for steps in 1..=3 {
        point = plus(&point, -rate, &given.seen(&point).gradient);
        let fit = known.case.regression().descend(data, steps)?;
        let found = std::iter::once(fit.intercept()).chain(fit.coefficients().iter().copied());
        let largest = point.iter().fold(0.0_f64, |most, w| most.max(w.abs()));
        for (found, &expected) in found.zip(&point) {
            row.compare_at_scale_at(found, expected, largest, || {
                format!("{what}, coefficient after step {steps}")
            });
        }
    }
    Ok(())
}
