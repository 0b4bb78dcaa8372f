//! The data crate.
