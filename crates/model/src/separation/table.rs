//! The examples in standard units, x′ = (x − mean)/scale, read from the columns as they are.
//!
//! Invariant: nothing is kept for each example and column: rows are made when they are asked for, sums over all examples go block by block.

use chainrule_data::{Dataset, Standardiser};

/// Examples whose sums are in the first cache.
const BLOCK: usize = 2048;

/// The examples in standard units.
pub(super) struct Table<'d> {
    pub(super) data: &'d Dataset,
    pub(super) means: Vec<f64>,
    pub(super) scales: Vec<f64>,
}

impl<'d> Table<'d> {
    pub(super) fn new(data: &'d Dataset, standardiser: &Standardiser) -> Self {
        let (means, scales) = (standardiser.means(), standardiser.scales());
        Table { data, means: means.as_slice().to_vec(), scales: scales.as_slice().to_vec() }
    }

    pub(super) fn dimension(&self) -> usize {
        self.means.len()
    }

    /// sᵢ
    pub(super) fn side(&self, row: usize) -> f64 {
        2.0 * self.data.labels()[row] - 1.0
    }

    /// x′ of a value of a column.
    fn standard(&self, column: usize, value: f64) -> f64 {
        let (mean, scale) = (self.means[column], self.scales[column]);
        let centred = value - mean;
        // A difference that overflows is of numbers large enough to be halved exactly.
        if centred.is_finite() { centred / scale } else { (value / 2.0 - mean / 2.0) / (scale / 2.0) }
    }

    /// (1, x′) of an example, of these columns.
    pub(super) fn row(&self, row: usize, columns: &[usize]) -> Vec<f64> {
        let features = self.data.features();
        let entries = columns.iter().map(|&column| self.standard(column, features[(row, column)]));
        std::iter::once(1.0).chain(entries).collect()
    }

    /// Hands on every example with its sᵢ(b′ + w′·x′).
    pub(super) fn each_side(&self, direction: &[f64], mut hand_on: impl FnMut(usize, f64)) {
        let mut sums = [0.0; BLOCK];
        for first in (0..self.data.len()).step_by(BLOCK) {
            let rows = first..self.data.len().min(first + BLOCK);
            let sums = &mut sums[..rows.len()];
            sums.fill(direction[0]);
            for (j, column) in self.data.columns().enumerate().filter(|(j, _)| direction[j + 1] != 0.0) {
                let weight = direction[j + 1];
                for (sum, &value) in sums.iter_mut().zip(&column[rows.clone()]) {
                    *sum += weight * self.standard(j, value);
                }
            }
            rows.zip(sums).for_each(|(row, sum)| hand_on(row, self.side(row) * *sum));
        }
    }

    /// The examples with the smallest sides below a bound, at most so many.
    pub(super) fn violated(&self, direction: &[f64], bound: f64, most: usize) -> Vec<usize> {
        let mut found: Vec<(f64, usize)> = Vec::new();
        self.each_side(direction, |row, side| {
            if side < bound {
                found.push((side, row));
            }
            if found.len() >= 4 * most {
                keep_smallest(&mut found, most);
            }
        });
        keep_smallest(&mut found, most);
        found.into_iter().map(|(_, row)| row).collect()
    }

    /// About so many examples, evenly spread, half of each class.
    pub(super) fn spread(&self, count: usize) -> Vec<usize> {
        let events = self.data.events();
        let of_class = |is_event: bool, size: usize| {
            let step = (2 * size / count).max(1);
            (0..self.data.len()).filter(move |&row| (self.side(row) > 0.0) == is_event).step_by(step)
        };
        of_class(true, events).chain(of_class(false, self.data.len() - events)).collect()
    }

    /// The mean of sᵢ(1, x′).
    pub(super) fn mean_row(&self) -> Vec<f64> {
        let examples = self.data.len() as f64;
        let of_column = |(j, column): (usize, &[f64])| {
            let terms = column.iter().enumerate().map(|(row, &x)| self.side(row) * self.standard(j, x));
            terms.sum::<f64>() / examples
        };
        let sides: f64 = (0..self.data.len()).map(|row| self.side(row)).sum();
        std::iter::once(sides / examples).chain(self.data.columns().enumerate().map(of_column)).collect()
    }
}

fn keep_smallest(found: &mut Vec<(f64, usize)>, most: usize) {
    if found.len() > most {
        found.select_nth_unstable_by(most, |one, other| one.0.total_cmp(&other.0));
        found.truncate(most);
    }
}
