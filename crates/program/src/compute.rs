//! One instruction for all examples of a block.
//!
//! What the instruction is gets asked once, outside the loop over the examples. Loops are plain, over slices of one length, and what is in them has no
//! branches: that is what compilers turn into vector instructions. Everything is inlined into whoever runs it, since that one alone knows which
//! vector instructions there are, and nothing goes through iterators that a compiler may decide not to inline.
//!
//! Invariant: each example gets what it would get alone.

#![deny(
    clippy::wildcard_enum_match_arm,
    clippy::match_wildcard_for_single_variants,
    reason = "each primitive speaks for itself, so that the compiler asks a new one to"
)]
#![expect(
    clippy::needless_range_loop,
    reason = "a plain loop over slices of one length is what becomes vector instructions"
)]

use chainrule_graph::Primitive;

use crate::block::{Block, Registers, View};
use crate::code::Instruction;
use crate::functions;
use crate::kernels::{ABREAST, add_product, add_products, chain, route};
use crate::lower::{Operation, quotient};

/// Runs an instruction.
#[inline(always)]
pub(crate) fn run(block: &Block<'_>, instruction: &Instruction, registers: &mut Registers) {
    let n = block.len();
    registers.write(
        instruction.target,
        #[inline(always)]
        |registers, target| {
            compute(
                instruction.operation,
                &instruction.operands,
                #[inline(always)]
                |source| block.view(source, registers),
                &mut target[..n],
            );
        },
    );
}

/// The same for what is the same for all examples.
pub(crate) fn uniform(operation: Operation, operands: &[f64]) -> f64 {
    let mut target = [f64::NAN];
    compute(operation, operands, View::Uniform, &mut target);
    target[0]
}

/// What each operation is. Functions that are not vectorised are those of the libm crate: the same bits on every platform, within the budgets of the
/// graph crate's table.
#[inline(always)]
fn compute<'v, S: Copy>(
    operation: Operation,
    operands: &[S],
    view: impl Fn(S) -> View<'v>,
    target: &mut [f64],
) {
    macro_rules! one {
        ($f:path) => {
            unary(operands, view, target, $f)
        };
        ($f:expr) => {
            unary(
                operands,
                view,
                target,
                #[inline(always)]
                $f,
            )
        };
    }
    macro_rules! two {
        ($f:path) => {
            binary(operands, view, target, $f)
        };
        ($f:expr) => {
            binary(
                operands,
                view,
                target,
                #[inline(always)]
                $f,
            )
        };
    }
    match operation {
        Operation::Add => two!(|a, b| a + b),
        Operation::Sub => two!(|a, b| a - b),
        Operation::Mul => two!(|a, b| a * b),
        Operation::Div => two!(|a, b| a / b),
        Operation::Neg => one!(|x| -x),
        Operation::Dot => dot(operands, view, target),
        Operation::Quotient => two!(quotient),
        Operation::ExpSub => two!(functions::exp_sub),
        Operation::Chain => product(operands, view, target, chain),
        Operation::Route => product(operands, view, target, route),
        Operation::Compute(primitive) => match primitive {
            Primitive::PowI(2) => one!(|x| x * x),
            Primitive::PowI(n) => one!(|x| functions::powi(x, n)),
            Primitive::PowF => two!(libm::pow),
            Primitive::Sqrt => one!(f64::sqrt),
            Primitive::Exp => one!(functions::exp),
            Primitive::ExpM1 => one!(functions::exp_m1),
            Primitive::Ln => one!(functions::ln),
            Primitive::Ln1p => one!(functions::ln_1p),
            Primitive::Sin => one!(libm::sin),
            Primitive::Cos => one!(libm::cos),
            Primitive::Tan => one!(libm::tan),
            Primitive::Asin => one!(libm::asin),
            Primitive::Acos => one!(libm::acos),
            Primitive::Atan => one!(libm::atan),
            Primitive::Sinh => one!(libm::sinh),
            Primitive::Cosh => one!(libm::cosh),
            Primitive::Tanh => one!(functions::tanh),
            Primitive::Abs => one!(f64::abs),
            Primitive::Sign => one!(sign),
            Primitive::Round => one!(functions::round),
            Primitive::Min => two!(min),
            Primitive::Max => two!(max),
            Primitive::Hypot => two!(libm::hypot),
            Primitive::Select => select(operands, view, target),
            Primitive::WhereZero => where_zero(operands, view, target),
        },
    }
}

