//! What lengths of gradients and steps are measured in: an approximate Hessian M, by which the step of a solver is −M⁻¹∇J.
//!
//! A symmetric matrix A is factored as D⁻¹·L·Lᵀ·D⁻¹ with D scaling it to a diagonal of ones, since columns of different units would otherwise
//! lose digits for nothing.
//!
//! Invariant: M is positive definite to working precision.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use crate::error::Error;
use crate::solver::Problem;

/// An approximate Hessian, ready to be solved with.
pub(crate) enum Metric {
    /// A diagonal, each entry above 0.
    Diagonal(DVector<f64>),
    /// A matrix.
    Factored(Factor),
}

impl Metric {
    /// A matrix, if it is positive definite.
    pub(crate) fn factored(matrix: DMatrix<f64>) -> Option<Self> {
        Factor::new(matrix).map(Metric::Factored)
    }

    /// The Hessian of a problem at a point; where it is indefinite, which only one that is not convex can be, with the sizes of its eigenvalues, none below a share
    /// of the largest.
    pub(crate) fn at(problem: &impl Problem, point: &DVector<f64>) -> Result<Option<Self>, Error> {
        /// A step along a direction of next to no curvature is at most so many times the step of steepest descent.
        const LEAST: f64 = 1e-8;
        let hessian = problem.hessian(point)?;
        if problem.is_convex() {
            return Ok(Metric::factored(hessian));
        }
        if let Some(metric) = Metric::factored(hessian.clone()) {
            return Ok(Some(metric));
        }
        if hessian.iter().any(|entry| !entry.is_finite()) {
            return Ok(None);
        }
        let eigen = hessian.symmetric_eigen();
        let least = LEAST * eigen.eigenvalues.amax();
        let sizes = eigen.eigenvalues.map(|value| value.abs().max(least));
        let bent = &eigen.eigenvectors * DMatrix::from_diagonal(&sizes) * eigen.eigenvectors.transpose();
        Ok(Metric::factored(bent))
    }

    /// M⁻¹·v
    pub(crate) fn solve(&self, vector: &DVector<f64>) -> DVector<f64> {
        match self {
            Metric::Diagonal(entries) => vector.component_div(entries),
            Metric::Factored(factor) => factor.solve(vector),
        }
    }
}

/// A Cholesky factor of a matrix scaled to a diagonal of ones, and the scale d.
#[derive(Clone, Debug)]
pub(crate) struct Factor {
    cholesky: Cholesky<f64, Dyn>,
    scale: DVector<f64>,
}

impl Factor {
    /// Of a symmetric matrix, if it is positive definite to working precision.
    pub(crate) fn new(matrix: DMatrix<f64>) -> Option<Self> {
        let (scaled, scale) = scaled(matrix);
        Cholesky::new(scaled).map(|cholesky| Factor { cholesky, scale })
    }

    /// Whether every pivot is a clear share of its diagonal entry, which is 1 once the matrix is scaled.
    pub(crate) fn is_clearly_definite(&self) -> bool {
        /// A share this large on a part of the examples leaves a share that is no rounding on all, unless the others are millions of times as large.
        const CLEAR: f64 = 1e-6;
        self.cholesky.l_dirty().diagonal().iter().all(|pivot| pivot * pivot > CLEAR)
    }

    /// A⁻¹·v
    pub(crate) fn solve(&self, vector: &DVector<f64>) -> DVector<f64> {
        self.cholesky.solve(&vector.component_mul(&self.scale)).component_mul(&self.scale)
    }

    /// L⁻¹·D·V for a matrix of columns v, so that the squared lengths of the columns are vᵀA⁻¹v.
    pub(crate) fn half(&self, columns: &DMatrix<f64>) -> DMatrix<f64> {
        let mut halves = columns.clone();
        for mut column in halves.column_iter_mut() {
            column.component_mul_assign(&self.scale);
        }
        self.cholesky.l_dirty().solve_lower_triangular_mut(&mut halves);
        halves
    }

    /// A⁻¹, symmetric to the bit, if its entries are finite.
    pub(crate) fn inverse(&self) -> Option<DMatrix<f64>> {
        let mut inverse = scaled_by(self.cholesky.inverse(), &self.scale);
        inverse.fill_upper_triangle_with_lower_triangle();
        inverse.iter().all(|entry| entry.is_finite()).then_some(inverse)
    }

    /// ln det A
    pub(crate) fn log_determinant(&self) -> f64 {
        let of_factor: f64 = self.cholesky.l_dirty().diagonal().iter().map(|pivot| pivot.ln()).sum();
        let of_scale: f64 = self.scale.iter().map(|scale| scale.ln()).sum();
        2.0 * (of_factor - of_scale)
    }
}

/// D·A·D with a diagonal of ones, and d.
pub(crate) fn scaled(matrix: DMatrix<f64>) -> (DMatrix<f64>, DVector<f64>) {
    let scale = matrix.diagonal().map(|entry| 1.0 / entry.sqrt());
    (scaled_by(matrix, &scale), scale)
}

/// D·A·D
fn scaled_by(mut matrix: DMatrix<f64>, scale: &DVector<f64>) -> DMatrix<f64> {
    for (j, mut column) in matrix.column_iter_mut().enumerate() {
        column.component_mul_assign(scale);
        column *= scale[j];
    }
    matrix
}
