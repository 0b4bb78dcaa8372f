//! The gradient and Hessian of the mean log-loss by the formulas of the lesson, over whole columns.
//!
//! ```text
//! ∂/∂wⱼ = (1/m) Σᵢ r⁽ⁱ⁾·xⱼ⁽ⁱ⁾,  ∂/∂b = (1/m) Σᵢ r⁽ⁱ⁾,  r = a − y;      ∂²/∂wⱼ∂wₖ = (1/m) Σᵢ a(1 − a)·xⱼ·xₖ
//! ```
//!
//! Invariant: r and a(1 − a) come from [`loss`](crate::loss) in the forms that do not cancel.

use chainrule_data::Dataset;
use nalgebra::{DMatrix, DVector};

use crate::loss::{probability_by_logit, residual};

pub(crate) fn gradient(data: &Dataset, logits: &DVector<f64>) -> DVector<f64> {
    let residuals = logits.zip_map(data.labels(), residual);
    let examples = data.len() as f64;
    let mut gradient = DVector::zeros(data.dimension() + 1);
    gradient[0] = residuals.sum() / examples;
    for (j, column) in data.features().column_iter().enumerate() {
        gradient[j + 1] = column.dot(&residuals) / examples;
    }
    gradient
}

pub(crate) fn hessian(data: &Dataset, logits: &DVector<f64>) -> DMatrix<f64> {
    let curvatures = logits.map(probability_by_logit) / data.len() as f64;
    weighted_gram(data, &curvatures)
}

/// Σᵢ cᵢ·x̃⁽ⁱ⁾x̃⁽ⁱ⁾ᵀ with x̃ = (1, x): symmetric, (d + 1) × (d + 1).
pub(crate) fn weighted_gram(data: &Dataset, weights: &DVector<f64>) -> DMatrix<f64> {
    let features = data.features();
    let size = data.dimension() + 1;
    let mut gram = DMatrix::zeros(size, size);
    gram[(0, 0)] = weights.sum();
    for (j, column) in features.column_iter().enumerate() {
        let weighted = column.component_mul(weights);
        gram[(0, j + 1)] = weighted.sum();
        for (k, other) in features.column_iter().enumerate().take(j + 1) {
            gram[(k + 1, j + 1)] = other.dot(&weighted);
        }
    }
    gram.fill_lower_triangle_with_upper_triangle();
    gram
}
