//! The mean log-loss, its gradient and its Hessian by the formulas of the lesson, in one pass over the columns.
//!
//! ```text
//! ∂/∂wⱼ = Σᵢ pᵢ·r⁽ⁱ⁾·xⱼ⁽ⁱ⁾,  ∂/∂b = Σᵢ pᵢ·r⁽ⁱ⁾,  r = a − y;      ∂²/∂wⱼ∂wₖ = Σᵢ pᵢ·a(1 − a)·xⱼ·xₖ,     pᵢ = cᵢ/Σc
//! ```
//!
//! A few hundred examples at a time: their logits, column by column; losses and residuals; and while the columns are still in the caches,
//! their products with the residuals. Vector instructions are chosen when it runs. Blocks make up chunks, which threads may share; the sums of
//! chunks are added in the order of the chunks, and what each addition loses is added up beside (Knuth's two-sum).
//!
//! Invariant: r and a(1 − a) come from [`loss`](crate::loss) in the forms that do not cancel; the same additions in the same order
//! however many threads there are, none of them after more than [`LONGEST_CHAIN`] others that are not compensated.

use chainrule_program::kernels::{
    ABREAST, LANES, TILE, add_gram, add_product, add_product_compensated, add_products,
    add_products_compensated, pairs, product, products, products_compensated, total, two_sum,
};
use nalgebra::{DMatrix, DVector};
use pulp::{Arch, Simd, WithSimd};

use crate::examples::Examples;
use crate::loss::Example;

/// Examples at a time at most, and at least.
const BLOCK: usize = 64 * LANES;
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

/// The mean loss.
pub(crate) fn value(examples: &Examples<'_>, point: &DVector<f64>) -> f64 {
    means(examples, Wanted::Value, point, &[])[0]
}

/// The mean loss and its gradient, the intercept's entry first.
pub(crate) fn value_and_gradient(examples: &Examples<'_>, point: &DVector<f64>) -> (f64, DVector<f64>) {
    let means = means(examples, Wanted::Gradient, point, &[]);
    (means[0], DVector::from_column_slice(&means[1..]))
}

/// The mean loss, its gradient, and the first column of its Hessian, Σᵢ pᵢ·a(1 − a)·x̃, the intercept's entries first.
pub(crate) fn value_gradient_and_column(
    examples: &Examples<'_>,
    point: &DVector<f64>,
) -> (f64, DVector<f64>, DVector<f64>) {
    let means = means(examples, Wanted::GradientAndColumn, point, &[]);
    let (gradient, column) = means[1..].split_at(point.len());
    (means[0], DVector::from_column_slice(gradient), DVector::from_column_slice(column))
}

/// What a proof begins with.
pub(crate) struct Means {
    /// The mean loss.
    pub(crate) loss: f64,
    /// The mean of a(1 − a).
    pub(crate) curvature: f64,
    /// The gradient, the intercept's entry first, by logits and sums that are compensated.
    pub(crate) gradient: DVector<f64>,
    /// Σᵢ pᵢ·xⱼ² for each column.
    pub(crate) squares: Vec<f64>,
    /// Σᵢ pᵢ·xⱼ for each column.
    pub(crate) means: Vec<f64>,
}

/// All that a proof needs, in one pass.
pub(crate) fn evidence(examples: &Examples<'_>, point: &DVector<f64>) -> Means {
    let means = means(examples, Wanted::Evidence, point, &[]);
    let (gradient, rest) = means[2..].split_at(point.len());
    let (lost, rest) = rest.split_at(point.len());
    let (squares, of_columns) = rest.split_at(examples.dimension());
    Means {
        loss: means[0],
        curvature: means[1],
        gradient: DVector::from_column_slice(gradient) + DVector::from_column_slice(lost),
        squares: squares.to_vec(),
        means: of_columns.to_vec(),
    }
}

/// The Hessian times a direction.
pub(crate) fn hessian_vector(
    examples: &Examples<'_>,
    point: &DVector<f64>,
    direction: &DVector<f64>,
) -> DVector<f64> {
    DVector::from_vec(means(examples, Wanted::HessianVector, point, direction.as_slice()))
}

