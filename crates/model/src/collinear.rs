//! Columns that say nothing new: a constant one, or a linear combination of others.
//!
//! Without penalty the coefficients of such columns are not determined: infinitely many points share the minimum. The
//! Cholesky factor of the Gram matrix finds them, since a pivot is what is left of a column's sum of squares once the columns
//! before it are taken out; and what was taken out says of which columns it is made.
//!
//! Invariant: the answer depends on the columns and the penalties alone, not on the labels or on any fit. Columns that are independent on some of the
//! examples are so on all of them, so of large data a part is looked at first.

use std::fmt;

use chainrule_data::{Dataset, shown};
use nalgebra::{DMatrix, DVectorView};

use crate::metric::Factor;
use crate::names::quoted;
use crate::objective::Objective;
use crate::parts::Parts;
use crate::residuals::{Residual, taken_out};

/// A column whose part independent of the other columns is less than this share of its sum of squares is taken
/// for a linear combination of them: its coefficient would have no correct digit left beyond about four.
const INDEPENDENT_SHARE: f64 = 1e-12;

/// A column of which less than this share of the sum of squares is independent of the columns before it is named as nearly dependent: alone it makes
/// a condition number above a thousand. Where columns together are at a million, one that leaves more is not the cause.
const BLAMED: f64 = 1e-6;

/// A share of a column in another one, both in standard deviations, that is no rounding.
pub(crate) const REAL_SHARE: f64 = 1e-6;

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
pub(crate) struct Columns<'d> {
    /// The columns that the columns before them determine, where the objective leaves them free.
    pub(crate) dependences: Vec<Dependence>,
    /// The objective with residuals instead of nearly dependent columns, if there are any.
    pub(crate) apart: Option<Objective<'d>>,
    /// Where there are no dependences: the Hessian's bound over the smallest part of the examples, or over all if there are no parts, factored.
    pub(crate) bound: Option<Factor>,
}

/// Looks at the columns at equal weights, where only they count and not where a fit has got to.
pub(crate) fn columns<'d>(
    objective: &Objective<'d>,
    data: &'d Dataset,
    parts: &Parts,
    lambda: f64,
) -> Columns<'d> {
    let mut bound = None;
    for (at, part) in parts.iter().enumerate() {
        let factor = Factor::new(objective.over(part).curvature_bound());
        let is_clear = factor.as_ref().is_some_and(Factor::is_clearly_definite);
        bound = if at == 0 { factor } else { bound };
        if is_clear {
            return Columns { dependences: Vec::new(), apart: None, bound };
        }
    }
    let whole = objective.curvature_bound();
    // The fast factorisation is enough for nearly all data; only what it leaves in doubt is eliminated column by column.
    let factor = Factor::new(whole.clone());
    if factor.as_ref().is_some_and(Factor::is_clearly_definite) {
        let bound = if parts.is_none() { factor } else { bound };
        return Columns { dependences: Vec::new(), apart: None, bound };
    }
    let (apart, residuals) = taken_out(objective, data, lambda);
    let rows = eliminated(&whole);
    let dependences = if rows.is_empty() || lambda == 0.0 {
        determined(objective, data, rows, &residuals)
    } else {
        // What a penalty takes out is not all that there is.
        let free = objective.with_residuals(data, Vec::new(), 0.0);
        determined(objective, data, rows, &taken_out(&free, data, 0.0).1)
    };
    let bound = if residuals.is_empty() {
        if parts.is_none() { factor } else { bound }
    } else {
        let first = parts.iter().next().map(|part| apart.over(part).curvature_bound());
        Factor::new(first.unwrap_or_else(|| apart.curvature_bound()))
    };
    Columns { dependences, apart: (!residuals.is_empty()).then_some(apart), bound }
}

/// The columns, of rows that others determine as far as the bound on the Hessian tells, of which no more is left than rounding.
fn determined(
    objective: &Objective<'_>,
    data: &Dataset,
    rows: Vec<(usize, Vec<usize>)>,
    residuals: &[Residual],
) -> Vec<Dependence> {
    let named = |k: usize| data.feature_names()[k].clone();
    let mut found = Vec::new();
    for (row, of) in rows {
        let Some(column) = row.checked_sub(1) else { continue };
        let residual = residuals.iter().find(|residual| residual.column == column);
        let of = match residual {
            Some(residual) if !residual.is_rounding() => continue,
            Some(residual) => residual.made_of(objective),
            None => of.into_iter().filter_map(|row| row.checked_sub(1)).collect(),
        };
        found.push(Dependence { column: named(column), of: of.into_iter().map(named).collect() });
    }
    found
}

