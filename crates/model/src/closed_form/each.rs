//! What is asked of each example: its logit, its side of the hyperplane, and how long the longest is.
//!
//! Invariant: nothing is summed over the examples.

use pulp::{Simd, WithSimd};

use super::block::logits_of;
use super::pass::BLOCK;
use crate::examples::Examples;

/// The logits alone.
pub(super) struct LogitPass<'a, 'd> {
    pub(super) examples: &'a Examples<'d>,
    /// The intercept, then the weights.
    pub(super) point: &'a [f64],
    pub(super) logits: &'a mut [f64],
}

impl WithSimd for LogitPass<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let all = self.examples.columns();
        let mut start = 0;
        let mut columns: Vec<&[f64]> = Vec::with_capacity(all.len());
        while start < self.logits.len() {
            let end = self.logits.len().min(start + BLOCK);
            columns.clear();
            columns.extend(all.iter().map(|column| &column[start..end]));
            let offset = self.examples.offset().map(|offset| &offset[start..end]);
            logits_of(self.point, &columns, offset, &mut self.logits[start..end]);
            start = end;
        }
    }
}

/// Whether every example lies on its class's side.
pub(super) struct SidesPass<'a, 'd> {
    pub(super) examples: &'a Examples<'d>,
    /// The intercept, then the weights.
    pub(super) point: &'a [f64],
}

impl WithSimd for SidesPass<'_, '_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> bool {
        let all = self.examples.columns();
        let (mut logits, mut columns) = ([0.0; BLOCK], Vec::with_capacity(all.len()));
        for (start, labels) in (0..).step_by(BLOCK).zip(self.examples.labels().chunks(BLOCK)) {
            let end = start + labels.len();
            columns.clear();
            columns.extend(all.iter().map(|column| &column[start..end]));
            let offset = self.examples.offset().map(|offset| &offset[start..end]);
            let logits = &mut logits[..labels.len()];
            logits_of(self.point, &columns, offset, logits);
            let on_its_side = |(&z, &y): (&f64, &f64)| if y > 0.5 { z > 0.0 } else { z < 0.0 };
            if !logits.iter().zip(labels).all(on_its_side) {
                return false;
            }
        }
        true
    }
}

/// The longest of the examples.
pub(super) struct LongestPass<'a, 'd> {
    pub(super) examples: &'a Examples<'d>,
    pub(super) first: f64,
    /// A centre and a factor for each column.
    pub(super) maps: &'a [(f64, f64)],
}

impl WithSimd for LongestPass<'_, '_> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let columns = self.examples.columns();
        let mut squares = [0.0; BLOCK];
        let mut most = 0.0_f64;
        for start in (0..self.examples.len()).step_by(BLOCK) {
            let size = BLOCK.min(self.examples.len() - start);
            let squares = &mut squares[..size];
            squares.fill(self.first * self.first);
            for (column, &(centre, factor)) in columns.iter().zip(self.maps) {
                let column = &column[start..start + size];
                for i in 0..size {
                    let part = (column[i] - centre) * factor;
                    squares[i] = part.mul_add(part, squares[i]);
                }
            }
            most = squares.iter().fold(most, |most, &square| most.max(square));
        }
        most.sqrt()
    }
}
