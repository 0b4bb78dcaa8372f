//! The explain crate: steps, and what is read off them.

mod readings;
mod remarks;
mod steps;

pub(super) use readings::checks as readings;
pub(super) use remarks::checks as remarks;
pub(super) use steps::checks as steps;
