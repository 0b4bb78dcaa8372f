//! What is done to a graph before it runs: each pass a pure function from [`Expression`](crate::Expression) to `Expression` with a file of its own.
//!
//! Dead code needs no pass: an `Expression` has none. Activity needs none either: derivatives are taken by parameters alone, so nothing
//! is ever computed for the adjoint of a datum.

mod affine;
mod fold;
mod share;
mod stabilise;

pub use affine::affine;
pub use fold::fold;
pub use share::share;
pub use stabilise::{Rewrite, stabilise};
