//! The coordinates in which a fit works: coefficients of standardised columns, over columns that stay as they are.
//!
//! With means μ and standard deviations s, coefficients (b′, w′) of the standardised columns are those (b, w) of the columns:
//!
//! ```text
//! (b, w) = T·(b′, w′):  wⱼ = w′ⱼ/sⱼ,  b = b′ − Σⱼ w′ⱼ·μⱼ/sⱼ         ∇′ = Tᵀ·∇,   ∇²′ = Tᵀ·∇²·T
//! ```
//!
//! so a function of (b, w) is one of (b′, w′), with its derivatives, without a second copy of the data. The differences cost digits where |μ| is much
//! larger than s, and squares overflow where numbers are huge: such columns are copied, standardised, and T leaves them alone.
//!
//! μ and s need not be exact: any numbers near them make good coordinates, and it is these that T is made of.
//!
//! Of a column that is nearly a combination of others its residual r = x − Σₖ cₖ·xₖ is taken instead ([`residuals`](crate::residuals) finds the c),
//! as a standardised copy. With the coefficients uⱼ = w′ⱼ/sⱼ of the residuals, and of the columns that have none, those of the given columns are
//!
//! ```text
//! wₖ = uₖ − Σ_{j > k} cⱼₖ·uⱼ,     ∂/∂wⱼ = ∂/∂uⱼ + Σ_{k < j} cⱼₖ·∂/∂wₖ
//! ```
//!
//! Invariant: `on_columns` and `in_given` round alike where no column is copied, so that the point that is reported is the one that was evaluated.
//! A residual is made of columns before its own.

use std::borrow::Cow;

use chainrule_data::{Dataset, Standardiser};
use nalgebra::{DMatrix, DVector};

use crate::error::Error;
use crate::residuals::Residual;

/// A mean that is so many standard deviations from 0 costs two digits of a product of two such columns.
const FAR: f64 = 10.0;

/// Sums of products of numbers below this and above its inverse neither overflow nor underflow.
const HUGE: f64 = 1e100;

/// Means and scales of the columns, and which of them are taken as standardised copies.
#[derive(Clone, Debug)]
pub(crate) struct Units {
    columns: Vec<Unit>,
    standardiser: Option<Standardiser>,
    /// What is taken instead of some columns, in their order.
    residuals: Vec<Residual>,
}

#[derive(Clone, Copy, Debug)]
struct Unit {
    mean: f64,
    scale: f64,
    largest: f64,
    /// |mean|/scale of the column as it was given; 0 of a constant one.
    distance: f64,
    is_copied: bool,
    /// Whether it varies, but not in the part.
    is_rare: bool,
}

impl Units {
    /// The units of a data set's columns, about standard: those of a part will do. A column whose scale is below the least one stays in its given
    /// unit, since in a standard one its penalty would be beyond every number, and its coefficient below.
    pub(crate) fn of(data: &Dataset, part: &Dataset, least: f64) -> Result<Self, Error> {
        let standardiser = Standardiser::fit_by_part(data, part)?;
        let constant = standardiser.constant_columns();
        let still: Vec<bool> = part.columns().map(is_constant).collect();
        let (means, scales, largest) = (standardiser.means(), standardiser.scales(), data.largest());
        let unit = |(j, name): (usize, &String)| {
            let (mean, scale, largest) = (means[j], scales[j], largest[j]);
            let is_constant = constant.contains(&name.as_str());
            let distance = if is_constant { 0.0 } else { (mean / scale).abs() };
            let is_far = mean.abs() > FAR * scale || is_constant;
            let is_huge = largest > HUGE || scale < 1.0 / HUGE;
            if scale < least {
                return Unit { mean: 0.0, scale: 1.0, largest, distance, is_copied: false, is_rare: false };
            }
            let is_rare = still[j] && !is_constant;
            Unit { mean, scale, largest, distance, is_copied: is_far || is_huge, is_rare }
        };
        let columns = data.feature_names().iter().enumerate().map(unit).collect();
        Ok(Units { columns, standardiser: Some(standardiser), residuals: Vec::new() })
    }

    /// No change of coordinates, for so many columns.
    pub(crate) fn none(dimension: usize) -> Self {
        let unit = Unit {
            mean: 0.0,
            scale: 1.0,
            largest: f64::INFINITY,
            distance: 0.0,
            is_copied: false,
            is_rare: false,
        };
        Units { columns: vec![unit; dimension], standardiser: None, residuals: Vec::new() }
    }

