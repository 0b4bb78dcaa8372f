//! The program crate: passes, kernels, what runs over columns, generated source.

mod columns;
mod functions;
mod kernels;
mod passes;
mod programs;
mod random;
mod refusals;
mod rewritings;
mod source;
mod sums;

pub(super) use columns::checks as columns;
pub(super) use functions::checks as functions;
pub(super) use kernels::checks as kernels;
pub(super) use passes::checks as passes;
pub(super) use programs::checks as programs;
pub(super) use random::checks as random;
pub(super) use refusals::checks as refusals;
pub(super) use rewritings::checks as rewritings;
pub(super) use source::checks as source;
pub(super) use sums::checks as sums;
