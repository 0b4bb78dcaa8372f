//! The graph crate: its operations, sweeps and formulas.

mod budgets;
pub(super) mod edges;
pub(super) mod formulas;
pub(super) mod known;
mod misuse;
mod operations;
mod oracle;
pub(super) mod recipe;
mod sweeps;

pub(super) use budgets::checks as budgets;
pub(super) use formulas::checks as formulas;
pub(super) use known::checks as known;
pub(super) use misuse::checks as misuse;
pub(super) use operations::checks as operations;
pub(super) use oracle::checks as oracle;
pub(super) use sweeps::checks as sweeps;
