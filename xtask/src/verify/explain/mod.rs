//! The explain crate: steps, and what is read off them.

mod readings;
mod steps;

pub(super) use readings::checks as readings;
pub(super) use steps::checks as steps;
