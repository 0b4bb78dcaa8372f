//! The explain crate.
