//! Who a node or variable belongs to.
//!
//! Invariant: two graphs or tapes of one running program never have the same identity.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// The identity of a graph or tape within the running program; prints as `graph #1` or `tape #2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    noun: &'static str,
    number: u64,
}

impl Owner {
    pub(crate) fn graph() -> Self {
        Owner { noun: "graph", number: next_number() }
    }

    pub(crate) fn tape() -> Self {
        Owner { noun: "tape", number: next_number() }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} #{}", self.noun, self.number)
    }
}

fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
