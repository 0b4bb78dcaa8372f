//! The coordinates in which a fit works: coefficients of standardised columns, over columns that stay as they are.
//!
//! With means μ and standard deviations s, coefficients (b′, w′) of the standardised columns are those (b, w) of the columns:
//!
//! ```text
//! (b, w) = T·(b′, w′):  wⱼ = w′ⱼ/sⱼ,  b = b′ − Σⱼ w′ⱼ·μⱼ/sⱼ         ∇′ = Tᵀ·∇,   ∇²′ = Tᵀ·∇²·T
//! ```
//!
//! so a function of (b, w) is one of (b′, w′), with its derivatives, without a second copy of the data. The differences cost digits where |μ| is much larger than
//! s, and squares overflow where numbers are huge: such columns are copied, standardised, and T leaves them alone.
//!
//! μ and s need not be exact: any numbers near them make good coordinates, and it is these that T is made of.
//!
//! Invariant: `on_columns` and `in_given` round alike where no column is copied, so that the point that is reported is the one that was evaluated.

use std::borrow::Cow;

use chainrule_data::{Dataset, Standardiser};
use nalgebra::{DMatrix, DVector};

use crate::error::Error;

/// A mean that is so many standard deviations from 0 costs two digits of a product of two such columns.
const FAR: f64 = 10.0;

/// Sums of products of numbers below this and above its inverse neither overflow nor underflow.
const HUGE: f64 = 1e100;

/// Means and scales of the columns, and which of them are taken as standardised copies.
#[derive(Clone, Debug)]
pub(crate) struct Units {
    columns: Vec<Unit>,
    standardiser: Option<Standardiser>,
}

#[derive(Clone, Copy, Debug)]
struct Unit {
    mean: f64,
    scale: f64,
    largest: f64,
    is_copied: bool,
    /// Whether it varies, but not in the part.
    is_rare: bool,
}

impl Units {
    /// The units of a data set's columns, about standard: those of a part will do. A column whose scale is below the least one stays in its given unit, since in a standard one its
    /// penalty would be beyond every number, and its coefficient below.
    pub(crate) fn of(data: &Dataset, part: &Dataset, least: f64) -> Result<Self, Error> {
        let standardiser = Standardiser::fit_by_part(data, part)?;
        let constant = standardiser.constant_columns();
        let still: Vec<bool> = part.columns().map(is_constant).collect();
        let (means, scales, largest) = (standardiser.means(), standardiser.scales(), data.largest());
        let unit = |(j, name): (usize, &String)| {
            let (mean, scale, largest) = (means[j], scales[j], largest[j]);
            let is_far = mean.abs() > FAR * scale || constant.contains(&name.as_str());
            let is_huge = largest > HUGE || scale < 1.0 / HUGE;
            if scale < least {
                return Unit { mean: 0.0, scale: 1.0, largest, is_copied: false, is_rare: false };
            }
            let is_rare = still[j] && !constant.contains(&name.as_str());
            Unit { mean, scale, largest, is_copied: is_far || is_huge, is_rare }
        };
        let columns = data.feature_names().iter().enumerate().map(unit).collect();
        Ok(Units { columns, standardiser: Some(standardiser) })
    }

    /// No change of coordinates, for so many columns.
    pub(crate) fn none(dimension: usize) -> Self {
        let unit = Unit { mean: 0.0, scale: 1.0, largest: f64::INFINITY, is_copied: false, is_rare: false };
        Units { columns: vec![unit; dimension], standardiser: None }
    }

    /// A column as passes see it.
    pub(crate) fn seen<'d>(&self, j: usize, column: &'d [f64]) -> Cow<'d, [f64]> {
        match &self.standardiser {
            Some(standardiser) if self.columns[j].is_copied => {
                Cow::Owned(standardiser.standardised(j, column))
            }
            _ => Cow::Borrowed(column),
        }
    }

    /// μⱼ/sⱼ, sⱼ and max |xⱼ| of each column, in its given unit.
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
        self.mapped(point, |_| true)
    }

    /// The standard coordinates of coefficients for the columns as they were given.
    pub(crate) fn standard(&self, point: &DVector<f64>) -> DVector<f64> {
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
        pushed
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
