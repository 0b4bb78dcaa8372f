//! What has to hold for any bytes a user hands us, as functions of bytes that panic where it does not.
//!
//! A fuzz target is one of these functions and nothing more, so that the seeds also run without a fuzzer, as tests.
//!
//! Invariant: a property says more than "no panic": what is accepted is whole and comes back when written and read
//! again, what is refused is refused in one clear line.

pub mod command_line;
pub mod csv;
pub mod fit;
pub mod formula;
