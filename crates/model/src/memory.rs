//! The last few steps of a descent and how the gradient changed along them: what BFGS knows of the Hessian beyond a metric.
//!
//! With s a step and y the change of the gradient along it, ρ = 1/(yᵀs), BFGS replaces M⁻¹ by (I − ρsyᵀ)M⁻¹(I − ρysᵀ) + ρssᵀ; for several pairs this is done one
//! after the other, without forming a matrix (Nocedal, *Mathematics of Computation* 35, 1980, the two-loop recursion).
//!
//! Invariant: every pair has yᵀs > 0, so M⁻¹ stays positive definite.

use std::collections::VecDeque;

use nalgebra::DVector;

use crate::metric::Metric;

/// Pairs of steps and changes of the gradient, at most so many.
pub(crate) struct Memory {
    pairs: VecDeque<Pair>,
    room: usize,
}

struct Pair {
    step: DVector<f64>,
    change: DVector<f64>,
    /// yᵀs
    product: f64,
}

/// A change of the gradient that is this small a share of ‖y‖·‖s‖ along the step is rounding.
const LEAST_CURVATURE: f64 = 1e-10;

impl Memory {
    pub(crate) fn new(room: usize) -> Self {
        Memory { pairs: VecDeque::new(), room }
    }

    pub(crate) fn clear(&mut self) {
        self.pairs.clear();
    }

    /// Remembers a step; one along which the gradient did not rise is left out.
    pub(crate) fn remember(&mut self, step: DVector<f64>, change: DVector<f64>) {
        let product = step.dot(&change);
        let has_curvature = product > LEAST_CURVATURE * step.norm() * change.norm();
        if !has_curvature || self.room == 0 {
            return;
        }
        if self.pairs.len() == self.room {
            self.pairs.pop_front();
        }
        self.pairs.push_back(Pair { step, change, product });
    }

    /// M⁻¹·v, as far as the pairs know better than the metric.
    pub(crate) fn solve(&self, metric: &Metric, vector: &DVector<f64>) -> DVector<f64> {
        let mut vector = vector.clone();
        let mut shares = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter().rev() {
            let share = pair.step.dot(&vector) / pair.product;
            vector.axpy(-share, &pair.change, 1.0);
            shares.push(share);
        }
        let mut solution = metric.solve(&vector);
        for (pair, share) in self.pairs.iter().zip(shares.into_iter().rev()) {
            let back = pair.change.dot(&solution) / pair.product;
            solution.axpy(share - back, &pair.step, 1.0);
        }
        solution
    }
}
