//! `flights`: what it says of a file that it cannot read.
#![cfg(feature = "parquet")]

use std::ffi::OsString;

use xtask::{Outcome, run};

#[test]
fn a_file_that_is_not_there_is_bad_input() {
    let arguments = ["xtask", "flights", "no such file", "-o", "never written"].map(OsString::from);
    let outcome = run(arguments, &mut |_| ());
    let Outcome::BadRequest(line) = outcome else { panic!("{outcome:?}") };
    assert!(line.starts_with("no such file cannot be read"), "{line}");
}
