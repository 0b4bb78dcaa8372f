//! Columns that say nothing new: a constant one, or a linear combination of others.
//!
//! Without penalty the coefficients of such columns are not determined: infinitely many points share the minimum. The
//! Cholesky factor of the Gram matrix finds them, since a pivot is what is left of a column's sum of squares once the columns
//! before it are taken out; and what was taken out says of which columns it is made.
//!
//! Invariant: the answer depends on the columns and the penalties alone, not on the labels or on any fit. Columns that are independent on some of the examples are so
//! on all of them, so of large data a part is looked at first.

use std::fmt;

use chainrule_data::{Dataset, shown};
use nalgebra::{DMatrix, DVectorView};

use crate::metric::Factor;
use crate::names::quoted;
use crate::objective::Objective;
use crate::parts::Parts;

/// A column whose part independent of the other columns is less than this share of its sum of squares is taken
/// for a linear combination of them: its coefficient would have no correct digit left beyond about four.
const INDEPENDENT_SHARE: f64 = 1e-12;

/// A share of a column in another one, both in standard deviations, that is no rounding.
const REAL_SHARE: f64 = 1e-6;

/// A column, and those it is a linear combination of; none if it is constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependence {
    column: String,
    of: Vec<String>,
}

impl Dependence {
    /// The column that the others determine.
    pub fn column(&self) -> &str {
        &self.column
    }

    /// The columns it is a linear combination of, beside a constant; none if it is constant.
    pub fn of(&self) -> &[String] {
        &self.of
    }
}

impl fmt::Display for Dependence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = shown(&self.column);
        if self.of.is_empty() {
            return write!(f, "`{column}` is constant");
        }
        write!(f, "`{column}` is determined by {}", quoted(&self.of))
    }
}

/// What is known of the columns before any fit.
pub(crate) struct Columns {
    /// The columns that the columns before them determine, where the objective leaves them free.
    pub(crate) dependences: Vec<Dependence>,
    /// Where there are none: the Hessian's bound over the smallest part of the examples, or over all if there are no parts, factored.
    pub(crate) bound: Option<Factor>,
}

/// Looks at the columns at equal weights, where only they count and not where a fit has got to.
pub(crate) fn columns(objective: &Objective<'_>, data: &Dataset, parts: &Parts) -> Columns {
    let mut bound = None;
    for (at, part) in parts.iter().enumerate() {
        let factor = Factor::new(objective.over(part).curvature_bound());
        let is_clear = factor.as_ref().is_some_and(Factor::is_clearly_definite);
        bound = if at == 0 { factor } else { bound };
        if is_clear {
            return Columns { dependences: Vec::new(), bound };
        }
    }
    let whole = objective.curvature_bound();
    // The fast factorisation is enough for nearly all data; only what it leaves in doubt is eliminated column by column.
    let factor = Factor::new(whole.clone());
    let is_clear = factor.as_ref().is_some_and(Factor::is_clearly_definite);
    let bound = if parts.is_none() { factor } else { bound };
    if is_clear {
        return Columns { dependences: Vec::new(), bound };
    }
    let intercept = String::new();
    let names: Vec<String> = std::iter::once(&intercept).chain(data.feature_names()).cloned().collect();
    let mut dependences = dependences(&whole, &names);
    dependences.retain(|dependence| dependence.column != intercept);
    dependences.iter_mut().for_each(|dependence| dependence.of.retain(|name| *name != intercept));
    Columns { dependences, bound }
}

/// The rows of a positive semidefinite matrix that the rows before them determine, by name.
pub(crate) fn dependences(matrix: &DMatrix<f64>, names: &[String]) -> Vec<Dependence> {
    let named = |(row, of): (usize, Vec<usize>)| Dependence {
        column: names[row].clone(),
        of: of.into_iter().map(|k| names[k].clone()).collect(),
    };
    eliminated(matrix).into_iter().map(named).collect()
}

/// The rows whose Cholesky pivot vanishes beside the diagonal entry, each with the rows before it that it is made of; they are left out of what follows.
fn eliminated(gram: &DMatrix<f64>) -> Vec<(usize, Vec<usize>)> {
    let mut kept: Vec<usize> = Vec::new();
    // Rows of the factor at the kept columns, pivots last: each is one piece of memory, as the sums run along it.
    let mut factor: Vec<Vec<f64>> = Vec::new();
    let mut dependent = Vec::new();
    for j in 0..gram.nrows() {
        let column = gram.column(j);
        let mut row: Vec<f64> = Vec::with_capacity(kept.len() + 1);
        for (&k, known) in kept.iter().zip(&factor) {
            row.push((column[k] - dot(&row, known)) / known[row.len()]);
        }
        let whole = column[j];
        let pivot = whole - dot(&row, &row);
        if pivot > INDEPENDENT_SHARE * whole {
            row.push(pivot.sqrt());
            kept.push(j);
            factor.push(row);
        } else {
            dependent.push((j, made_of(row, &factor, &kept)));
        }
    }
    dependent
}

/// The sum of products over the shorter one's length.
fn dot(row: &[f64], other: &[f64]) -> f64 {
    let size = row.len().min(other.len());
    DVectorView::from_slice(&row[..size], size).dot(&DVectorView::from_slice(&other[..size], size))
}

/// The kept columns with a real share in a row, by back substitution through the factor.
fn made_of(mut row: Vec<f64>, factor: &[Vec<f64>], kept: &[usize]) -> Vec<usize> {
    for at in (0..kept.len()).rev() {
        row[at] /= factor[at][at];
        let share = row[at];
        for (before, known) in row.iter_mut().zip(&factor[at][..at]) {
            *before -= share * known;
        }
    }
    let largest = row.iter().fold(0.0_f64, |largest, share| largest.max(share.abs()));
    let is_real = |&(_, share): &(&usize, f64)| share.abs() > REAL_SHARE * largest;
    kept.iter().zip(row).filter(is_real).map(|(&k, _)| k).collect()
}