/// A function of one operand; NaN for another number of them.
#[inline(always)]
fn unary<'v, S: Copy>(
    operands: &[S],
    view: impl Fn(S) -> View<'v>,
    target: &mut [f64],
    f: impl Fn(f64) -> f64,
) {
    match *operands {
        [x] => each(view(x), target, f),
        _ => target.fill(f64::NAN),
    }
}

#[inline(always)]
fn binary<'v, S: Copy>(
    operands: &[S],
    view: impl Fn(S) -> View<'v>,
    target: &mut [f64],
    f: impl Fn(f64, f64) -> f64,
) {
    match *operands {
        [a, b] => each_pair(view(a), view(b), target, f),
        _ => target.fill(f64::NAN),
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

/// One of the two products of the chain rule. Nearly all are plain products, and none that is a number is another number.
#[inline(always)]
fn product<'v, S: Copy>(
    operands: &[S],
    view: impl Fn(S) -> View<'v>,
    target: &mut [f64],
    careful: fn(f64, f64) -> f64,
) {
    let &[a, b] = operands else { return target.fill(f64::NAN) };
    let (a, b) = (view(a), view(b));
    let is_spoilt = match (a, b) {
        (View::Varying(a), View::Varying(b)) => products_of(a, b, target),
        (View::Uniform(a), View::Varying(b)) => products_of(a, b, target),
        (View::Varying(a), View::Uniform(b)) => products_of(a, b, target),
        (View::Uniform(a), View::Uniform(b)) => {
            target.fill(a * b);
            (a * b).is_nan()
        }
    };
    if is_spoilt {
        for i in 0..target.len() {
            target[i] = careful(a.at(i), b.at(i));
        }
    }
}

/// a·b, and whether one of them is NaN.
#[inline(always)]
fn products_of(a: impl Operand, b: impl Operand, target: &mut [f64]) -> bool {
    let n = target.len();
    let (a, b) = (a.of_length(n), b.of_length(n));
    let mut spoilt = 0;
    for i in 0..n {
        let product = a.at(i) * b.at(i);
        target[i] = product;
        spoilt |= u64::from(product.is_nan());
    }
    spoilt != 0
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

/// −1, 0 or 1; 0 and NaN are their own signs.
#[inline(always)]
fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        x
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
fn select<'v, S: Copy>(operands: &[S], view: impl Fn(S) -> View<'v>, target: &mut [f64]) {
    let &[condition, a, b] = operands else { return target.fill(f64::NAN) };
    match (view(condition), view(a), view(b)) {
        (View::Varying(c), View::Varying(a), View::Varying(b)) => select_of(c, a, b, target),
        (View::Varying(c), View::Uniform(a), View::Varying(b)) => select_of(c, a, b, target),
        (View::Varying(c), View::Varying(a), View::Uniform(b)) => select_of(c, a, b, target),
        (View::Varying(c), View::Uniform(a), View::Uniform(b)) => select_of(c, a, b, target),
        (View::Uniform(c), a, b) => each_pair(a, b, target, |a, b| selected(c, a, b)),
    }
}

/// a where x is 0, else b. No operation needs it by itself: what is made of it runs as a whole.
fn where_zero<'v, S: Copy>(operands: &[S], view: impl Fn(S) -> View<'v>, target: &mut [f64]) {
    let &[x, a, b] = operands else { return target.fill(f64::NAN) };
    let (x, a, b) = (view(x), view(a), view(b));
    for i in 0..target.len() {
        target[i] = if x.at(i) == 0.0 { a.at(i) } else { b.at(i) };
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
fn dot<'v, S: Copy>(operands: &[S], view: impl Fn(S) -> View<'v>, target: &mut [f64]) {
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
            pair(operands, &view, k),
            pair(operands, &view, k + 1),
            pair(operands, &view, k + 2),
            pair(operands, &view, k + 3),
        )
        else {
            break;
        };
        add_products(target, [fa, fb, fc, fd], [a, b, c, d]);
        k += ABREAST;
    }
    while k < pairs {
        match pair(operands, &view, k) {
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
fn pair<'v, S: Copy>(operands: &[S], view: &impl Fn(S) -> View<'v>, k: usize) -> (View<'v>, View<'v>) {
    (view(operands[k]), view(operands[operands.len() / 2 + k]))
}
