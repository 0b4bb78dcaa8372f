//! A root B of the inverse of the information I = Σᵢ cᵢ·a⁽ⁱ⁾(1 − a⁽ⁱ⁾)·x̃⁽ⁱ⁾x̃⁽ⁱ⁾ᵀ, I⁻¹ = BᵀB, with as many digits as the data have.
//!
//! The variance of a combination t of the coefficients is ‖B·t‖², a sum of squares. As tᵀI⁻¹t it would cancel where columns are near to each other and t is the intercept of far ones.
//!
//! Forming I squares the condition of the columns: of two that differ by 10⁻⁵ ten digits of its inverse are lost. Where the columns are that near to each other the
//! triangular factor R of the rows √(cᵢ·a(1 − a))·x̃⁽ⁱ⁾ is found by Householder reflections instead, some rows at a time, and B = R⁻ᵀ (Golub and Van Loan, *Matrix Computations*,
//! 4th edition 2013, section 5.3).
//!
//! Invariant: both ways give the same matrix but for rounding; in the coordinates of the objective.

use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::loss::probability_by_logit;
use crate::metric::Factor;
use crate::objective::Objective;

/// A column whose variance is inflated by more than this by the others costs so many units of rounding: four digits of sixteen.
const INFLATED: f64 = 1e4;

/// Rows that join the factor at once.
const ROWS: usize = 512;

/// B at a point from the Hessian of the mean loss there; none if it is singular to working precision.
pub(crate) fn inverse_root(
    objective: &Objective<'_>,
    point: &DVector<f64>,
    hessian: &DMatrix<f64>,
) -> Result<Option<DMatrix<f64>>, Error> {
    let total = objective.examples().total_weight();
    let Some(factor) = Factor::new(hessian * total) else { return Ok(None) };
    let root = factor.half(&DMatrix::identity(point.len(), point.len()));
    let inflation = |j: usize| root.column(j).norm_squared() * hessian[(j, j)] * total;
    let is_inflated = (0..root.ncols()).any(|j| inflation(j) > INFLATED);
    let root = if is_inflated { by_reflections(objective, point)? } else { Some(root) };
    Ok(root.filter(|root| root.iter().all(|entry| entry.is_finite())))
}

fn by_reflections(objective: &Objective<'_>, point: &DVector<f64>) -> Result<Option<DMatrix<f64>>, Error> {
    let (size, examples) = (point.len(), objective.examples());
    let logits = objective.logits(point)?;
    let mut root = DMatrix::zeros(0, size);
    for start in (0..examples.len()).step_by(ROWS) {
        let rows = objective.rows(start, ROWS.min(examples.len() - start));
        let known = root.nrows();
        let stacked = DMatrix::from_fn(known + rows.ncols(), size, |i, j| match i.checked_sub(known) {
            None => root[(i, j)],
            Some(i) => {
                let weight = examples.weights().map_or(1.0, |weights| weights[start + i]);
                (weight * probability_by_logit(logits[start + i])).sqrt() * rows[(j, i)]
            }
        });
        root = stacked.qr().r();
    }
    if root.nrows() < size {
        return Ok(None);
    }
    Ok(root.solve_upper_triangular(&DMatrix::identity(size, size)).map(|inverse| inverse.transpose()))
}
