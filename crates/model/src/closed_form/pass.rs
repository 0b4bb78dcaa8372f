//! A pass over all examples: blocks that stay in the caches, chunks that threads may share, sums in a fixed order.
//!
//! Invariant: the same additions in the same order however many threads there are, none of them after more than [`LONGEST_CHAIN`] others that are not compensated.

use chainrule_program::kernels::{LANES, TILE, add_gram, total, two_sum};
use nalgebra::DVector;
use pulp::{Arch, Simd, WithSimd};

use super::block::{
    add_gradient, add_gradient_and_column, add_gradient_compensated, add_moments, curvatures,
    logits_compensated, logits_of, losses_and_derivatives, losses_and_residuals, multiply,
};
use crate::examples::Examples;

/// Examples at a time at most, and at least.
pub(super) const BLOCK: usize = 64 * LANES;

const SMALLEST_BLOCK: usize = 8 * LANES;

/// Numbers of a block that stay in the second cache until they are asked for again, where two threads may share it.
const CACHED: usize = 32 * 1024;

/// Examples in a chunk: so many that threads are worth their while.
const CHUNK: usize = 32 * BLOCK;

/// Chunks in a wave: so many, at most, have sums waiting to be added up.
#[cfg(feature = "rayon")]
const WAVE: usize = 64;

/// More additions one after the other than a sum is made of: a lane's in a block, those over the lanes, and the blocks of a chunk.
pub(crate) const LONGEST_CHAIN: usize = BLOCK / LANES + 3 + CHUNK / SMALLEST_BLOCK;

/// Examples at a time with so many columns: a power of two of groups.
fn block(columns: usize) -> usize {
    let mut block = BLOCK;
    while block > SMALLEST_BLOCK && block * columns > CACHED {
        block /= 2;
    }
    block
}

/// What is summed, each with the weight cᵢ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Σ L
    Value,
    /// Σ L, Σ r, Σ r·xⱼ
    Gradient,
    /// Σ L, Σ r, Σ r·xⱼ, Σ a(1 − a), Σ a(1 − a)·xⱼ
    GradientAndColumn,
    /// Σ L, Σ a(1 − a), Σ r, Σ r·xⱼ, what these two lost, Σ xⱼ², Σ xⱼ
    Evidence,
    /// Σ a(1 − a)·(x̃·v)·x̃ⱼ
    HessianVector,
    /// Σ a(1 − a)·x̃ⱼ·x̃ₖ for k ≤ j
    Hessian,
    /// Σ x̃ⱼ·x̃ₖ for k ≤ j
    Gram,
}

impl Wanted {
    /// How many sums, for so many coefficients.
    fn sums(self, size: usize) -> usize {
        match self {
            Wanted::Value => 1,
            Wanted::Gradient => 1 + size,
            Wanted::GradientAndColumn => 1 + 2 * size,
            Wanted::Evidence => 4 * size,
            Wanted::HessianVector => size,
            Wanted::Hessian | Wanted::Gram => size * (size + 1) / 2,
        }
    }
}

/// Sums over all examples, over Σ cᵢ.
pub(super) fn means(
    examples: &Examples<'_>,
    wanted: Wanted,
    point: &DVector<f64>,
    direction: &[f64],
) -> Vec<f64> {
    let columns = examples.columns();
    let pass = Pass { examples, columns: &columns, point: point.as_slice(), direction, wanted };
    let chunks = examples.len().div_ceil(CHUNK);
    let of_chunk = |chunk: usize| {
        let start = chunk * CHUNK;
        Arch::new().dispatch(Chunk { pass: &pass, start, end: examples.len().min(start + CHUNK) })
    };
    let mut sums = Sums::new(wanted.sums(point.len()));
    #[cfg(feature = "rayon")]
    if examples.is_parallel() {
        use rayon::iter::{IntoParallelIterator, ParallelIterator};
        for wave in (0..chunks).step_by(WAVE) {
            let parts: Vec<Vec<f64>> =
                (wave..chunks.min(wave + WAVE)).into_par_iter().map(of_chunk).collect();
            parts.iter().for_each(|part| sums.add(part));
        }
        return sums.over(examples.total_weight());
    }
    (0..chunks).for_each(|chunk| sums.add(&of_chunk(chunk)));
    sums.over(examples.total_weight())
}

/// Sums and what their additions lost.
struct Sums {
    sums: Vec<f64>,
    lost: Vec<f64>,
}

impl Sums {
    fn new(size: usize) -> Self {
        Sums { sums: vec![0.0; size], lost: vec![0.0; size] }
    }

    fn add(&mut self, part: &[f64]) {
        for ((sum, lost), &term) in self.sums.iter_mut().zip(&mut self.lost).zip(part) {
            let (next, more) = two_sum(*sum, term);
            *lost += more;
            *sum = next;
        }
    }

    fn over(self, total: f64) -> Vec<f64> {
        self.sums.into_iter().zip(self.lost).map(|(sum, lost)| (sum + lost) / total).collect()
    }
}

/// What is summed over which examples at which point.
struct Pass<'a, 'd> {
    examples: &'a Examples<'d>,
    columns: &'a [&'a [f64]],
    /// The intercept, then the weights.
    point: &'a [f64],
    direction: &'a [f64],
    wanted: Wanted,
}

/// Some examples of a pass, for whichever vector instructions there are.
struct Chunk<'a, 'd> {
    pass: &'a Pass<'a, 'd>,
    start: usize,
    end: usize,
}

/// As many examples of everything, a whole number of groups of lanes, of which the first few count.
pub(super) struct Block<'a> {
    pub(super) columns: &'a [&'a [f64]],
    labels: &'a [f64],
    pub(super) weights: Option<&'a [f64]>,
    offset: Option<&'a [f64]>,
    counted: usize,
}

