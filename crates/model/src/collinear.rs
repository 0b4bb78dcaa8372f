//! Columns that say nothing new: a constant one, or a linear combination of others.
//!
//! Without penalty the coefficients of such columns are not determined: infinitely many points share the minimum. The
//! Cholesky factor of the Gram matrix finds them, since a pivot is what is left of a column's sum of squares once the columns
//! before it are taken out.
//!
//! Invariant: the answer depends on the columns and the penalties alone, not on the labels or on any fit.

use nalgebra::DMatrix;

use crate::closed_form::mean_gram;
use crate::objective::Objective;

/// A column whose part independent of the other columns is less than this share of its sum of squares is taken
/// for a linear combination of them: its coefficient would have no correct digit left beyond about four.
const INDEPENDENT_SHARE: f64 = 1e-12;

/// A column that the columns before it determine, if the objective leaves it free.
///
/// Looked for at equal weights, where only the columns count and not where the fit has got to.
pub(crate) fn collinear_column(objective: &Objective<'_>) -> Option<String> {
    let data = objective.data();
    let mut gram = mean_gram(data) / 4.0;
    for (j, lambda) in objective.penalties().iter().enumerate() {
        gram[(j + 1, j + 1)] += lambda;
    }
    let dependent = first_dependent(gram)?;
    data.feature_names().get(dependent.checked_sub(1)?).cloned()
}

/// The first row whose Cholesky pivot vanishes beside its diagonal entry.
fn first_dependent(mut gram: DMatrix<f64>) -> Option<usize> {
    for j in 0..gram.nrows() {
        let whole = gram[(j, j)];
        let known: f64 = (0..j).map(|k| gram[(j, k)] * gram[(j, k)]).sum();
        let pivot = whole - known;
        if pivot <= INDEPENDENT_SHARE * whole {
            return Some(j);
        }
        let root = pivot.sqrt();
        gram[(j, j)] = root;
        for i in j + 1..gram.nrows() {
            let known: f64 = (0..j).map(|k| gram[(i, k)] * gram[(j, k)]).sum();
            gram[(i, j)] = (gram[(i, j)] - known) / root;
        }
    }
    None
}
