//! The program crate: passes, kernels, what runs over columns, generated source.

mod programs;

pub(super) use programs::checks as programs;