/// The columns that are nearly sums of shares of those before them, each with these.
pub(crate) fn nearly_dependent(objective: &Objective<'_>, data: &Dataset) -> Vec<Dependence> {
    let named = |k: usize| data.feature_names()[k].clone();
    let residuals = objective.units().residuals();
    let blamed = residuals.iter().filter(|residual| residual.share_left(objective) <= BLAMED);
    let taken_out = blamed.map(|residual| Dependence {
        column: named(residual.column),
        of: residual.made_of(objective).into_iter().map(named).collect(),
    });
    let left = regressions(&objective.curvature_bound(), BLAMED, |row, left| {
        row > 0 && left <= BLAMED && !objective.units().is_residual(row - 1)
    });
    let left = left.into_iter().map(|Regression { row, shares, .. }| {
        let most = shares.iter().fold(0.0_f64, |most, (_, share)| most.max(share.abs()));
        let is_real = |&(row, share): &(usize, f64)| row > 0 && share.abs() > BLAMED.sqrt() * most;
        let of = shares.into_iter().filter(is_real).map(|(row, _)| named(row - 1));
        Dependence { column: named(row - 1), of: of.collect() }
    });
    taken_out.chain(left).collect()
}

/// The rows of a positive semidefinite matrix that the rows before them determine, by name.
pub(crate) fn dependences(matrix: &DMatrix<f64>, names: &[String]) -> Vec<Dependence> {
    let named = |(row, of): (usize, Vec<usize>)| Dependence {
        column: names[row].clone(),
        of: of.into_iter().map(|k| names[k].clone()).collect(),
    };
    eliminated(matrix).into_iter().map(named).collect()
}

/// The rows whose Cholesky pivot vanishes beside the diagonal entry, each with the rows before it that it is made of; they are left out of what
/// follows.
fn eliminated(gram: &DMatrix<f64>) -> Vec<(usize, Vec<usize>)> {
    let made_of = |shares: Vec<(usize, f64)>| {
        let largest = shares.iter().fold(0.0_f64, |largest, (_, share)| largest.max(share.abs()));
        let is_real = |&(_, share): &(usize, f64)| share.abs() > REAL_SHARE * largest;
        shares.into_iter().filter(is_real).map(|(k, _)| k).collect()
    };
    let found = regressions(gram, INDEPENDENT_SHARE, |_, left| left <= INDEPENDENT_SHARE);
    found.into_iter().map(|found| (found.row, made_of(found.shares))).collect()
}

/// A row of a positive semidefinite matrix as a sum of shares of rows before it.
pub(crate) struct Regression {
    pub(crate) row: usize,
    /// The rows and their shares.
    pub(crate) shares: Vec<(usize, f64)>,
    /// What is left of the row, as a share of its diagonal entry.
    pub(crate) left: f64,
}

/// The rows that are wanted by what is left of them once the rows before them are taken out, of which no more is left than the least share counting
/// as none.
pub(crate) fn regressions(
    gram: &DMatrix<f64>,
    least: f64,
    is_wanted: impl Fn(usize, f64) -> bool,
) -> Vec<Regression> {
    let mut kept: Vec<usize> = Vec::new();
    // Rows of the factor at the kept columns, pivots last: each is one piece of memory, as the sums run along it.
    let mut factor: Vec<Vec<f64>> = Vec::new();
    let mut found = Vec::new();
    for j in 0..gram.nrows() {
        let column = gram.column(j);
        let mut row: Vec<f64> = Vec::with_capacity(kept.len() + 1);
        for (&k, known) in kept.iter().zip(&factor) {
            row.push((column[k] - dot(&row, known)) / known[row.len()]);
        }
        let whole = column[j];
        let pivot = whole - dot(&row, &row);
        // Not a number is no share.
        let left = if pivot > 0.0 && whole > 0.0 { pivot / whole } else { 0.0 };
        if is_wanted(j, left) {
            found.push(Regression { row: j, shares: shares(row.clone(), &factor, &kept), left });
        }
        if left > least {
            row.push(pivot.sqrt());
            kept.push(j);
            factor.push(row);
        }
    }
    found
}

/// The sum of products over the shorter one's length.
fn dot(row: &[f64], other: &[f64]) -> f64 {
    let size = row.len().min(other.len());
    DVectorView::from_slice(&row[..size], size).dot(&DVectorView::from_slice(&other[..size], size))
}

/// The shares of the kept rows in a row, by back substitution through the factor.
fn shares(mut row: Vec<f64>, factor: &[Vec<f64>], kept: &[usize]) -> Vec<(usize, f64)> {
    for at in (0..kept.len()).rev() {
        row[at] /= factor[at][at];
        let share = row[at];
        for (before, known) in row.iter_mut().zip(&factor[at][..at]) {
            *before -= share * known;
        }
    }
    kept.iter().copied().zip(row).collect()
}
