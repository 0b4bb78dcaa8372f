//! The data crate: tables, readers, synthetic data.

mod synthetic;

pub(super) use synthetic::checks as synthetic;
