//! The check crate: estimates, and verdicts on claims that are known to be right, wrong or undecidable.

mod estimates;
mod verdicts;

pub(super) use estimates::checks as estimates;
pub(super) use verdicts::checks as verdicts;
