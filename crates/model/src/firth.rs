//! Firth's bias-reduced likelihood: finite on every data set of full rank, separated ones too.
//!
//! ```text
//! J(β) = Σᵢ pᵢ·L⁽ⁱ⁾ − ln det I(β)/(2·Σc),    I = Σᵢ cᵢ·a(1 − a)·x̃x̃ᵀ
//! ∇J   = Σᵢ pᵢ·r⁽ⁱ⁾·x̃⁽ⁱ⁾ − (1/(2·Σc)) Σᵢ hᵢ·(1 − 2a⁽ⁱ⁾)·x̃⁽ⁱ⁾,    hᵢ = cᵢ·a(1 − a)·x̃ᵀI⁻¹x̃
//! ```
//!
//! since d ln a(1 − a)/dz = 1 − 2a (Firth, *Biometrika* 80, 1993; Heinze and Schemper, *Statistics in Medicine* 21, 2002, for separated data). It takes the bias of order 1/m off
//! the coefficients, so their standard errors are those of maximum likelihood, √(I⁻¹)ⱼⱼ.
//!
//! J is not convex in general: what is found is a stationary point, reached by steps −I⁻¹∇J·Σc that never raise J.
//!
//! Invariant: the log-loss part comes from the objective by whichever route; only the term of the determinant is added here.

use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::loss::log_loss;
use crate::metric::{Factor, Metric};
use crate::objective::Objective;
use crate::quasi_newton::{self, First, Manner, Watch};
use crate::solver::{Goal, Outcome, Place, Problem};

/// Firth's objective over an unpenalised one.
pub(crate) struct Firth<'o, 'd> {
    objective: &'o Objective<'d>,
}

/// From a decrement this small on one information serves to the end, and what it misses of the Hessian is remembered from step to step.
const NEAR: f64 = 1e-2;

/// Steps that are remembered there.
const MEMORY: usize = 30;

/// Minimises Firth's objective from a point in at most `limit` steps.
pub(crate) fn minimise(
    firth: &Firth<'_, '_>,
    start: DVector<f64>,
    limit: usize,
    watch: Watch<'_>,
) -> Result<Outcome, Error> {
    let scoring = Manner::newton(limit);
    let (near, _) = quasi_newton::minimise(firth, start, scoring, Goal::Decrement(NEAR), watch)?;
    if near.obstacle.is_some() {
        return Ok(near);
    }
    let metric = Metric::factored(firth.hessian(&near.point)?).map_or(First::Hessian, First::Rough);
    let left = limit.saturating_sub(near.history.len());
    let last = Manner { metric, has_hessian: false, memory: MEMORY, limit: left };
    let (found, _) = quasi_newton::minimise(firth, near.point, last, Goal::Precise, watch)?;
    Ok(Outcome { history: [near.history, found.history].concat(), ..found })
}

/// Examples whose leverages are found together.
const BLOCK: usize = 256;

impl<'o, 'd> Firth<'o, 'd> {
    pub(crate) fn new(objective: &'o Objective<'d>) -> Self {
        Firth { objective }
    }

    /// I, in the coordinates of the objective.
    fn information(&self, point: &DVector<f64>) -> Result<DMatrix<f64>, Error> {
        Ok(self.objective.hessian(point)? * self.objective.examples().total_weight())
    }

    /// Σᵢ hᵢ·(1 − 2a⁽ⁱ⁾)·x̃⁽ⁱ⁾
    fn pull(&self, point: &DVector<f64>, factor: &Factor) -> Result<DVector<f64>, Error> {
        let (examples, logits) = (self.objective.examples(), self.objective.logits(point)?);
        let mut pull = DVector::zeros(point.len());
        for start in (0..examples.len()).step_by(BLOCK) {
            let size = BLOCK.min(examples.len() - start);
            let rows = self.objective.rows(start, size);
            let halves = factor.half(&rows);
            let factors = DVector::from_fn(size, |i, _| {
                let logit = logits[start + i];
                let weight = examples.weights().map_or(1.0, |weights| weights[start + i]);
                let leverage =
                    weight * crate::loss::probability_by_logit(logit) * halves.column(i).norm_squared();
                // 1 − 2a without cancellation
                leverage * -(0.5 * logit).tanh()
            });
            pull += rows * factors;
        }
        Ok(pull)
    }
}

impl Problem for Firth<'_, '_> {
    fn size(&self) -> usize {
        self.objective.size()
    }

    fn value_and_gradient(&self, point: &DVector<f64>) -> Result<(f64, DVector<f64>), Error> {
        let (value, gradient) = self.objective.value_and_gradient(point)?;
        let total = self.objective.examples().total_weight();
        // Where the information is singular the objective is +∞, and a search turns back.
        let Some(factor) = Factor::new(self.information(point)?) else {
            return Ok((f64::INFINITY, gradient));
        };
        let pull = self.pull(point, &factor)?;
        // In the coordinates of the given columns, so that the value does not depend on ours: det I = det I′·Π sⱼ².
        let scales: f64 = self.objective.units().moments().map(|(_, scale, _)| scale.ln()).sum();
        let log_determinant = factor.log_determinant() + 2.0 * scales;
        Ok((value - log_determinant / (2.0 * total), gradient - pull / (2.0 * total)))
    }

    fn hessian(&self, point: &DVector<f64>) -> Result<DMatrix<f64>, Error> {
        self.objective.hessian(point)
    }

    fn hessian_vector(&self, point: &DVector<f64>, direction: &DVector<f64>) -> Result<DVector<f64>, Error> {
        self.objective.hessian_vector(point, direction)
    }

    fn curvatures(&self) -> DVector<f64> {
        self.objective.curvatures()
    }

    fn unit(&self, _: &Place) -> f64 {
        // The value may be anything, 0 too; the losses are about ln 2.
        log_loss(&0.0, &0.0)
    }
}
