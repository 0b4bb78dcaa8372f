//! What is summed over the examples of a block: values, products of the chain rule, and products of pairs for a Hessian.
//!
//! With weights cᵢ the sums are Σ cᵢ·Lᵢ, Σ cᵢ·adjointᵢ·partialᵢ and Σ cᵢ·curvatureᵢ·xᵢⱼ·xᵢₖ.
//!
//! Invariant: an example of weight 0 is absent, and so is a surplus lane: whatever is computed for it, it adds 0.

use pulp::Simd;

use crate::block::{BLOCK, Block, Registers, View};
use crate::code::{Code, Gram, Source, Summand};
use crate::kernels::{ABREAST, TILE, add_gram, careful_product, product, products, total};

/// Room for what is weighted before it is summed.
pub(crate) struct Scratch {
    registers: Registers,
    /// Columns times a curvature.
    bent: [Vec<f64>; TILE],
}

/// The scratch registers: adjoints, and a partial that is the same for all examples.
const ADJOINT: usize = 0;
const PARTIAL: usize = 1;

impl Scratch {
    pub(crate) fn new(code: &Code) -> Self {
        let room = if code.gram.is_some() { BLOCK } else { 0 };
        Scratch { registers: Registers::new(2), bent: std::array::from_fn(|_| vec![0.0; room]) }
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
                weigh(block, value, registers, &mut scratch.registers, ADJOINT);
                totals[place] += total(simd, &scratch.registers.get(ADJOINT)[..block.len()]);
                place += 1;
            }
            Summand::Product(adjoint, _) => {
                let end = place + same_adjoint(&summands[place..], adjoint);
                weigh(block, adjoint, registers, &mut scratch.registers, ADJOINT);
                sum_products(
                    simd,
                    block,
                    &summands[place..end],
                    registers,
                    &mut scratch.registers,
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
    let n = block.len();
    weigh(block, gram.curvature, registers, &mut scratch.registers, ADJOINT);
    // What is the same for all examples, as the intercept's 1, is written out.
    let written_out: Vec<Vec<f64>> = gram
        .design
        .iter()
        .map(|&source| match block.view(source, registers) {
            View::Uniform(value) => vec![value; n],
            View::Varying(_) => Vec::new(),
        })
        .collect();
    let mut columns: Vec<&[f64]> = Vec::with_capacity(gram.design.len());
    for (&source, written_out) in gram.design.iter().zip(&written_out) {
        columns.push(match block.view(source, registers) {
            View::Uniform(_) => written_out,
            View::Varying(column) => column,
        });
    }
    add_gram(simd, &scratch.registers.get(ADJOINT)[..n], &columns, &mut scratch.bent, totals);
}
