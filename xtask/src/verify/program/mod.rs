//! The program crate: passes, kernels, what runs over columns, generated source.

mod kernels;
mod programs;
mod random;
mod rewritings;

pub(super) use kernels::checks as kernels;
pub(super) use programs::checks as programs;
pub(super) use random::checks as random;
pub(super) use rewritings::checks as rewritings;
