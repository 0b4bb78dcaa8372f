//! The data crate: tables, readers, synthetic data.

mod readers;
mod synthetic;
mod tables;

pub(super) use readers::checks as readers;
pub(super) use synthetic::checks as synthetic;
pub(super) use tables::checks as tables;
