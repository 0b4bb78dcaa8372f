//! What is summed over the examples of a block: values, products of the chain rule, and products of pairs for a Hessian.
//!
//! With weights cᵢ the sums are Σ cᵢ·Lᵢ, Σ cᵢ·adjointᵢ·partialᵢ and Σ cᵢ·curvatureᵢ·xᵢⱼ·xᵢₖ.
//!
//! Invariant: an example of weight 0 is absent, and so is a surplus lane: whatever is computed for it, it adds 0.

use pulp::Simd;

use crate::block::{Block, Registers, View};
use crate::code::{Gram, Source, Summand};
use crate::kernels::{ABREAST, pairs, product, products, total};

/// Room for what is weighted before it is summed.
pub(crate) struct Scratch(Registers);

/// The scratch registers: adjoints, up to two partials, and the columns of a tile.
const ADJOINT: usize = 0;
const PARTIAL: usize = 1;
const TILE: usize = 3;

impl Scratch {
    pub(crate) fn new() -> Self {
        Scratch(Registers::new(TILE + ABREAST))
    }
}

/// Adds the block's sums to the totals.
#[inline(always)]
pub(crate) fn sum<S: Simd>(
    simd: S,
    block: &Block<'_>,
    summands: &[Summand],
    registers: &Registers,
    scratch: &mut Scratch,
    totals: &mut [f64],
) {
    let mut place = 0;
    while place < summands.len() {
        match summands[place] {
            Summand::Value(value) => {
                weigh(block, value, registers, &mut scratch.0, ADJOINT);
                totals[place] += total(simd, &scratch.0.get(ADJOINT)[..block.len()]);
                place += 1;
            }
            Summand::Product(adjoint, _) => {
                let end = place + same_adjoint(&summands[place..], adjoint);
                weigh(block, adjoint, registers, &mut scratch.0, ADJOINT);
                sum_products(
                    simd,
                    block,
                    &summands[place..end],
                    registers,
                    &mut scratch.0,
                    &mut totals[place..end],
                );
                place = end;
            }
        }
    }
}

/// How many of the first summands have this adjoint.
fn same_adjoint(summands: &[Summand], adjoint: Source) -> usize {
    let is_same = |summand: &&Summand| matches!(summand, Summand::Product(other, _) if *other == adjoint);
    summands.iter().take_while(is_same).count()
}

/// Values times weights into a scratch register: 0 for a weight of 0 and for surplus lanes.
#[inline(always)]
fn weigh(block: &Block<'_>, value: Source, registers: &Registers, scratch: &mut Registers, register: usize) {
    let value = block.view(value, registers);
    let n = block.len();
    scratch.write(
        register,
        #[inline(always)]
        |_, target| {
            let target = &mut target[..n];
            match (value, block.weights()) {
                (View::Varying(values), None) => target.copy_from_slice(values),
                (View::Uniform(value), None) => target.fill(value),
                (value, Some(weights)) => {
                    let weights = &weights[..n];
                    for i in 0..n {
                        target[i] = if weights[i] == 0.0 { 0.0 } else { weights[i] * value.at(i) };
                    }
                }
            }
            target[block.examples..].fill(0.0);
        },
    );
}

/// Σ adjoint·partial for each summand, the adjoints being in their scratch register.
#[inline(always)]
fn sum_products<S: Simd>(
    simd: S,
    block: &Block<'_>,
    summands: &[Summand],
    registers: &Registers,
    scratch: &mut Registers,
    totals: &mut [f64],
) {
    let n = block.len();
    let mut k = 0;
    while k < summands.len() {
        let four = if k + ABREAST <= summands.len() {
            (
                partial(block, summands[k], registers),
                partial(block, summands[k + 1], registers),
                partial(block, summands[k + 2], registers),
                partial(block, summands[k + 3], registers),
            )
        } else {
            (View::Uniform(0.0), View::Uniform(0.0), View::Uniform(0.0), View::Uniform(0.0))
        };
        if let (View::Varying(a), View::Varying(b), View::Varying(c), View::Varying(d)) = four {
            let adjoint = &scratch.get(ADJOINT)[..n];
            let sums = products(simd, adjoint, [a, b, c, d]);
            for (j, (sum, partials)) in sums.into_iter().zip([a, b, c, d]).enumerate() {
                totals[k + j] += if sum.is_nan() { careful_product(adjoint, partials) } else { sum };
            }
            k += ABREAST;
            continue;
        }
        let view = partial(block, summands[k], registers);
        spread(view, scratch, PARTIAL);
        let partials = spread_or_own(view, scratch, PARTIAL, n);
        let adjoint = &scratch.get(ADJOINT)[..n];
        let sum = product(simd, adjoint, partials);
        totals[k] += if sum.is_nan() { careful_product(adjoint, partials) } else { sum };
        k += 1;
    }
}

