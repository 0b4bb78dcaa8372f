//! The model crate: objectives, fits, proofs.

mod fits;
mod objectives;

pub(super) use fits::checks as fits;
pub(super) use objectives::checks as objectives;
