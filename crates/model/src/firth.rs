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
use crate::quasi_newton::{self, First, Look, Manner, Stop, Watch};
use crate::solver::{Goal, Outcome, Place, Problem};

/// Firth's objective over an unpenalised one.
pub(crate) struct Firth<'o, 'd> {
    objective: &'o Objective<'d>,
}

/// From a decrement this small on one information serves to the end, and what it misses of the Hessian is remembered from step to step.
const NEAR: f64 = 1e-2;

/// What the first phase is told to look for, so small that it is ended at [`NEAR`].
const FAR_NEARER: f64 = 1e-12;

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
    // Ended here and not by its goal, after which it would take a step that nobody was told of.
    let mut told = 0;
    let mut until_near = |look: &Look<'_>| {
        told = look.steps;
        Ok(watch(look)?.or_else(|| (look.decrement <= NEAR).then_some(Stop::Arrived)))
    };
    let goal = Goal::Decrement(FAR_NEARER);
    let (near, _) = quasi_newton::minimise(firth, start, scoring, goal, &mut until_near)?;
    if near.obstacle.is_some() {
        return Ok(near);
    }
    let metric = Metric::factored(firth.hessian(&near.place.point)?).map_or(First::Hessian, First::Rough);
    // Both phases look at the place between them, unless the first one ended with a step and no look.
    let taken = near.history.len() - usize::from(near.is_seen);
    let last = Manner { metric, has_hessian: false, memory: MEMORY, limit: limit.saturating_sub(taken) };
    let mut further = |look: &Look<'_>| match look.steps {
        0 if taken == told => Ok(None),
        steps => watch(&Look { steps: taken + steps, ..*look }),
    };
    let (found, _) = quasi_newton::minimise(firth, near.place.point, last, Goal::Precise, &mut further)?;
    Ok(Outcome { history: [&near.history[..taken], &found.history].concat(), ..found })
}

/// Examples whose leverages are found together.
const BLOCK: usize = 256;

/// Examples that one thread takes at once, a whole number of blocks. What they sum to is added in their order.
const CHUNK: usize = 16 * BLOCK;

/// Chunks whose sums are kept until they are added.
#[cfg(feature = "rayon")]
const WAVE: usize = 64;

impl<'o, 'd> Firth<'o, 'd> {
    pub(crate) fn new(objective: &'o Objective<'d>) -> Self {
        Firth { objective }
    }

    /// I, in the coordinates of the objective.
    fn information(&self, point: &DVector<f64>) -> Result<DMatrix<f64>, Error> {
        Ok(self.objective.hessian(point)? * self.objective.examples().total_weight())
    }

    /// Σᵢ hᵢ·(1 − 2a⁽ⁱ⁾)·x̃⁽ⁱ⁾
    fn pull(&self, point: &DVector<f64>, factor: &Factor) -> DVector<f64> {
        let (examples, size) = (self.objective.examples(), point.len());
        let root = factor.half(&DMatrix::identity(size, size)).transpose();
        let pass = Pass { objective: self.objective, columns: &examples.columns(), point, root };
        let chunks = examples.len().div_ceil(CHUNK);
        let of_chunk = |chunk: usize| pass.pull(chunk * CHUNK, examples.len().min((chunk + 1) * CHUNK));
        let mut pull = DVector::zeros(size);
        #[cfg(feature = "rayon")]
        if examples.is_parallel() {
            use rayon::iter::{IntoParallelIterator, ParallelIterator};
            for wave in (0..chunks).step_by(WAVE) {
                let parts: Vec<DVector<f64>> =
                    (wave..chunks.min(wave + WAVE)).into_par_iter().map(of_chunk).collect();
                parts.iter().for_each(|part| pull += part);
            }
            return pull;
        }
        (0..chunks).for_each(|chunk| pull += of_chunk(chunk));
        pull
    }
}

/// What leverages are found of: hᵢ = cᵢ·a(1 − a)·‖Rᵀx̃‖² with I⁻¹ = R·Rᵀ.
struct Pass<'p, 'd> {
    objective: &'p Objective<'d>,
    columns: &'p [&'p [f64]],
    point: &'p DVector<f64>,
    /// R, upper triangular.
    root: DMatrix<f64>,
}

impl Pass<'_, '_> {
    /// The pull of the examples from the start to before the end.
    fn pull(&self, start: usize, end: usize) -> DVector<f64> {
        let (examples, size) = (self.objective.examples(), self.point.len());
        let mut pull = DVector::zeros(size);
        // One example a row, so that each feature is one piece of memory.
        let (mut rows, mut images) = (DMatrix::zeros(0, size), DMatrix::zeros(0, size));
        let (mut factors, mut lengths) = (DVector::zeros(0), DVector::zeros(0));
        for start in (start..end).step_by(BLOCK) {
            let count = BLOCK.min(end - start);
            if rows.nrows() != count {
                (rows, images) = (DMatrix::zeros(count, size), DMatrix::zeros(count, size));
                (factors, lengths) = (DVector::zeros(count), DVector::zeros(count));
            }
            self.fill(&mut rows, start);
            images.gemm(1.0, &rows, &self.root, 0.0);
            lengths.fill(0.0);
            for image in images.column_iter() {
                lengths.zip_apply(&image, |length, entry| *length += entry * entry);
            }
            factors.gemv(1.0, &rows, self.point, 0.0);
            for (i, (factor, length)) in factors.iter_mut().zip(&lengths).enumerate() {
                let logit = *factor + examples.offset().map_or(0.0, |offset| offset[start + i]);
                let weight = examples.weights().map_or(1.0, |weights| weights[start + i]);
                let leverage = weight * crate::loss::probability_by_logit(logit) * length;
                // 1 − 2a without cancellation
                *factor = leverage * -(0.5 * logit).tanh();
            }
            pull.gemv_tr(1.0, &rows, &factors, 1.0);
        }
        pull
    }

    /// x̃′ of the examples from the start on: 1, then the features in the objective's coordinates.
    fn fill(&self, rows: &mut DMatrix<f64>, start: usize) {
        rows.column_mut(0).fill(1.0);
        for (j, column) in self.columns.iter().enumerate() {
            let (mean, scale) = self.objective.units().of_seen(j);
            let values = &column[start..start + rows.nrows()];
            for (entry, value) in rows.column_mut(j + 1).iter_mut().zip(values) {
                *entry = (value - mean) / scale;
            }
        }
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
        let pull = self.pull(point, &factor);
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
