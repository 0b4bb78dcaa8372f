//! Weights of examples and their sum.
//!
//! Σ cᵢ divides every mean, so its error is one of every mean, and of what is proved about it. With the rounded sums
//! sᵢ = fl(sᵢ₋₁ + cᵢ), what each addition lost, eᵢ = sᵢ₋₁ + cᵢ − sᵢ, is a number of its own, and Σ cᵢ = sₘ + Σ eᵢ. The relative error of
//! fl(sₘ + fl(Σ eᵢ)) is at most u + γ², with u = 2⁻⁵³ and γ = mu/(1 − mu) (Ogita, Rump and Oishi, *SIAM J. Sci. Comput.* 26, 2005): u, to
//! some ten million examples. That of fl(sₘ) may be γ.
//!
//! Invariant: there is one weight an example; each is finite and at least 0, and their sum lies between 1e-60 and 1e60, so that its
//! products with and quotients by what is of ordinary size neither over- nor underflow.

use std::ops::RangeInclusive;

use nalgebra::DVector;

use super::is_event;
use crate::Error;

const TOTALS: RangeInclusive<f64> = 1e-60..=1e60;

/// Weights whose sum is known.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weights {
    each: DVector<f64>,
    total: f64,
}

impl Weights {
    /// These weights, if they are ones.
    pub(super) fn new(each: DVector<f64>) -> Result<Weights, Error> {
        if let Some(row) = each.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0)) {
            return Err(Error::Weight { row, value: each[row] });
        }
        let total = compensated_sum(each.iter().copied());
        if total <= 0.0 {
            return Err(Error::NoWeight);
        }
        if !TOTALS.contains(&total) {
            return Err(Error::TotalWeight { total });
        }
        Ok(Weights { each, total })
    }

    /// The weight of each example (m).
    pub(super) fn each(&self) -> &DVector<f64> {
        &self.each
    }

    /// Σᵢ cᵢ
    pub(super) fn total(&self) -> f64 {
        self.total
    }

    /// Σ cᵢ over the events, or over the others.
    pub(super) fn of_class(&self, labels: &DVector<f64>, events: bool) -> f64 {
        let class = self.each.iter().zip(labels.iter()).filter(|&(_, &label)| is_event(label) == events);
        compensated_sum(class.map(|(&weight, _)| weight))
    }

    /// The weights of these rows, which are all those above 0.
    pub(super) fn present(&self, rows: &[usize]) -> Weights {
        Weights { each: self.each.select_rows(rows), total: self.total }
    }
}

/// Σ of numbers that are not negative; infinite if it overflows.
fn compensated_sum(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, lost) = values.fold((0.0, 0.0), |(sum, lost), value| {
        let (sum, more) = two_sum(sum, value);
        (sum, lost + more)
    });
    // Where the sum overflows, what is lost is no number.
    if f64::is_finite(sum) { sum + lost } else { sum }
}

/// The rounded sum of two numbers, and what the rounding lost, exactly (Knuth).
fn two_sum(one: f64, other: f64) -> (f64, f64) {
    let sum = one + other;
    let of_other = sum - one;
    (sum, (one - (sum - of_other)) + (other - of_other))
}
