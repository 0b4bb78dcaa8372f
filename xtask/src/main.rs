//! The entry point of `cargo xtask`.
fn main() {}
