//! The penalty as a quadratic form in the coordinates of a fit, ½·w′ᵀPw′ over the weights.
//!
//! P is diagonal, λⱼ = λ/sⱼ², but where residuals stand for columns ([`Units`]): with w = M·w′ for the coefficients of the given columns it is λ·MᵀM,
//! which couples a residual with the columns it is made of.
//!
//! Invariant: an entry of P is off by no more than `rounding(d + 4)` times the same sum over sizes, which is what [`Ridge::sizes`] is made of.

use nalgebra::{DMatrix, DVector};

use crate::units::Units;

/// P.
#[derive(Clone, Debug)]
pub(crate) struct Ridge {
    /// λ of the given columns; the largest if they differ.
    lambda: f64,
    diagonal: DVector<f64>,
    coupled: Option<Coupled>,
}

/// All of P.
#[derive(Clone, Debug)]
struct Coupled {
    matrix: DMatrix<f64>,
    /// λ·|M|ᵀ|M|
    sizes: DMatrix<f64>,
}

impl Ridge {
    /// A λⱼ for each weight.
    pub(crate) fn diagonal(lambdas: DVector<f64>) -> Self {
        let lambda = lambdas.iter().copied().fold(0.0, f64::max);
        Ridge { lambda, diagonal: lambdas, coupled: None }
    }

    /// The same λ for the coefficients of all columns as they were given.
    pub(crate) fn in_units(units: &Units, lambda: f64) -> Self {
        let of_scales = units.moments().map(|(_, scale, _)| lambda / scale / scale);
        let mut diagonal: DVector<f64> = DVector::from_vec(of_scales.collect());
        if units.residuals().is_empty() || lambda == 0.0 {
            return Ridge { lambda, diagonal, coupled: None };
        }
        // Rows of M, times √λ.
        let rows: Vec<DVector<f64>> =
            (1..=diagonal.len()).map(|j| units.row(j).remove_row(0) * lambda.sqrt()).collect();
        let map = DMatrix::from_columns(&rows);
        let absolute = map.abs();
        let matrix = &map * map.transpose();
        diagonal.copy_from(&matrix.diagonal());
        let sizes = &absolute * absolute.transpose();
        Ridge { lambda, diagonal, coupled: Some(Coupled { matrix, sizes }) }
    }

    /// Whether P couples weights.
    pub(crate) fn is_coupled(&self) -> bool {
        self.coupled.is_some()
    }

    /// λ of the given columns; the largest if they differ.
    pub(crate) fn lambda(&self) -> f64 {
        self.lambda
    }

    /// Pⱼⱼ for each weight.
    pub(crate) fn lambdas(&self) -> &DVector<f64> {
        &self.diagonal
    }

    /// ½·w′ᵀPw′
    pub(crate) fn value(&self, point: &DVector<f64>) -> f64 {
        match &self.coupled {
            None => {
                let weights = point.iter().skip(1);
                self.diagonal.iter().zip(weights).map(|(lambda, w)| lambda * w * w).sum::<f64>() / 2.0
            }
            Some(coupled) => {
                let weights = point.rows(1, self.diagonal.len());
                weights.dot(&(&coupled.matrix * weights)) / 2.0
            }
        }
    }

    /// A vector plus (0, P)·by.
    pub(crate) fn added_to(&self, mut vector: DVector<f64>, by: &DVector<f64>) -> DVector<f64> {
        match &self.coupled {
            None => {
                for (j, lambda) in self.diagonal.iter().enumerate() {
                    vector[j + 1] += lambda * by[j + 1];
                }
            }
            Some(coupled) => {
                let size = self.diagonal.len();
                let more = &coupled.matrix * by.rows(1, size);
                let mut weights = vector.rows_mut(1, size);
                weights += more;
            }
        }
        vector
    }

    /// A matrix plus diag(0, P) times a factor.
    pub(crate) fn added_to_matrix(&self, mut matrix: DMatrix<f64>, factor: f64) -> DMatrix<f64> {
        match &self.coupled {
            None => {
                for (j, lambda) in self.diagonal.iter().enumerate() {
                    matrix[(j + 1, j + 1)] += factor * lambda;
                }
            }
            Some(coupled) => {
                let size = self.diagonal.len();
                let mut weights = matrix.view_mut((1, 1), (size, size));
                weights += &coupled.matrix * factor;
            }
        }
        matrix
    }

    /// Σₖ|Pⱼₖw′ₖ| or more for each weight, and by how many operations P·w′ is off relative to it at most.
    pub(crate) fn sizes(&self, point: &DVector<f64>) -> (DVector<f64>, usize) {
        let weights = point.rows(1, self.diagonal.len()).abs();
        match &self.coupled {
            None => (self.diagonal.component_mul(&weights), 1),
            Some(coupled) => (&coupled.sizes * weights, 2 * self.diagonal.len() + 4),
        }
    }

    /// No less than P's largest eigenvalue.
    pub(crate) fn largest(&self) -> f64 {
        match &self.coupled {
            None => self.diagonal.iter().copied().fold(0.0, f64::max),
            Some(coupled) => coupled.sizes.column_sum().amax(),
        }
    }
}
