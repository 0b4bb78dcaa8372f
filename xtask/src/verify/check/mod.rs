//! The check crate: verdicts on claims that are known to be right, wrong or undecidable.

mod verdicts;

pub(super) use verdicts::checks as verdicts;
