//! The model crate: objectives, fits, proofs.

mod fits;
mod objectives;
mod shapes;

pub(super) use fits::checks as fits;
pub(super) use objectives::checks as objectives;
pub(super) use shapes::checks as shapes;
