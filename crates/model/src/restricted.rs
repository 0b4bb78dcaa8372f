//! A function on a hyperplane a·p = v: the entry of the point at a pivot follows from the others y,
//!
//! ```text
//! p = (y, v/aₚ − r·y),    r = (aₖ/aₚ) over the others,    ∇_y = ∇ − r·∇ₚ,    ∇²_y = ∇² − r·hᵀ − h·rᵀ + hₚ·r·rᵀ
//! ```
//!
//! with h the pivot's column of ∇², and hₚ its entry at the pivot.
//!
//! Invariant: aₚ is not 0, so the others are coordinates of the whole hyperplane.

use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::solver::{Place, Problem};

/// A problem where one linear function of the point has a given value.
pub(crate) struct Restricted<'p, P> {
    problem: &'p P,
    pivot: usize,
    /// r
    ratios: DVector<f64>,
    /// aₚ
    divisor: f64,
    /// v/aₚ, the pivot's entry where the others are 0.
    height: f64,
}

impl<'p, P: Problem> Restricted<'p, P> {
    /// The problem where `along`·p is 0; the entry of `along` at `pivot` is not 0.
    pub(crate) fn new(problem: &'p P, along: &DVector<f64>, pivot: usize) -> Self {
        let divisor = along[pivot];
        let ratios = along.clone().remove_row(pivot) / divisor;
        Restricted { problem, pivot, ratios, divisor, height: 0.0 }
    }

    /// The entry of the linear function at the pivot.
    pub(crate) fn divisor(&self) -> f64 {
        self.divisor
    }

    /// Gives the linear function another value.
    pub(crate) fn hold(&mut self, value: f64) {
        self.height = value / self.divisor;
    }

    /// The point of some coordinates on the hyperplane.
    pub(crate) fn point(&self, coordinates: &DVector<f64>) -> DVector<f64> {
        self.lifted(coordinates, self.height)
    }

    /// The coordinates y and the pivot's entry, which is `height` where they are 0.
    fn lifted(&self, coordinates: &DVector<f64>, height: f64) -> DVector<f64> {
        coordinates.clone().insert_row(self.pivot, height - self.ratios.dot(coordinates))
    }

    /// By the coordinates, from derivatives by the point.
    fn pulled(&self, vector: DVector<f64>) -> DVector<f64> {
        let at_pivot = vector[self.pivot];
        vector.remove_row(self.pivot) - &self.ratios * at_pivot
    }
}

impl<P: Problem> Problem for Restricted<'_, P> {
    fn size(&self) -> usize {
        self.ratios.len()
    }

    fn value_and_gradient(&self, point: &DVector<f64>) -> Result<(f64, DVector<f64>), Error> {
        let (value, gradient) = self.problem.value_and_gradient(&self.point(point))?;
        Ok((value, self.pulled(gradient)))
    }

    fn hessian(&self, point: &DVector<f64>) -> Result<DMatrix<f64>, Error> {
        let hessian = self.problem.hessian(&self.point(point))?;
        let at_pivot = hessian[(self.pivot, self.pivot)];
        let column = hessian.column(self.pivot).into_owned().remove_row(self.pivot);
        // (h − hₚ/2·r) twice, so that the sum is symmetric to the bit.
        let half = column - &self.ratios * (0.5 * at_pivot);
        let mut kept = hessian.remove_row(self.pivot).remove_column(self.pivot);
        for j in 0..kept.ncols() {
            for k in 0..kept.nrows() {
                kept[(k, j)] -= self.ratios[k] * half[j] + half[k] * self.ratios[j];
            }
        }
        Ok(kept)
    }

    fn hessian_vector(&self, point: &DVector<f64>, direction: &DVector<f64>) -> Result<DVector<f64>, Error> {
        let direction = self.lifted(direction, 0.0);
        Ok(self.pulled(self.problem.hessian_vector(&self.point(point), &direction)?))
    }

    fn curvatures(&self) -> DVector<f64> {
        let curvatures = self.problem.curvatures();
        let at_pivot = curvatures[self.pivot];
        curvatures.remove_row(self.pivot) + self.ratios.map(|ratio| ratio * ratio * at_pivot)
    }

    fn unit(&self, place: &Place) -> f64 {
        self.problem.unit(place)
    }
}
