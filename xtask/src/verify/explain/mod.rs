//! The explain crate: steps.

mod steps;

pub(super) use steps::checks as steps;
