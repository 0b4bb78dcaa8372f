//! Who a node or variable belongs to.
//!
//! Invariant: two graphs or tapes of one running program never have the same identity.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// The identity of a graph or tape within the running program; prints as `graph #1` or `tape #2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    kind: Kind,
    number: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Graph,
    Tape,
}

impl Owner {
    pub(crate) fn graph() -> Self {
        Owner { kind: Kind::Graph, number: next_number() }
    }

    pub(crate) fn tape() -> Self {
        Owner { kind: Kind::Tape, number: next_number() }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = match self.kind {
            Kind::Graph => "graph",
            Kind::Tape => "tape",
        };
        write!(f, "{noun} #{}", self.number)
    }
}

fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