    /// The same with residuals instead of some columns, the first residuals if there were others.
    pub(crate) fn with_residuals(&self, residuals: Vec<Residual>) -> Self {
        let mut columns = self.columns.clone();
        for residual in &residuals {
            let unit = &mut columns[residual.column];
            let (mean, scale) = (residual.mean, residual.scale);
            *unit = Unit { mean, scale, is_copied: true, is_rare: false, ..*unit };
        }
        Units { columns, standardiser: self.standardiser.clone(), residuals }
    }

    /// What is taken instead of some columns, in their order.
    pub(crate) fn residuals(&self) -> &[Residual] {
        &self.residuals
    }

    /// About the standard deviations of the columns as they were given.
    pub(crate) fn deviations(&self) -> Vec<f64> {
        let known = self.standardiser.as_ref().map(|standardiser| standardiser.scales());
        known.map_or_else(|| vec![1.0; self.columns.len()], |scales| scales.as_slice().to_vec())
    }

    /// How far from 0 the means of the columns as they were given are, in standard deviations; 0 of constant columns.
    pub(crate) fn distances(&self) -> impl Iterator<Item = f64> + Clone {
        self.columns.iter().map(|unit| unit.distance)
    }

    /// Whether a residual is taken instead of a column.
    pub(crate) fn is_residual(&self, j: usize) -> bool {
        self.residuals.iter().any(|residual| residual.column == j)
    }

