//! The mean log-loss, its gradient and its Hessian by the formulas of the lesson, in one pass over the columns.
//!
//! ```text
//! ∂/∂wⱼ = (1/m) Σᵢ r⁽ⁱ⁾·xⱼ⁽ⁱ⁾,  ∂/∂b = (1/m) Σᵢ r⁽ⁱ⁾,  r = a − y;      ∂²/∂wⱼ∂wₖ = (1/m) Σᵢ a(1 − a)·xⱼ·xₖ
//! ```
//!
//! A few hundred examples at a time: their logits, column by column; losses and residuals; and while the columns are still in the caches,
//! their products with the residuals. Vector instructions are chosen when it runs.
//!
//! Invariant: r and a(1 − a) come from [`loss`](crate::loss) in the forms that do not cancel; sums are taken in a fixed order.

use chainrule_data::Dataset;
use chainrule_program::kernels::{
    ABREAST, LANES, add_gram, add_product, add_products, product, products, total,
};
use nalgebra::{DMatrix, DVector};
use pulp::{Arch, Simd, WithSimd};

use crate::loss::Example;

/// Examples at a time: 4 KiB of each column, so that some hundred columns stay in the second cache.
const BLOCK: usize = 64 * LANES;

/// The mean loss.
pub(crate) fn value(data: &Dataset, point: &DVector<f64>) -> f64 {
    passed(data, point, Wanted::Value)[0] / data.len() as f64
}

/// The mean loss and its gradient, the intercept's entry first.
pub(crate) fn value_and_gradient(data: &Dataset, point: &DVector<f64>) -> (f64, DVector<f64>) {
    let sums = passed(data, point, Wanted::Gradient);
    let examples = data.len() as f64;
    (sums[0] / examples, DVector::from_iterator(point.len(), sums[1..].iter().map(|sum| sum / examples)))
}

/// The logits, one an example.
pub(crate) fn logits(data: &Dataset, point: &DVector<f64>) -> DVector<f64> {
    let columns: Vec<&[f64]> = data.columns().collect();
    let mut logits = DVector::zeros(data.len());
    Arch::new().dispatch(LogitPass {
        columns: &columns,
        point: point.as_slice(),
        logits: logits.as_mut_slice(),
    });
    logits
}

/// The mean loss's Hessian, the intercept's row and column first.
pub(crate) fn hessian(data: &Dataset, point: &DVector<f64>) -> DMatrix<f64> {
    symmetric(&passed(data, point, Wanted::Hessian), point.len(), data.len())
}

/// (1/m) Σᵢ x̃⁽ⁱ⁾x̃⁽ⁱ⁾ᵀ with x̃ = (1, x): symmetric, (d + 1) × (d + 1).
pub(crate) fn mean_gram(data: &Dataset) -> DMatrix<f64> {
    let origin = DVector::zeros(data.dimension() + 1);
    symmetric(&passed(data, &origin, Wanted::Gram), origin.len(), data.len())
}

/// A matrix from the sums of its lower triangle, row by row, over the number of examples.
fn symmetric(sums: &[f64], size: usize, examples: usize) -> DMatrix<f64> {
    let entry = |j: usize, k: usize| sums[j.max(k) * (j.max(k) + 1) / 2 + j.min(k)] / examples as f64;
    DMatrix::from_fn(size, size, entry)
}

/// What is summed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Σ L
    Value,
    /// Σ L, Σ r, Σ r·xⱼ
    Gradient,
    /// Σ a(1 − a)·x̃ⱼ·x̃ₖ for k ≤ j
    Hessian,
    /// Σ x̃ⱼ·x̃ₖ for k ≤ j
    Gram,
}

impl Wanted {
    fn sums(self, size: usize) -> usize {
        match self {
            Wanted::Value => 1,
            Wanted::Gradient => 1 + size,
            Wanted::Hessian | Wanted::Gram => size * (size + 1) / 2,
        }
    }
}

fn passed(data: &Dataset, point: &DVector<f64>, wanted: Wanted) -> Vec<f64> {
    let columns: Vec<&[f64]> = data.columns().collect();
    Arch::new().dispatch(Pass {
        columns: &columns,
        labels: data.labels().as_slice(),
        point: point.as_slice(),
        wanted,
    })
}

/// One pass, for whichever vector instructions there are.
struct Pass<'a> {
    columns: &'a [&'a [f64]],
    labels: &'a [f64],
    /// The intercept, then the weights.
    point: &'a [f64],
    wanted: Wanted,
}

impl WithSimd for Pass<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f64> {
        let mut sums = vec![0.0; self.wanted.sums(self.point.len())];
        let mut room = Room::new(self.wanted);
        let whole = self.labels.len() / LANES * LANES;
        let mut start = 0;
        let mut columns: Vec<&[f64]> = Vec::with_capacity(self.columns.len());
        while start < whole {
            let end = whole.min(start + BLOCK);
            columns.clear();
            columns.extend(self.columns.iter().map(|column| &column[start..end]));
            self.add(simd, &columns, &self.labels[start..end], end - start, &mut room, &mut sums);
            start = end;
        }
        if whole < self.labels.len() {
            let copies: Vec<[f64; LANES]> =
                self.columns.iter().map(|column| filled_up(&column[whole..])).collect();
            columns.clear();
            columns.extend(copies.iter().map(<[f64; LANES]>::as_slice));
            let labels = filled_up(&self.labels[whole..]);
            self.add(simd, &columns, &labels, self.labels.len() - whole, &mut room, &mut sums);
        }
        sums
    }
}

