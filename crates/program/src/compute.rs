//! One instruction for all examples of a block.
//!
//! What the instruction is gets asked once, outside the loop over the examples. Loops are plain, over slices of one length, and what is in them has no
//! branches: that is what compilers turn into vector instructions. Everything is inlined into whoever runs it, since that one alone knows which
//! vector instructions there are, and nothing goes through iterators that a compiler may decide not to inline.
//!
//! Invariant: each example gets what it would get alone.

#![expect(
    clippy::needless_range_loop,
    reason = "a plain loop over slices of one length is what becomes vector instructions"
)]

use chainrule_graph::Primitive;

use crate::block::{Block, Registers, View};
use crate::code::{Instruction, Source};
use crate::functions;
use crate::kernels::{ABREAST, add_product, add_products};
use crate::lower::Operation;

/// Runs an instruction.
#[inline(always)]
pub(crate) fn run(block: &Block<'_>, instruction: &Instruction, registers: &mut Registers) {
    let n = block.len();
    registers.write(
        instruction.target,
        #[inline(always)]
        |registers, target| {
            let target = &mut target[..n];
            match (instruction.operation, instruction.operands.as_slice()) {
                (Operation::Dot, operands) => dot(block, operands, registers, target),
                (operation, &[x]) => unary(operation, block.view(x, registers), target),
                (operation, &[a, b]) => {
                    binary(operation, block.view(a, registers), block.view(b, registers), target);
                }
                (Operation::Compute(Primitive::Select), &[condition, a, b]) => {
                    let [condition, a, b] = [condition, a, b].map(|source| block.view(source, registers));
                    select(condition, a, b, target);
                }
                // No other operation has another number of operands.
                _ => target.fill(f64::NAN),
            }
        },
    );
}

/// The same for what is the same for all examples.
pub(crate) fn uniform(operation: Operation, operands: &[f64]) -> f64 {
    let mut target = [f64::NAN];
    match (operation, operands) {
        (Operation::Dot, operands) => {
            let (left, right) = operands.split_at(operands.len() / 2);
            return left.iter().zip(right).fold(0.0, |sum, (a, b)| a.mul_add(*b, sum));
        }
        (operation, &[x]) => unary(operation, View::Uniform(x), &mut target),
        (operation, &[a, b]) => {
            binary(operation, View::Uniform(a), View::Uniform(b), &mut target);
        }
        (Operation::Compute(primitive), operands) => return functions::alone(primitive, operands),
        _ => {}
    }
    target[0]
}

#[inline(always)]
fn unary(operation: Operation, x: View<'_>, target: &mut [f64]) {
    macro_rules! each {
        ($f:path) => {
            each(x, target, $f)
        };
        ($f:expr) => {
            each(
                x,
                target,
                #[inline(always)]
                $f,
            )
        };
    }
    match operation {
        Operation::Neg => each!(|x| -x),
        Operation::Compute(primitive) => match primitive {
            Primitive::Exp => each!(functions::exp),
            Primitive::ExpM1 => each!(functions::exp_m1),
            Primitive::Ln => each!(functions::ln),
            Primitive::Ln1p => each!(functions::ln_1p),
            Primitive::Tanh => each!(functions::tanh),
            Primitive::Abs => each!(f64::abs),
            Primitive::Round => each!(functions::round),
            Primitive::Sqrt => each!(f64::sqrt),
            Primitive::PowI(2) => each!(|x| x * x),
            primitive => each!(|x| functions::alone(primitive, &[x])),
        },
        _ => target.fill(f64::NAN), // not of one operand
    }
}

#[inline(always)]
fn binary(operation: Operation, a: View<'_>, b: View<'_>, target: &mut [f64]) {
    macro_rules! each {
        ($f:path) => {
            each_pair(a, b, target, $f)
        };
        ($f:expr) => {
            each_pair(
                a,
                b,
                target,
                #[inline(always)]
                $f,
            )
        };
    }
    match operation {
        Operation::Add => each!(|a, b| a + b),
        Operation::Sub => each!(|a, b| a - b),
        Operation::Mul => each!(|a, b| a * b),
        Operation::Div => each!(|a, b| a / b),
        Operation::ExpSub => each!(functions::exp_sub),
        Operation::Chain => each!(|a, b| if a == 0.0 { 0.0 } else { a * b }),
        Operation::Compute(Primitive::Max) => each!(max),
        Operation::Compute(Primitive::Min) => each!(min),
        Operation::Compute(primitive) => each!(|a, b| functions::alone(primitive, &[a, b])),
        _ => target.fill(f64::NAN), // not of two operands
    }
}

#[inline(always)]
fn each(x: View<'_>, target: &mut [f64], f: impl Fn(f64) -> f64) {
    match x {
        View::Uniform(x) => target.fill(f(x)),
        View::Varying(x) => {
            let n = target.len();
            let x = &x[..n];
            for i in 0..n {
                target[i] = f(x[i]);
            }
        }
    }
}

