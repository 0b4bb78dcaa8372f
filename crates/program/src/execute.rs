//! Code run over columns: blocks within chunks, chunks in waves.
//!
//! Instructions are taken one after the other, each for a whole block. A chunk is so many blocks that threads are worth their while; each
//! chunk has sums of its own, which are added up in the order of the chunks, a wave of them at a time.
//!
//! Invariant: the same additions in the same order however many threads there are, and, beyond the data, memory for registers · block
//! for each thread and sums · wave, whatever the number of examples.

use crate::block::{BLOCK, Block, Registers, last_group};
use crate::code::{Code, Uniform};
use crate::compute::{run, uniform};
use crate::kernels::LANES;
use crate::sums::{Scratch, sum, sum_pairs};

/// Examples in a chunk.
const CHUNK: usize = 32 * BLOCK;

/// Chunks in a wave: so many, at most, have sums waiting to be added up.
#[cfg(feature = "rayon")]
const WAVE: usize = 64;

/// What code is run over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Data<'a> {
    pub(crate) columns: &'a [&'a [f64]],
    pub(crate) weights: Option<&'a [f64]>,
    pub(crate) examples: usize,
    /// Whether the threads of the current pool share the work.
    #[cfg_attr(not(feature = "rayon"), expect(dead_code, reason = "there is no pool"))]
    pub(crate) parallel: bool,
}

/// Σ of each output over the examples, weighted if there are weights.
pub(crate) fn sums(code: &Code, parameters: &[f64], data: Data<'_>) -> Vec<f64> {
    let uniforms = uniforms(&code.uniforms, parameters);
    let mut totals = vec![0.0; code.sums()];
    let job = |chunk: usize, workspace: &mut Workspace| {
        let start = chunk * CHUNK;
        let examples = CHUNK.min(data.examples - start);
        let arch = pulp::Arch::new();
        arch.dispatch(Chunk { code, uniforms: &uniforms, data, start, examples, workspace })
    };
    let chunks = data.examples.div_ceil(CHUNK);
    #[cfg(feature = "rayon")]
    if data.parallel {
        use rayon::iter::{IntoParallelIterator, ParallelIterator};
        for wave in (0..chunks).step_by(WAVE) {
            let parts: Vec<Vec<f64>> = (wave..chunks.min(wave + WAVE))
                .into_par_iter()
                .map_init(|| Workspace::new(code), |workspace, chunk| job(chunk, workspace))
                .collect();
            parts.iter().for_each(|part| add(&mut totals, part));
        }
        return totals;
    }
    let mut workspace = Workspace::new(code);
    (0..chunks).for_each(|chunk| add(&mut totals, &job(chunk, &mut workspace)));
    totals
}

fn add(totals: &mut [f64], part: &[f64]) {
    for (total, part) in totals.iter_mut().zip(part) {
        *total += part;
    }
}

/// What is the same for all examples, by the functions that examples are computed by.
fn uniforms(uniforms: &[Uniform], parameters: &[f64]) -> Vec<f64> {
    let mut values: Vec<f64> = Vec::with_capacity(uniforms.len());
    for given in uniforms {
        let value = match given {
            Uniform::Constant(value) => *value,
            Uniform::Parameter(parameter) => parameters[*parameter],
            Uniform::Computed(operation, operands) => {
                let operands: Vec<f64> = operands.iter().map(|&operand| values[operand]).collect();
                uniform(*operation, &operands)
            }
        };
        values.push(value);
    }
    values
}

/// What a thread writes to.
struct Workspace {
    registers: Registers,
    scratch: Scratch,
}

impl Workspace {
    fn new(code: &Code) -> Self {
        Workspace { registers: Registers::new(code.registers), scratch: Scratch::new(code) }
    }
}

/// A chunk, for whichever vector instructions there are. A type and not a closure, since closures need not be inlined.
struct Chunk<'a, 'w> {
    code: &'a Code,
    uniforms: &'a [f64],
    data: Data<'a>,
    start: usize,
    examples: usize,
    workspace: &'w mut Workspace,
}

impl pulp::WithSimd for Chunk<'_, '_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, simd: S) -> Vec<f64> {
        let Chunk { code, uniforms, data: Data { columns, weights, .. }, start, examples, workspace } = self;
        let mut totals = vec![0.0; code.sums()];
        let end = start + examples;
        let whole = start + examples / LANES * LANES;
        let copies = if whole < end { last_group(columns, weights, whole) } else { Vec::new() };
        let mut at = start;
        while at < end {
            let next = if at < whole { whole.min(at + BLOCK) } else { end };
            let block = Block::at(at, next - at, uniforms, columns, weights);
            let block = if at < whole { block } else { block.copied(&copies) };
            for instruction in &code.instructions {
                run(&block, instruction, &mut workspace.registers);
            }
            let (own, of_pairs) = totals.split_at_mut(code.summands.len());
            sum(simd, &block, &code.summands, &workspace.registers, &mut workspace.scratch, own);
            if let Some(gram) = &code.gram {
                sum_pairs(simd, &block, gram, &workspace.registers, &mut workspace.scratch, of_pairs);
            }
            at = next;
        }
        totals
    }
}
