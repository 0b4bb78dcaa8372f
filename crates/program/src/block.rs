//! A block: a few hundred examples in a row, and where the operands of its instructions are.
//!
//! Blocks are whole groups of lanes. What is left over at the end of a data set is a block of one group, filled up with copies of the last
//! example, whose surplus lanes count as absent when sums are taken.
//!
//! Invariant: columns are borrowed where they lie; nothing but that last group is copied.

use crate::code::Source;
use crate::kernels::LANES;

/// Examples in a block: a register of them is 4 KiB.
pub(crate) const BLOCK: usize = 64 * LANES;

/// An operand for all examples of a block.
#[derive(Clone, Copy)]
pub(crate) enum View<'a> {
    Uniform(f64),
    Varying(&'a [f64]),
}

impl View<'_> {
    #[inline(always)]
    pub(crate) fn at(&self, example: usize) -> f64 {
        match self {
            View::Uniform(value) => *value,
            View::Varying(values) => values[example],
        }
    }
}

/// The examples of a block.
#[derive(Clone, Copy)]
pub(crate) struct Block<'a> {
    pub(crate) uniforms: &'a [f64],
    columns: &'a [&'a [f64]],
    weights: Option<&'a [f64]>,
    place: Place<'a>,
    /// How many examples there are; in whole groups, but for the last block.
    pub(crate) examples: usize,
}

#[derive(Clone, Copy)]
enum Place<'a> {
    /// In the columns, from this example on.
    At(usize),
    /// In copies: a group of each column, then one of the weights.
    Copied(&'a [[f64; LANES]]),
}

impl<'a> Block<'a> {
    /// Whole groups of examples where they lie.
    #[inline(always)]
    pub(crate) fn at(
        start: usize,
        examples: usize,
        uniforms: &'a [f64],
        columns: &'a [&'a [f64]],
        weights: Option<&'a [f64]>,
    ) -> Self {
        Block { uniforms, columns, weights, place: Place::At(start), examples }
    }

    /// The same block with its examples in copies made by [`last_group`].
    #[inline(always)]
    pub(crate) fn copied(self, copies: &'a [[f64; LANES]]) -> Self {
        Block { place: Place::Copied(copies), ..self }
    }

    /// How many numbers an operand has: the examples, and surplus lanes up to a whole group.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.examples.next_multiple_of(LANES)
    }

    /// Where an operand is.
    #[inline(always)]
    pub(crate) fn view<'r>(&'r self, source: Source, registers: &'r Registers) -> View<'r> {
        match source {
            Source::Uniform(place) => View::Uniform(self.uniforms[place]),
            Source::Column(column) => View::Varying(self.column(column)),
            Source::Register(register) => View::Varying(&registers.get(register)[..self.len()]),
        }
    }

    #[inline(always)]
    fn column(&self, column: usize) -> &[f64] {
        match self.place {
            Place::At(start) => &self.columns[column][start..start + self.examples],
            Place::Copied(copies) => &copies[column],
        }
    }

    /// The examples' weights, if they have any.
    #[inline(always)]
    pub(crate) fn weights(&self) -> Option<&[f64]> {
        match (self.weights, self.place) {
            (Some(weights), Place::At(start)) => Some(&weights[start..start + self.examples]),
            (Some(_), Place::Copied(copies)) => Some(&copies[self.columns.len()]),
            (None, _) => None,
        }
    }
}

/// The examples from `start` on, fewer than a group, filled up with the last one: a group of each column, then one of the weights.
pub(crate) fn last_group(columns: &[&[f64]], weights: Option<&[f64]>, start: usize) -> Vec<[f64; LANES]> {
    let filled_up = |column: &[f64]| {
        let mut group = [column.last().copied().unwrap_or(0.0); LANES];
        for (lane, value) in group.iter_mut().zip(&column[start..]) {
            *lane = *value;
        }
        group
    };
    columns.iter().copied().chain(weights).map(filled_up).collect()
}

/// What instructions write to: a block of numbers each.
pub(crate) struct Registers(Vec<Register>);

struct Register {
    numbers: Vec<f64>,
    /// Where the first whole cache line begins.
    start: usize,
}

impl Registers {
    pub(crate) fn new(count: usize) -> Self {
        Registers((0..count).map(|_| Register::new()).collect())
    }

    #[inline(always)]
    pub(crate) fn get(&self, register: usize) -> &[f64] {
        self.0[register].numbers()
    }

    /// Lends a register out to be written to, with all others to read from.
    #[inline(always)]
    pub(crate) fn write(&mut self, register: usize, write: impl FnOnce(&Registers, &mut [f64])) {
        let mut lent = std::mem::replace(&mut self.0[register], Register { numbers: Vec::new(), start: 0 });
        write(self, lent.numbers_mut());
        self.0[register] = lent;
    }
}

impl Register {
    fn new() -> Self {
        let numbers = vec![0.0; BLOCK + LANES];
        // At most a line: numbers that cannot be aligned are only slower.
        let start = numbers.as_ptr().align_offset(size_of::<[f64; LANES]>()).min(LANES);
        Register { numbers, start }
    }

    #[inline(always)]
    fn numbers(&self) -> &[f64] {
        &self.numbers[self.start..]
    }

    #[inline(always)]
    fn numbers_mut(&mut self) -> &mut [f64] {
        &mut self.numbers[self.start..]
    }
}