#[inline(always)]
fn partial<'r>(block: &'r Block<'_>, summand: Summand, registers: &'r Registers) -> View<'r> {
    let (Summand::Product(_, partial) | Summand::Value(partial)) = summand;
    block.view(partial, registers)
}

/// What is the same for all examples, written out into a scratch register.
#[inline(always)]
fn spread(view: View<'_>, scratch: &mut Registers, register: usize) {
    if let View::Uniform(value) = view {
        scratch.write(register, |_, target| target.fill(value));
    }
}

/// The numbers of an operand, its own or those it was written out to.
#[inline(always)]
fn spread_or_own<'r>(view: View<'r>, scratch: &'r Registers, register: usize, n: usize) -> &'r [f64] {
    match view {
        View::Varying(own) => own,
        View::Uniform(_) => &scratch.get(register)[..n],
    }
}

/// Once more, with the rule that an adjoint of 0 gives 0 beside whatever partial.
#[cold]
#[inline(never)]
fn careful_product(adjoint: &[f64], partials: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (adjoint, partial) in adjoint.iter().zip(partials) {
        sum += if *adjoint == 0.0 { 0.0 } else { adjoint * partial };
    }
    sum
}

/// Adds Σ curvature·xⱼ·xₖ for k ≤ j to the totals, row by row.
#[inline(always)]
pub(crate) fn sum_pairs<S: Simd>(
    simd: S,
    block: &Block<'_>,
    gram: &Gram,
    registers: &Registers,
    scratch: &mut Scratch,
    totals: &mut [f64],
) {
    let scratch = &mut scratch.0;
    let n = block.len();
    weigh(block, gram.curvature, registers, scratch, ADJOINT);
    let size = gram.design.len();
    let mut first = 0;
    while first < size {
        // A tile: four columns times the curvature (the last again if there are fewer) with all columns up to the last of them.
        let last = (first + ABREAST).min(size) - 1;
        for j in 0..ABREAST {
            let x = block.view(gram.design[(first + j).min(last)], registers);
            scratch.write(
                TILE + j,
                #[inline(always)]
                |scratch, target| {
                    let (curvature, target) = (&scratch.get(ADJOINT)[..n], &mut target[..n]);
                    for i in 0..n {
                        target[i] = if curvature[i] == 0.0 { 0.0 } else { curvature[i] * x.at(i) };
                    }
                },
            );
        }
        let mut k = 0;
        while k <= last {
            let view = |k: usize| block.view(gram.design[k.min(last)], registers);
            spread(view(k), scratch, PARTIAL);
            spread(view(k + 1), scratch, PARTIAL + 1);
            let tile = |j: usize| &scratch.get(TILE + j)[..n];
            let column = |k, register| spread_or_own(view(k), scratch, register, n);
            let columns = [column(k, PARTIAL), column(k + 1, PARTIAL + 1)];
            let sums = pairs(simd, [tile(0), tile(1), tile(2), tile(3)], columns);
            for (row, j) in (first..=last).enumerate() {
                for (side, k) in [k, k + 1].into_iter().enumerate() {
                    if k <= j {
                        let sum = sums[row][side];
                        let sum = if sum.is_nan() { careful_product(tile(row), columns[side]) } else { sum };
                        totals[j * (j + 1) / 2 + k] += sum;
                    }
                }
            }
            k += 2;
        }
        first += ABREAST;
    }
}
