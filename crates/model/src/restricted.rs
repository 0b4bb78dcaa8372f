//! A function on a hyperplane: with points p = o + B·y, its derivatives by y are Bᵀ∇ and Bᵀ∇²B.
//!
//! Invariant: B has one column fewer than rows, and full rank.

use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::solver::{Place, Problem};

/// A problem where one linear function of the point has a given value.
pub(crate) struct Restricted<'p, P> {
    problem: &'p P,
    origin: DVector<f64>,
    basis: DMatrix<f64>,
}

impl<'p, P: Problem> Restricted<'p, P> {
    /// The problem where `along`·p = `value`; the entry of `along` at `pivot` is not 0.
    pub(crate) fn new(problem: &'p P, along: &DVector<f64>, pivot: usize, value: f64) -> Self {
        let size = along.len();
        let mut origin = DVector::zeros(size);
        origin[pivot] = value / along[pivot];
        let basis = DMatrix::from_fn(size, size - 1, |row, column| {
            let free = column + usize::from(column >= pivot);
            match row {
                row if row == pivot => -along[free] / along[pivot],
                row if row == free => 1.0,
                _ => 0.0,
            }
        });
        Restricted { problem, origin, basis }
    }

    /// The point of some coordinates on the hyperplane.
    pub(crate) fn point(&self, coordinates: &DVector<f64>) -> DVector<f64> {
        &self.origin + &self.basis * coordinates
    }
}

impl<P: Problem> Problem for Restricted<'_, P> {
    fn size(&self) -> usize {
        self.basis.ncols()
    }

    fn value_and_gradient(&self, point: &DVector<f64>) -> Result<(f64, DVector<f64>), Error> {
        let (value, gradient) = self.problem.value_and_gradient(&self.point(point))?;
        Ok((value, self.basis.tr_mul(&gradient)))
    }

    fn hessian(&self, point: &DVector<f64>) -> Result<DMatrix<f64>, Error> {
        let hessian = self.problem.hessian(&self.point(point))?;
        Ok(self.basis.tr_mul(&(hessian * &self.basis)))
    }

    fn hessian_vector(&self, point: &DVector<f64>, direction: &DVector<f64>) -> Result<DVector<f64>, Error> {
        let product = self.problem.hessian_vector(&self.point(point), &(&self.basis * direction))?;
        Ok(self.basis.tr_mul(&product))
    }

    fn curvatures(&self) -> DVector<f64> {
        let squares = self.basis.component_mul(&self.basis);
        squares.tr_mul(&self.problem.curvatures())
    }

    fn unit(&self, place: &Place) -> f64 {
        self.problem.unit(place)
    }
}