#[inline(always)]
fn each_pair(a: View<'_>, b: View<'_>, target: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    match (a, b) {
        (View::Varying(a), View::Varying(b)) => each_of(a, b, target, f),
        (View::Uniform(a), View::Varying(b)) => each_of(a, b, target, f),
        (View::Varying(a), View::Uniform(b)) => each_of(a, b, target, f),
        (View::Uniform(a), View::Uniform(b)) => target.fill(f(a, b)),
    }
}

#[inline(always)]
fn each_of(a: impl Operand, b: impl Operand, target: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    let n = target.len();
    let (a, b) = (a.of_length(n), b.of_length(n));
    for i in 0..n {
        target[i] = f(a.at(i), b.at(i));
    }
}

/// An operand whose kind is known when a loop over it is compiled.
trait Operand: Copy {
    fn of_length(self, n: usize) -> Self;
    fn at(self, i: usize) -> f64;
}

impl Operand for f64 {
    #[inline(always)]
    fn of_length(self, _: usize) -> Self {
        self
    }

    #[inline(always)]
    fn at(self, _: usize) -> f64 {
        self
    }
}

impl Operand for &[f64] {
    #[inline(always)]
    fn of_length(self, n: usize) -> Self {
        &self[..n]
    }

    #[inline(always)]
    fn at(self, i: usize) -> f64 {
        self[i]
    }
}

/// The larger; NaN if either is.
#[inline(always)]
fn max(a: f64, b: f64) -> f64 {
    if a >= b {
        a
    } else if a < b {
        b
    } else {
        a + b
    }
}

/// The smaller; NaN if either is.
#[inline(always)]
fn min(a: f64, b: f64) -> f64 {
    if a <= b {
        a
    } else if a > b {
        b
    } else {
        a + b
    }
}

/// a where the condition is not negative, b where it is.
#[inline(always)]
fn select(condition: View<'_>, a: View<'_>, b: View<'_>, target: &mut [f64]) {
    match (condition, a, b) {
        (View::Varying(c), View::Varying(a), View::Varying(b)) => select_of(c, a, b, target),
        (View::Varying(c), View::Uniform(a), View::Varying(b)) => select_of(c, a, b, target),
        (View::Varying(c), View::Varying(a), View::Uniform(b)) => select_of(c, a, b, target),
        (View::Varying(c), View::Uniform(a), View::Uniform(b)) => select_of(c, a, b, target),
        (View::Uniform(c), a, b) => each_pair(a, b, target, |a, b| selected(c, a, b)),
    }
}

#[inline(always)]
fn select_of(condition: &[f64], a: impl Operand, b: impl Operand, target: &mut [f64]) {
    let n = target.len();
    let (condition, a, b) = (&condition[..n], a.of_length(n), b.of_length(n));
    for i in 0..n {
        target[i] = selected(condition[i], a.at(i), b.at(i));
    }
}

#[inline(always)]
fn selected(condition: f64, a: f64, b: f64) -> f64 {
    if condition >= 0.0 {
        a
    } else if condition < 0.0 {
        b
    } else {
        f64::NAN
    }
}

/// Σ aᵢ·bᵢ. A parameter times a column, four of them at a time; then what is left.
#[inline(always)]
fn dot(block: &Block<'_>, operands: &[Source], registers: &Registers, target: &mut [f64]) {
    target.fill(0.0);
    let pairs = operands.len() / 2;
    let mut k = 0;
    while k + ABREAST <= pairs {
        let (
            (View::Uniform(fa), View::Varying(a)),
            (View::Uniform(fb), View::Varying(b)),
            (View::Uniform(fc), View::Varying(c)),
            (View::Uniform(fd), View::Varying(d)),
        ) = (
            pair(block, operands, k, registers),
            pair(block, operands, k + 1, registers),
            pair(block, operands, k + 2, registers),
            pair(block, operands, k + 3, registers),
        )
        else {
            break;
        };
        add_products(target, [fa, fb, fc, fd], [a, b, c, d]);
        k += ABREAST;
    }
    while k < pairs {
        match pair(block, operands, k, registers) {
            (View::Uniform(factor), View::Varying(column)) => add_product(target, factor, column),
            (a, b) => {
                for i in 0..target.len() {
                    target[i] = a.at(i).mul_add(b.at(i), target[i]);
                }
            }
        }
        k += 1;
    }
}

/// The factors of a product, all first ones being before all second ones.
#[inline(always)]
fn pair<'r>(
    block: &'r Block<'_>,
    operands: &[Source],
    k: usize,
    registers: &'r Registers,
) -> (View<'r>, View<'r>) {
    (block.view(operands[k], registers), block.view(operands[operands.len() / 2 + k], registers))
}