/// The mean loss's Hessian, the intercept's row and column first.
pub(crate) fn hessian(examples: &Examples<'_>, point: &DVector<f64>) -> DMatrix<f64> {
    symmetric(&means(examples, Wanted::Hessian, point, &[]), point.len())
}

/// Σᵢ pᵢ·x̃⁽ⁱ⁾x̃⁽ⁱ⁾ᵀ with x̃ = (1, x): symmetric, (d + 1) × (d + 1).
pub(crate) fn mean_gram(examples: &Examples<'_>) -> DMatrix<f64> {
    let origin = DVector::zeros(examples.dimension() + 1);
    symmetric(&means(examples, Wanted::Gram, &origin, &[]), origin.len())
}

/// The logits, one an example.
pub(crate) fn logits(examples: &Examples<'_>, point: &DVector<f64>) -> DVector<f64> {
    let mut logits = DVector::zeros(examples.len());
    let pass = LogitPass { examples, point: point.as_slice(), logits: logits.as_mut_slice() };
    Arch::new().dispatch(pass);
    logits
}

/// max √(first² + Σⱼ ((xⱼ − centreⱼ)·factorⱼ)²) over the examples.
pub(crate) fn longest(examples: &Examples<'_>, first: f64, maps: &[(f64, f64)]) -> f64 {
    Arch::new().dispatch(LongestPass { examples, first, maps })
}

/// A matrix from its lower triangle, row by row.
fn symmetric(triangle: &[f64], size: usize) -> DMatrix<f64> {
    DMatrix::from_fn(size, size, |j, k| triangle[j.max(k) * (j.max(k) + 1) / 2 + j.min(k)])
}

/// What is summed, each with the weight cᵢ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
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
fn means(examples: &Examples<'_>, wanted: Wanted, point: &DVector<f64>, direction: &[f64]) -> Vec<f64> {
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
struct Block<'a> {
    columns: &'a [&'a [f64]],
    labels: &'a [f64],
    weights: Option<&'a [f64]>,
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

