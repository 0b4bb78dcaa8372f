//! The loops over a block of examples.
//!
//! Each is plain and over flat slices, and is inlined into a pass, which decides about vector instructions.
//!
//! Invariant: r and a(1 − a) come from [`loss`](crate::loss) in the forms that do not cancel.

use chainrule_program::kernels::{
    ABREAST, add_product, add_product_compensated, add_products, add_products_compensated, pairs, product,
    products, products_compensated, total, two_sum,
};
use pulp::Simd;

use super::pass::Block;
use crate::loss::Example;

/// z = b + o + Σ wⱼ·xⱼ
#[inline(always)]
pub(super) fn logits_of(point: &[f64], columns: &[&[f64]], offset: Option<&[f64]>, logits: &mut [f64]) {
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
pub(super) fn logits_compensated(
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

/// numbers ← numbers·factors
#[inline(always)]
pub(super) fn multiply(numbers: &mut [f64], factors: &[f64]) {
    let factors = &factors[..numbers.len()];
    for i in 0..numbers.len() {
        numbers[i] *= factors[i];
    }
}

#[inline(always)]
pub(super) fn losses_and_residuals(
    logits: &[f64],
    labels: &[f64],
    losses: &mut [f64],
    residuals: &mut [f64],
) {
    let n = logits.len();
    let (labels, losses, residuals) = (&labels[..n], &mut losses[..n], &mut residuals[..n]);
    for i in 0..n {
        let example = Example::at(logits[i], labels[i]);
        losses[i] = example.loss();
        residuals[i] = example.residual();
    }
}

#[inline(always)]
pub(super) fn losses_and_derivatives(
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
pub(super) fn curvatures(logits: &[f64], curvatures: &mut [f64]) {
    let curvatures = &mut curvatures[..logits.len()];
    for i in 0..logits.len() {
        curvatures[i] = Example::at(logits[i], 0.0).curvature();
    }
}

/// sums += Σ c·column², then Σ c·column for each column; `ones` are as many ones, or the weights.
#[inline(always)]
pub(super) fn add_moments<S: Simd>(
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
pub(super) fn add_gradient<S: Simd>(simd: S, residuals: &[f64], columns: &[&[f64]], sums: &mut [f64]) {
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
pub(super) fn add_gradient_compensated<S: Simd>(
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
pub(super) fn add_gradient_and_column<S: Simd>(
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
