//! The graph crate: its operations, sweeps and formulas.

mod budgets;
mod operations;

pub(super) use budgets::checks as budgets;
pub(super) use operations::checks as operations;
