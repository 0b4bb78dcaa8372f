//! A logistic regression in standard coordinates, by sums at f64.
//!
//! Invariant: that of [`seen`](super::super::proofs::seen).

use super::super::oracle::Sample;
use super::super::proofs::cases::Case;
use super::super::proofs::seen::{Seen, Units};
use super::textbook::largest_eigenvalue;

/// A logistic regression in standard coordinates.
pub(super) struct Logistic {
    pub(super) case: Case,
    pub(super) units: Units,
}

impl Logistic {
    pub(super) fn new(sample: Sample, lambda: f64, tolerance: Option<f64>) -> Self {
        let units = Units::of(&sample, &sample);
        Logistic { case: Case { sample, lambda, tolerance }, units }
    }

    pub(super) fn given(&self, point: &[f64]) -> Vec<f64> {
        let weights: Vec<f64> = point[1..].iter().zip(&self.units.scales).map(|(w, s)| w / s).collect();
        let moved: f64 = weights.iter().zip(&self.units.means).map(|(w, m)| w * m).sum();
        std::iter::once(point[0] - moved).chain(weights).collect()
    }

    pub(super) fn seen(&self, point: &[f64]) -> Seen {
        Seen::plain(&self.case.sample, &self.units, &self.given(point), self.case.lambda)
    }

    /// λⱼ, 0 for the intercept.
    pub(super) fn penalty(&self, j: usize) -> f64 {
        if j == 0 { 0.0 } else { self.case.lambda / self.units.scales[j - 1].powi(2) }
    }

    pub(super) fn value_and_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        let seen = self.seen(point);
        let penalties = point.iter().enumerate().map(|(j, w)| self.penalty(j) * w * w / 2.0);
        (seen.loss + penalties.sum::<f64>(), seen.gradient)
    }

    pub(super) fn hessian(&self, point: &[f64]) -> Vec<Vec<f64>> {
        let mut hessian = self.seen(point).hessian;
        for (j, row) in hessian.iter_mut().enumerate() {
            row[j] += self.penalty(j);
        }
        hessian
    }

    /// About the second derivatives: ¼ of a mean square of 1, and the penalty.
    pub(super) fn diagonal(&self) -> Vec<f64> {
        (0..=self.units.means.len()).map(|j| 0.25 + self.penalty(j)).collect()
    }

    /// K, by powers of the matrix.
    pub(super) fn curvature(&self) -> f64 {
        let size = self.units.means.len() + 1;
        let (sample, mut total) = (&self.case.sample, 0.0);
        let mut gram = vec![vec![0.0; size]; size];
        for i in 0..sample.labels.len() {
            let weight = sample.weights.as_ref().map_or(1.0, |weights| weights[i]);
            let entry = |j: usize| match j.checked_sub(1) {
                None => 1.0,
                Some(j) => (sample.columns[j][i] - self.units.means[j]) / self.units.scales[j],
            };
            for (j, row) in gram.iter_mut().enumerate() {
                for (k, sum) in row.iter_mut().enumerate() {
                    *sum += weight * entry(j) * entry(k);
                }
            }
            total += weight;
        }
        let most = (0..size).map(|j| self.penalty(j)).fold(0.0, f64::max);
        largest_eigenvalue(&gram) / total / 4.0 + most
    }
}