impl WithSimd for Chunk<'_, '_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f64> {
        let Chunk { pass, start, end } = self;
        let examples = pass.examples;
        let mut sums = vec![0.0; pass.wanted.sums(pass.point.len())];
        let mut room = Room::new(pass.wanted);
        let whole = start + (end - start) / LANES * LANES;
        let mut columns: Vec<&[f64]> = Vec::with_capacity(pass.columns.len());
        let size = match pass.wanted {
            // Its columns are asked for again and again, so longer ones are worth more.
            Wanted::Hessian | Wanted::Gram => BLOCK,
            _ => block(pass.columns.len()),
        };
        let mut at = start;
        while at < whole {
            let next = whole.min(at + size);
            columns.clear();
            columns.extend(pass.columns.iter().map(|column| &column[at..next]));
            let block = Block {
                columns: &columns,
                labels: &examples.labels()[at..next],
                weights: examples.weights().map(|weights| &weights[at..next]),
                offset: examples.offset().map(|offset| &offset[at..next]),
                counted: next - at,
            };
            pass.add(simd, &block, &mut room, &mut sums);
            at = next;
        }
        if whole < end {
            let rest = |numbers: &[f64]| filled_up(&numbers[whole..end]);
            let copies: Vec<[f64; LANES]> = pass.columns.iter().map(|column| rest(column)).collect();
            columns.clear();
            columns.extend(copies.iter().map(<[f64; LANES]>::as_slice));
            let (weights, offset) = (examples.weights().map(rest), examples.offset().map(rest));
            let block = Block {
                columns: &columns,
                labels: &rest(examples.labels()),
                weights: weights.as_ref().map(<[f64; LANES]>::as_slice),
                offset: offset.as_ref().map(<[f64; LANES]>::as_slice),
                counted: end - whole,
            };
            pass.add(simd, &block, &mut room, &mut sums);
        }
        sums
    }
}

impl Pass<'_, '_> {
    /// Adds the sums of a block.
    #[inline(always)]
    fn add<S: Simd>(&self, simd: S, block: &Block<'_>, room: &mut Room, sums: &mut [f64]) {
        let n = block.labels.len();
        let Room { logits, losses, factors, curved, ones, bent } = room;
        let (logits, losses, factors, curved) =
            (&mut logits[..n], &mut losses[..n], &mut factors[..n], &mut curved[..n]);
        match self.wanted {
            Wanted::Gram => factors.fill(1.0),
            Wanted::Evidence => {
                logits_compensated(self.point, block.columns, block.offset, logits, curved);
            }
            _ => logits_of(self.point, block.columns, block.offset, logits),
        }
        match self.wanted {
            Wanted::Value | Wanted::Gradient => losses_and_residuals(logits, block.labels, losses, factors),
            Wanted::GradientAndColumn | Wanted::Evidence => {
                losses_and_derivatives(logits, block.labels, losses, factors, curved);
            }
            Wanted::HessianVector | Wanted::Hessian => curvatures(logits, factors),
            Wanted::Gram => {}
        }
        if self.wanted == Wanted::HessianVector {
            logits_of(self.direction, block.columns, None, losses);
            multiply(factors, losses);
        }
        if let Some(weights) = block.weights {
            for numbers in [&mut *losses, &mut *factors, &mut *curved] {
                multiply(numbers, weights);
            }
        }
        for numbers in [&mut *losses, &mut *factors, &mut *curved] {
            numbers[block.counted..].fill(0.0);
        }
        match self.wanted {
            Wanted::Value => sums[0] += total(simd, losses),
            Wanted::Gradient => {
                sums[0] += total(simd, losses);
                add_gradient(simd, factors, block.columns, &mut sums[1..]);
            }
            Wanted::GradientAndColumn => {
                sums[0] += total(simd, losses);
                let (gradient, column) = sums[1..].split_at_mut(self.point.len());
                add_gradient_and_column(simd, factors, curved, block.columns, gradient, column);
            }
            Wanted::Evidence => {
                sums[0] += total(simd, losses);
                sums[1] += total(simd, curved);
                let (gradient, rest) = sums[2..].split_at_mut(self.point.len());
                let (lost, rest) = rest.split_at_mut(self.point.len());
                let (squares, totals) = rest.split_at_mut(block.columns.len());
                add_gradient_compensated(simd, factors, &ones[..n], block.columns, gradient, lost);
                add_moments(simd, block, &ones[..n], losses, squares, totals);
            }
            Wanted::HessianVector => add_gradient(simd, factors, block.columns, sums),
            Wanted::Hessian | Wanted::Gram => {
                let mut design: Vec<&[f64]> = vec![&ones[..n]];
                design.extend(block.columns);
                add_gram(simd, factors, &design, bent, sums);
            }
        }
    }
}

/// Room for a block.
struct Room {
    logits: Vec<f64>,
    losses: Vec<f64>,
    /// Residuals or curvatures.
    factors: Vec<f64>,
    /// Curvatures beside residuals.
    curved: Vec<f64>,
    ones: Vec<f64>,
    bent: [Vec<f64>; TILE],
}

impl Room {
    fn new(wanted: Wanted) -> Self {
        let of_pairs = match wanted {
            Wanted::Hessian | Wanted::Gram => BLOCK,
            _ => 0,
        };
        let of_ones = if wanted == Wanted::Evidence { BLOCK } else { of_pairs };
        Room {
            logits: vec![0.0; BLOCK],
            losses: vec![0.0; BLOCK],
            factors: vec![0.0; BLOCK],
            curved: vec![0.0; BLOCK],
            ones: vec![1.0; of_ones],
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
