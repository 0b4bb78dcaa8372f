//! What is done to a graph before it runs: each pass a pure function from [`Expression`](crate::Expression) to `Expression` with a file of its own.
//!
//! Dead code needs no pass: an `Expression` has none. Activity needs none either: derivatives are taken by parameters alone, so nothing
//! is ever computed for the adjoint of a datum.

mod affine;
mod exponentials;
mod fold;
mod log_sum_exp;
mod pattern;
mod rows;
mod share;
mod stabilise;

pub use affine::affine;
pub use fold::fold;
pub use rows::{ROWS, Row, Rule};
pub use share::share;
pub use stabilise::{Rewrite, stabilise};