/// The logits alone.
struct LogitPass<'a> {
    columns: &'a [&'a [f64]],
    /// The intercept, then the weights.
    point: &'a [f64],
    logits: &'a mut [f64],
}

impl WithSimd for LogitPass<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let mut start = 0;
        let mut columns: Vec<&[f64]> = Vec::with_capacity(self.columns.len());
        while start < self.logits.len() {
            let end = self.logits.len().min(start + BLOCK);
            columns.clear();
            columns.extend(self.columns.iter().map(|column| &column[start..end]));
            logits_of(self.point, &columns, &mut self.logits[start..end]);
            start = end;
        }
    }
}

impl Pass<'_> {
    /// Adds the sums of a block, of which the first few examples count.
    #[inline(always)]
    fn add<S: Simd>(
        &self,
        simd: S,
        columns: &[&[f64]],
        labels: &[f64],
        examples: usize,
        room: &mut Room,
        sums: &mut [f64],
    ) {
        let n = labels.len();
        let Room { logits, losses, factors, ones, bent } = room;
        let (logits, losses, factors) = (&mut logits[..n], &mut losses[..n], &mut factors[..n]);
        if self.wanted == Wanted::Gram {
            factors.fill(1.0);
        } else {
            logits_of(self.point, columns, logits);
            match self.wanted {
                Wanted::Hessian => curvatures(logits, factors),
                _ => losses_and_residuals(logits, labels, losses, factors),
            }
        }
        losses[examples..].fill(0.0);
        factors[examples..].fill(0.0);
        match self.wanted {
            Wanted::Value => sums[0] += total(simd, losses),
            Wanted::Gradient => {
                sums[0] += total(simd, losses);
                sums[1] += total(simd, factors);
                add_gradient(simd, factors, columns, &mut sums[2..]);
            }
            Wanted::Hessian | Wanted::Gram => {
                let mut design: Vec<&[f64]> = vec![&ones[..n]];
                design.extend(columns);
                add_gram(simd, factors, &design, bent, sums);
            }
        }
    }
}

/// z = b + Σ wⱼ·xⱼ
#[inline(always)]
fn logits_of(point: &[f64], columns: &[&[f64]], logits: &mut [f64]) {
    logits.fill(point[0]);
    let weights = &point[1..];
    let whole = columns.len() / ABREAST * ABREAST;
    let mut j = 0;
    while j < whole {
        let factors = [weights[j], weights[j + 1], weights[j + 2], weights[j + 3]];
        add_products(logits, factors, [columns[j], columns[j + 1], columns[j + 2], columns[j + 3]]);
        j += ABREAST;
    }
    while j < columns.len() {
        add_product(logits, weights[j], columns[j]);
        j += 1;
    }
}

/// Room for a block.
struct Room {
    logits: Vec<f64>,
    losses: Vec<f64>,
    /// Residuals or curvatures.
    factors: Vec<f64>,
    ones: Vec<f64>,
    bent: [Vec<f64>; ABREAST],
}

impl Room {
    fn new(wanted: Wanted) -> Self {
        let of_pairs = match wanted {
            Wanted::Value | Wanted::Gradient => 0,
            Wanted::Hessian | Wanted::Gram => BLOCK,
        };
        Room {
            logits: vec![0.0; BLOCK],
            losses: vec![0.0; BLOCK],
            factors: vec![0.0; BLOCK],
            ones: vec![1.0; of_pairs],
            bent: std::array::from_fn(|_| vec![0.0; of_pairs]),
        }
    }
}

/// Fewer numbers than lanes, and zeros.
fn filled_up(numbers: &[f64]) -> [f64; LANES] {
    let mut group = [0.0; LANES];
    group[..numbers.len()].copy_from_slice(numbers);
    group
}

#[inline(always)]
fn losses_and_residuals(logits: &[f64], labels: &[f64], losses: &mut [f64], residuals: &mut [f64]) {
    let n = logits.len();
    let (labels, losses, residuals) = (&labels[..n], &mut losses[..n], &mut residuals[..n]);
    for i in 0..n {
        let example = Example::at(logits[i], labels[i]);
        losses[i] = example.loss();
        residuals[i] = example.residual();
    }
}

#[inline(always)]
fn curvatures(logits: &[f64], curvatures: &mut [f64]) {
    let curvatures = &mut curvatures[..logits.len()];
    for i in 0..logits.len() {
        curvatures[i] = Example::at(logits[i], 0.0).curvature();
    }
}

/// sums += Σ residual·column for each column.
#[inline(always)]
fn add_gradient<S: Simd>(simd: S, residuals: &[f64], columns: &[&[f64]], sums: &mut [f64]) {
    let whole = columns.len() / ABREAST * ABREAST;
    let mut j = 0;
    while j < whole {
        let of_four = products(simd, residuals, [columns[j], columns[j + 1], columns[j + 2], columns[j + 3]]);
        for k in 0..ABREAST {
            sums[j + k] += of_four[k];
        }
        j += ABREAST;
    }
    while j < columns.len() {
        sums[j] += product(simd, residuals, columns[j]);
        j += 1;
    }
}
