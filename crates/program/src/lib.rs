//! A graph compiled for whole data sets: the mean of a loss over columns of examples, and its gradient.
//!
//! A loss is written once, for one example; a [`Program`] runs it over all of them, several examples at a time by whatever vector
//! instructions the machine has, which is asked at run time.
//!
//! ```
//! use chainrule_graph::Graph;
//! use chainrule_program::Program;
//!
//! let g = Graph::new();
//! let loss = g.parse("data x, y; a = sigmoid(w*x + b); -y*ln(a) - (1 - y)*ln(1 - a)")?;
//! let program = Program::new(&g, loss)?;
//! let (x, y) = ([0.5, -1.0, 2.0], [1.0, 0.0, 1.0]);
//! let (mean, gradient) = program.value_and_gradient(&[1.5, 0.1], &[&x, &y])?;
//! assert_eq!(gradient.len(), 2); // by w and b, in the order of `program.parameters()`
//! # assert!(mean > 0.0);
//! # Ok::<(), chainrule_program::Error>(())
//! ```
//!
//! # From a graph to a program
//!
//! 1. [`passes`], each a pure function from one [`Expression`] to the next: constants folded, what is common computed once, forms that
//!    overflow or cancel replaced by ones that do not, sums of products fused.
//! 2. Derivatives, by the graph's own reverse sweep over expressions; then the passes again.
//! 3. Straight-line code, by running the table's value rules at a type that records what they do.
//! 4. Blocks of 512 examples, an instruction at a time. [`functions`] are the exponentials and logarithms that run on several
//!    examples at once, within 2 units in the last place; [`kernels`] are the sums over columns.
//!
//! [`Program::over`] binds a program to columns: weights, second derivatives, threads. [`Program::rust`] writes the derivative as Rust source.
//!
//! Sums are taken in a fixed order over fixed blocks, and everything in [`functions`] is made of operations that IEEE 754 defines to the bit.
//!
//! Invariant: no derivative rule is here: what an operation is stands in the graph crate's table. Values are computed from it, but for
//! quotients, the two products of the chain rule and e^(a − b), which are written out again for speed.
#![forbid(unsafe_code)]

mod block;
mod code;
mod compute;
mod error;
mod examples;
mod execute;
mod expression;
pub mod functions;
mod generate;
pub mod kernels;
mod linear;
mod lower;
pub mod passes;
mod program;
mod sums;

pub use error::Error;
pub use examples::Examples;
pub use expression::{Expression, Step};
pub use program::{Builder, Program};

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
