//! The mean log-loss, its gradient and its Hessian by the formulas of the lesson, in one pass over the columns.
//!
//! ```text
//! ∂/∂wⱼ = Σᵢ pᵢ·r⁽ⁱ⁾·xⱼ⁽ⁱ⁾,  ∂/∂b = Σᵢ pᵢ·r⁽ⁱ⁾,  r = a − y;      ∂²/∂wⱼ∂wₖ = Σᵢ pᵢ·a(1 − a)·xⱼ·xₖ,     pᵢ = cᵢ/Σc
//! ```
//!
//! A few hundred examples at a time: their logits, column by column; losses and residuals; and while the columns are still in the caches,
//! their products with the residuals. Vector instructions are chosen when it runs. Blocks make up chunks, which threads may share; the sums of
//! chunks are added in the order of the chunks, and what each addition loses is added up beside (Knuth's two-sum).
//!
//! Invariant: r and a(1 − a) come from [`loss`](crate::loss) in the forms that do not cancel; the same additions in the same order
//! however many threads there are, none of them after more than [`LONGEST_CHAIN`] others that are not compensated.

mod block;
mod each;
mod pass;

use nalgebra::{DMatrix, DVector};
use pulp::Arch;

use crate::examples::Examples;

use each::{LogitPass, LongestPass, SidesPass};
pub(crate) use pass::LONGEST_CHAIN;
use pass::{Wanted, means};

/// The mean loss.
pub(crate) fn value(examples: &Examples<'_>, point: &DVector<f64>) -> f64 {
    means(examples, Wanted::Value, point, &[])[0]
}

/// The mean loss and its gradient, the intercept's entry first.
pub(crate) fn value_and_gradient(examples: &Examples<'_>, point: &DVector<f64>) -> (f64, DVector<f64>) {
    let means = means(examples, Wanted::Gradient, point, &[]);
    (means[0], DVector::from_column_slice(&means[1..]))
}

/// The mean loss, its gradient, and the first column of its Hessian, Σᵢ pᵢ·a(1 − a)·x̃, the intercept's entries first.
pub(crate) fn value_gradient_and_column(
    examples: &Examples<'_>,
    point: &DVector<f64>,
) -> (f64, DVector<f64>, DVector<f64>) {
    let means = means(examples, Wanted::GradientAndColumn, point, &[]);
    let (gradient, column) = means[1..].split_at(point.len());
    (means[0], DVector::from_column_slice(gradient), DVector::from_column_slice(column))
}

/// What a proof begins with.
pub(crate) struct Means {
    /// The mean loss.
    pub(crate) loss: f64,
    /// The mean of a(1 − a).
    pub(crate) curvature: f64,
    /// The gradient, the intercept's entry first, by logits and sums that are compensated.
    pub(crate) gradient: DVector<f64>,
    /// Σᵢ pᵢ·xⱼ² for each column.
    pub(crate) squares: Vec<f64>,
    /// Σᵢ pᵢ·xⱼ for each column.
    pub(crate) means: Vec<f64>,
}

/// All that a proof needs, in one pass.
pub(crate) fn evidence(examples: &Examples<'_>, point: &DVector<f64>) -> Means {
    let means = means(examples, Wanted::Evidence, point, &[]);
    let (gradient, rest) = means[2..].split_at(point.len());
    let (lost, rest) = rest.split_at(point.len());
    let (squares, of_columns) = rest.split_at(examples.dimension());
    Means {
        loss: means[0],
        curvature: means[1],
        gradient: DVector::from_column_slice(gradient) + DVector::from_column_slice(lost),
        squares: squares.to_vec(),
        means: of_columns.to_vec(),
    }
}

/// The Hessian times a direction.
pub(crate) fn hessian_vector(
    examples: &Examples<'_>,
    point: &DVector<f64>,
    direction: &DVector<f64>,
) -> DVector<f64> {
    DVector::from_vec(means(examples, Wanted::HessianVector, point, direction.as_slice()))
}

/// The mean loss's Hessian, the intercept's row and column first.
pub(crate) fn hessian(examples: &Examples<'_>, point: &DVector<f64>) -> DMatrix<f64> {
    symmetric(&means(examples, Wanted::Hessian, point, &[]), point.len())
}

/// Σᵢ pᵢ·x̃⁽ⁱ⁾x̃⁽ⁱ⁾ᵀ with x̃ = (1, x): symmetric, (d + 1) × (d + 1).
pub(crate) fn mean_gram(examples: &Examples<'_>) -> DMatrix<f64> {
    let origin = DVector::zeros(examples.dimension() + 1);
    symmetric(&means(examples, Wanted::Gram, &origin, &[]), origin.len())
}

/// The logits, one an example.
pub(crate) fn logits(examples: &Examples<'_>, point: &DVector<f64>) -> DVector<f64> {
    let mut logits = DVector::zeros(examples.len());
    let pass = LogitPass { examples, point: point.as_slice(), logits: logits.as_mut_slice() };
    Arch::new().dispatch(pass);
    logits
}

/// Whether every example lies on its class's side of a point's hyperplane; it is looked for until one does not.
pub(crate) fn separates(examples: &Examples<'_>, point: &DVector<f64>) -> bool {
    Arch::new().dispatch(SidesPass { examples, point: point.as_slice() })
}

/// max √(first² + Σⱼ ((xⱼ − centreⱼ)·factorⱼ)²) over the examples.
pub(crate) fn longest(examples: &Examples<'_>, first: f64, maps: &[(f64, f64)]) -> f64 {
    Arch::new().dispatch(LongestPass { examples, first, maps })
}

/// A matrix from its lower triangle, row by row.
fn symmetric(triangle: &[f64], size: usize) -> DMatrix<f64> {
    DMatrix::from_fn(size, size, |j, k| triangle[j.max(k) * (j.max(k) + 1) / 2 + j.min(k)])
}
