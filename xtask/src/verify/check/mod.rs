//! The check crate.
