//! What a pass over the examples would see at a point, in the coordinates of a proof: x′ = (x − μ)/s with the columns' means and deviations at
//! equal weights.
//!
//! ```text
//! L = mean ln(1 + e^z) − y·z,   ∂/∂b = mean (a − y),   ∂/∂w′ⱼ = mean (a − y)·x′ⱼ,   h = mean a(1 − a)·x̃′x̃′ᵀ,   means with the weights
//! ```
//!
//! Invariant: nothing of the model crate is used. At 256 bits, or at f64 where the examples are many and the point is far from the optimum.

use chainrule_graph::{Number, Real};

use super::super::oracle::{Sample, big};

/// μ, s and max|x| of each column.
#[derive(Clone, Debug)]
pub(in crate::verify::model) struct Units {
    pub(in crate::verify::model) means: Vec<f64>,
    pub(in crate::verify::model) scales: Vec<f64>,
    pub(in crate::verify::model) largest: Vec<f64>,
}

impl Units {
    /// The means and deviations are those of a part, at equal weights; the largest numbers are those of all.
    pub(in crate::verify::model) fn of(part: &Sample, whole: &Sample) -> Self {
        let mean = |column: &Vec<f64>| {
            let sum = column.iter().fold(big(0.0), |sum, &x| sum + big(x));
            (sum / big(column.len() as f64)).to_f64()
        };
        let means: Vec<f64> = part.columns.iter().map(mean).collect();
        let deviation = |(column, &mean): (&Vec<f64>, &f64)| {
            (column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / column.len() as f64).sqrt()
        };
        let scales = part.columns.iter().zip(&means).map(deviation).collect();
        let largest = |column: &Vec<f64>| column.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        Units { means, scales, largest: whole.columns.iter().map(largest).collect() }
    }

    /// Columns so far from 0 are standardised before a pass sees them.
    pub(in crate::verify::model) fn is_copied(&self, j: usize) -> bool {
        self.means[j].abs() > 10.0 * self.scales[j]
    }

    /// The mean and the deviation of what a pass sees.
    pub(in crate::verify::model) fn of_seen(&self, j: usize) -> (f64, f64) {
        if self.is_copied(j) { (0.0, 1.0) } else { (self.means[j].abs(), self.scales[j]) }
    }

    /// (b′, w′)
    pub(in crate::verify::model) fn standard(&self, point: &[f64]) -> Vec<f64> {
        let moved =
            point[1..].iter().zip(&self.means).fold(big(point[0]), |sum, (&w, &m)| sum + big(w) * big(m));
        std::iter::once(moved.to_f64())
            .chain(point[1..].iter().zip(&self.scales).map(|(w, s)| w * s))
            .collect()
    }
}

/// Means at a point, without penalty, the intercept's entries first.
#[derive(Clone, Debug)]
pub(in crate::verify::model) struct Seen {
    pub(in crate::verify::model) loss: f64,
    pub(in crate::verify::model) gradient: Vec<f64>,
    pub(in crate::verify::model) hessian: Vec<Vec<f64>>,
    /// √ mean x′ⱼ²
    pub(in crate::verify::model) roots: Vec<f64>,
    /// max|x′ⱼ|
    pub(in crate::verify::model) reaches: Vec<f64>,
}

impl Seen {
    /// At 256 bits.
    pub(in crate::verify::model) fn exact(
        sample: &Sample,
        units: &Units,
        point: &[f64],
        lambda: f64,
    ) -> Self {
        Seen::new(big, |x| x.to_f64(), sample, units, point, lambda)
    }

    /// At f64.
    pub(in crate::verify::model) fn plain(
        sample: &Sample,
        units: &Units,
        point: &[f64],
        lambda: f64,
    ) -> Self {
        Seen::new(|x| x, |x| *x, sample, units, point, lambda)
    }

    /// The gradient is that with the penalty λ/2·‖w‖² of the given columns, λ·w′ⱼ/sⱼ²; the Hessian is without.
    fn new<R: Number>(
        lift: impl Fn(f64) -> R,
        lower: impl Fn(&R) -> f64,
        sample: &Sample,
        units: &Units,
        point: &[f64],
        lambda: f64,
    ) -> Self {
        let size = point.len();
        let mut loss = lift(0.0);
        let mut gradient = vec![lift(0.0); size];
        let mut hessian = vec![vec![lift(0.0); size]; size];
        let (mut squares, mut reaches, mut total) = (vec![0.0; size - 1], vec![0.0_f64; size - 1], lift(0.0));
        for (i, &label) in sample.labels.iter().enumerate() {
            let of = |column: &Option<Vec<f64>>, none: f64| column.as_ref().map_or(none, |column| column[i]);
            let weight = lift(of(&sample.weights, 1.0));
            let mut row = vec![lift(1.0)];
            let mut z = lift(point[0]) + lift(of(&sample.offset, 0.0));
            for (j, column) in sample.columns.iter().enumerate() {
                z = z + lift(point[j + 1]) * lift(column[i]);
                row.push((lift(column[i]) - lift(units.means[j])) / lift(units.scales[j]));
                reaches[j] = reaches[j].max(lower(&row[j + 1]).abs());
                squares[j] += lower(&weight) * lower(&row[j + 1]).powi(2);
            }
            // e^(−|z|) and the formulas of either side of 0.
            let is_negative = lower(&z) < 0.0;
            let turned = if is_negative { -z.clone() } else { z.clone() };
            let small = (-turned.clone()).exp();
            let share = lift(1.0) / (lift(1.0) + &small);
            let rest = small.clone() * &share;
            let (a, b) = if is_negative { (rest, share) } else { (share, rest) };
            let residual = if label == 1.0 { -b.clone() } else { a.clone() };
            let larger = if is_negative == (label == 1.0) { turned } else { lift(0.0) };
            let beyond = if lower(&small) < 1e-20 { small } else { (lift(1.0) + &small).ln() };
            loss = loss + weight.clone() * (larger + beyond);
            let curvature = weight.clone() * a * b;
            for j in 0..size {
                gradient[j] = gradient[j].clone() + weight.clone() * &residual * &row[j];
                for k in 0..=j {
                    hessian[j][k] = hessian[j][k].clone() + curvature.clone() * &row[j] * &row[k];
                }
            }
            total = total + weight;
        }
        let penalised = |(j, sum): (usize, R)| {
            let mean = sum / &total;
            let penalty =
                if j == 0 { lift(0.0) } else { lift(lambda) * lift(point[j]) / lift(units.scales[j - 1]) };
            lower(&(mean + penalty))
        };
        let entry = |j: usize, k: usize| lower(&(hessian[j.max(k)][j.min(k)].clone() / &total));
        Seen {
            loss: lower(&(loss / &total)),
            gradient: gradient.into_iter().enumerate().map(penalised).collect(),
            hessian: (0..size).map(|j| (0..size).map(|k| entry(j, k)).collect()).collect(),
            roots: squares.iter().map(|sum: &f64| (sum / lower(&total)).sqrt()).collect(),
            reaches,
        }
    }
}
