//! Any bytes as a CSV file to be fitted.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chainrule_fuzz::fit::any_file(bytes));