/// The logits alone.
struct LogitPass<'a, 'd> {
    examples: &'a Examples<'d>,
    /// The intercept, then the weights.
    point: &'a [f64],
    logits: &'a mut [f64],
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

/// The longest of the examples.
struct LongestPass<'a, 'd> {
    examples: &'a Examples<'d>,
    first: f64,
    /// A centre and a factor for each column.
    maps: &'a [(f64, f64)],
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

/// z = b + o + Σ wⱼ·xⱼ
#[inline(always)]
fn logits_of(point: &[f64], columns: &[&[f64]], offset: Option<&[f64]>, logits: &mut [f64]) {
    match offset {
        None => logits.fill(point[0]),
        Some(offset) => {
            for (logit, offset) in logits.iter_mut().zip(offset) {
                *logit = point[0] + offset;
            }
        }
    }
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

/// The same with what the operations lose added up beside, in `lost`, and then to the logits.
#[inline(always)]
fn logits_compensated(
    point: &[f64],
    columns: &[&[f64]],
    offset: Option<&[f64]>,
    logits: &mut [f64],
    lost: &mut [f64],
) {
    logits.fill(point[0]);
    lost.fill(0.0);
    if let Some(offset) = offset {
        add_product_compensated(logits, lost, 1.0, offset);
    }
    let weights = &point[1..];
    let whole = columns.len() / ABREAST * ABREAST;
    let mut j = 0;
    while j < whole {
        let factors = [weights[j], weights[j + 1], weights[j + 2], weights[j + 3]];
        let four = [columns[j], columns[j + 1], columns[j + 2], columns[j + 3]];
        add_products_compensated(logits, lost, factors, four);
        j += ABREAST;
    }
    while j < columns.len() {
        add_product_compensated(logits, lost, weights[j], columns[j]);
        j += 1;
    }
    for i in 0..logits.len() {
        logits[i] += lost[i];
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

/// numbers ← numbers·factors
#[inline(always)]
fn multiply(numbers: &mut [f64], factors: &[f64]) {
    let factors = &factors[..numbers.len()];
    for i in 0..numbers.len() {
        numbers[i] *= factors[i];
    }
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
fn losses_and_derivatives(
    logits: &[f64],
    labels: &[f64],
    losses: &mut [f64],
    residuals: &mut [f64],
    curvatures: &mut [f64],
) {
    let n = logits.len();
    let (labels, losses, residuals, curvatures) =
        (&labels[..n], &mut losses[..n], &mut residuals[..n], &mut curvatures[..n]);
    for i in 0..n {
        let example = Example::at(logits[i], labels[i]);
        losses[i] = example.loss();
        residuals[i] = example.residual();
        curvatures[i] = example.curvature();
    }
}

#[inline(always)]
fn curvatures(logits: &[f64], curvatures: &mut [f64]) {
    let curvatures = &mut curvatures[..logits.len()];
    for i in 0..logits.len() {
        curvatures[i] = Example::at(logits[i], 0.0).curvature();
    }
}

/// sums += Σ c·column², then Σ c·column for each column; `ones` are as many ones, or the weights.
#[inline(always)]
fn add_moments<S: Simd>(
    simd: S,
    block: &Block<'_>,
    ones: &[f64],
    room: &mut [f64],
    squares: &mut [f64],
    totals: &mut [f64],
) {
    for ((square, total), column) in squares.iter_mut().zip(totals).zip(block.columns) {
        let column = &column[..room.len()];
        let [[of_squares, of_column]] = match block.weights {
            None => pairs(simd, [column], [column, ones]),
            Some(weights) => {
                room.copy_from_slice(weights);
                multiply(room, column);
                pairs(simd, [&*room], [column, ones])
            }
        };
        *square += of_squares;
        *total += of_column;
    }
}

/// sums += Σ residual, then Σ residual·column for each column.
#[inline(always)]
fn add_gradient<S: Simd>(simd: S, residuals: &[f64], columns: &[&[f64]], sums: &mut [f64]) {
    let Some((first, sums)) = sums.split_first_mut() else { return };
    *first += total(simd, residuals);
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

/// (sums, lost) += Σ residual, then Σ residual·column for each column; `ones` are as many ones.
#[inline(always)]
fn add_gradient_compensated<S: Simd>(
    simd: S,
    residuals: &[f64],
    ones: &[f64],
    columns: &[&[f64]],
    sums: &mut [f64],
    lost: &mut [f64],
) {
    let mut add = |at: usize, (sum, of_sum): (f64, f64)| {
        let (next, more) = two_sum(sums[at], sum);
        sums[at] = next;
        lost[at] += more + of_sum;
    };
    let [of_ones] = products_compensated(simd, residuals, [ones]);
    add(0, of_ones);
    let whole = columns.len() / ABREAST * ABREAST;
    let mut j = 0;
    while j < whole {
        let four = [columns[j], columns[j + 1], columns[j + 2], columns[j + 3]];
        let of_four = products_compensated(simd, residuals, four);
        of_four.into_iter().enumerate().for_each(|(k, of_one)| add(1 + j + k, of_one));
        j += ABREAST;
    }
    while j < columns.len() {
        let [of_one] = products_compensated(simd, residuals, [columns[j]]);
        add(1 + j, of_one);
        j += 1;
    }
}

/// gradient += Σ residual, then Σ residual·column for each column; first += the same of curvatures.
#[inline(always)]
fn add_gradient_and_column<S: Simd>(
    simd: S,
    residuals: &[f64],
    curvatures: &[f64],
    columns: &[&[f64]],
    gradient: &mut [f64],
    first: &mut [f64],
) {
    gradient[0] += total(simd, residuals);
    first[0] += total(simd, curvatures);
    let whole = columns.len() / ABREAST * ABREAST;
    let mut add = |j: usize, [of_residuals, of_curvatures]: [f64; 2]| {
        gradient[1 + j] += of_residuals;
        first[1 + j] += of_curvatures;
    };
    let mut j = 0;
    while j < whole {
        let four = [columns[j], columns[j + 1], columns[j + 2], columns[j + 3]];
        let of_four = pairs(simd, four, [residuals, curvatures]);
        of_four.into_iter().enumerate().for_each(|(k, of_one)| add(j + k, of_one));
        j += ABREAST;
    }
    while j < columns.len() {
        let [of_one] = pairs(simd, [columns[j]], [residuals, curvatures]);
        add(j, of_one);
        j += 1;
    }
}