    /// A column as passes see it.
    pub(crate) fn seen<'d>(&self, j: usize, data: &'d Dataset) -> Cow<'d, [f64]> {
        let column = data.columns().nth(j).unwrap_or_default();
        if let Some(residual) = self.residuals.iter().find(|residual| residual.column == j) {
            return Cow::Owned(residual.standardised(data));
        }
        match &self.standardiser {
            Some(standardiser) if self.columns[j].is_copied => {
                Cow::Owned(standardiser.standardised(j, column))
            }
            _ => Cow::Borrowed(column),
        }
    }

    /// μⱼ/sⱼ and sⱼ of each column, or of its residual, and max |xⱼ| of the column as it was given.
    pub(crate) fn moments(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        self.columns.iter().map(|unit| (unit.mean / unit.scale, unit.scale, unit.largest))
    }

    /// Whether passes see a standardised copy of a column.
    pub(crate) fn is_copied(&self, j: usize) -> bool {
        self.columns[j].is_copied
    }

    /// Whether a column varies, but not in the part that gave the units: only a few examples have it.
    pub(crate) fn is_rare(&self, j: usize) -> bool {
        self.columns[j].is_rare
    }

    /// μ and s of what passes see of a column: 0 and 1 of a copy.
    pub(crate) fn of_seen(&self, j: usize) -> (f64, f64) {
        let unit = &self.columns[j];
        if unit.is_copied { (0.0, 1.0) } else { (unit.mean, unit.scale) }
    }

    /// Coefficients for the columns that passes see.
    pub(crate) fn on_columns(&self, point: &DVector<f64>) -> DVector<f64> {
        self.mapped(point, |unit| !unit.is_copied)
    }

    /// Coefficients for the columns as they were given.
    pub(crate) fn in_given(&self, point: &DVector<f64>) -> DVector<f64> {
        let mut given = self.mapped(point, |_| true);
        // Coefficients after a residual's own are not those of residuals that take it up, so the first ones are done with last.
        for residual in &self.residuals {
            let of_residual = point[residual.column + 1] / residual.scale;
            for &(k, factor) in &residual.of {
                given[k + 1] -= factor * of_residual;
            }
        }
        given
    }

    /// Bounds on what `in_given` rounds, relative to the unit roundoff: the number of operations times the sizes of what is added.
    pub(crate) fn rounded_in_given(&self, point: &DVector<f64>) -> DVector<f64> {
        const OF_ONE: f64 = 4.0;
        let pairs = || point.iter().skip(1).zip(&self.columns);
        let moved: f64 = pairs().map(|(w, unit)| (w * (unit.mean / unit.scale)).abs()).sum();
        let of_intercept = (3 * point.len() + 8) as f64 * (point[0].abs() + moved);
        let mut sizes: Vec<f64> = pairs().map(|(w, unit)| (w / unit.scale).abs()).collect();
        let mut operations = vec![OF_ONE; sizes.len()];
        for residual in &self.residuals {
            let of_residual = (point[residual.column + 1] / residual.scale).abs();
            for &(k, factor) in &residual.of {
                sizes[k] += factor.abs() * of_residual;
                operations[k] += OF_ONE;
            }
        }
        let rounded = sizes.iter().zip(&operations).map(|(size, operations)| size * operations);
        DVector::from_iterator(point.len(), std::iter::once(of_intercept).chain(rounded))
    }

    /// A coefficient of the given columns, the intercept's place being 0, as a linear function of the coordinates.
    pub(crate) fn row(&self, j: usize) -> DVector<f64> {
        let mut row = DVector::zeros(self.columns.len() + 1);
        let Some(k) = j.checked_sub(1) else {
            row[0] = 1.0;
            for (entry, unit) in row.iter_mut().skip(1).zip(&self.columns) {
                *entry = -(unit.mean / unit.scale);
            }
            return row;
        };
        row[j] = 1.0 / self.columns[k].scale;
        for residual in &self.residuals {
            for (_, factor) in residual.of.iter().filter(|(of, _)| *of == k) {
                row[residual.column + 1] -= factor / residual.scale;
            }
        }
        row
    }

    /// Whether a column's coefficient is made of others than its own.
    pub(crate) fn is_mixed(&self, j: usize) -> bool {
        self.residuals.iter().any(|residual| residual.of.iter().any(|(of, _)| *of == j))
    }

    /// The standard coordinates of coefficients for the columns as they were given.
    pub(crate) fn standard(&self, point: &DVector<f64>) -> DVector<f64> {
        let mut point = point.clone();
        for residual in self.residuals.iter().rev() {
            let of_residual = point[residual.column + 1];
            for &(k, factor) in &residual.of {
                point[k + 1] += factor * of_residual;
            }
        }
        let moved: f64 = point.iter().skip(1).zip(&self.columns).map(|(w, unit)| w * unit.mean).sum();
        let weights = point.iter().skip(1).zip(&self.columns).map(|(w, unit)| w * unit.scale);
        DVector::from_iterator(point.len(), std::iter::once(point[0] + moved).chain(weights))
    }

    /// Tᵀ·∇, for a gradient by the coefficients of the columns that passes see.
    pub(crate) fn gradient(&self, gradient: &DVector<f64>) -> DVector<f64> {
        let mut pulled = gradient.clone();
        for j in 0..self.columns.len() {
            let (mean, scale) = self.of_seen(j);
            pulled[j + 1] = (gradient[j + 1] - mean * gradient[0]) / scale;
        }
        pulled
    }

    /// The gradient by the coefficients of the columns as they were given, from one in standard coordinates.
    pub(crate) fn gradient_in_given(&self, gradient: &DVector<f64>) -> DVector<f64> {
        let mut pushed = gradient.clone();
        for (j, unit) in self.columns.iter().enumerate() {
            pushed[j + 1] = gradient[j + 1] * unit.scale + unit.mean * gradient[0];
        }
        for residual in &self.residuals {
            let of_others: f64 = residual.of.iter().map(|&(k, factor)| factor * pushed[k + 1]).sum();
            pushed[residual.column + 1] += of_others;
        }
        pushed
    }

    /// Bounds on sums over the given columns, as on the gradient by their coefficients, from bounds on the same sums over the standardised ones, that
    /// over ones first.
    pub(crate) fn sizes_in_given(&self, sizes: &DVector<f64>) -> DVector<f64> {
        let mut given = sizes.clone();
        for (j, unit) in self.columns.iter().enumerate() {
            given[j + 1] = unit.scale * (sizes[j + 1] + (unit.mean / unit.scale).abs() * sizes[0]);
        }
        for residual in &self.residuals {
            let of_others: f64 = residual.of.iter().map(|&(k, factor)| factor.abs() * given[k + 1]).sum();
            given[residual.column + 1] += of_others;
        }
        given
    }

    /// Tᵀ·∇²·T
    pub(crate) fn hessian(&self, hessian: &DMatrix<f64>) -> DMatrix<f64> {
        let units: Vec<(f64, f64)> =
            std::iter::once((0.0, 1.0)).chain((0..self.columns.len()).map(|j| self.of_seen(j))).collect();
        DMatrix::from_fn(hessian.nrows(), hessian.ncols(), |j, k| {
            let ((mean_j, scale_j), (mean_k, scale_k)) = (units[j], units[k]);
            let centred = hessian[(j, k)] - mean_j * hessian[(0, k)] - mean_k * hessian[(j, 0)]
                + mean_j * mean_k * hessian[(0, 0)];
            centred / scale_j / scale_k
        })
    }

    /// T for some columns, the identity for the others.
    fn mapped(&self, point: &DVector<f64>, which: impl Fn(&Unit) -> bool) -> DVector<f64> {
        let pairs = || point.iter().skip(1).zip(&self.columns);
        let moved: f64 =
            pairs().filter(|(_, unit)| which(unit)).map(|(w, unit)| w * (unit.mean / unit.scale)).sum();
        let weights = pairs().map(|(w, unit)| if which(unit) { w / unit.scale } else { *w });
        DVector::from_iterator(point.len(), std::iter::once(point[0] - moved).chain(weights))
    }
}

fn is_constant(column: &[f64]) -> bool {
    column.iter().all(|value| value == &column[0])
}
