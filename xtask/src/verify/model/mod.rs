//! The model crate: objectives, fits, proofs.

mod exact_fits;
mod fits;
mod objectives;
pub(super) mod oracle;
mod proofs;
mod refusals;
mod separation;
mod shapes;
mod solvers;

pub(super) use exact_fits::checks as exact_fits;
pub(super) use fits::checks as fits;
pub(super) use objectives::checks as objectives;
pub(super) use proofs::checks as proofs;
pub(super) use separation::checks as separation;
pub(super) use shapes::checks as shapes;
pub(super) use solvers::checks as solvers;
