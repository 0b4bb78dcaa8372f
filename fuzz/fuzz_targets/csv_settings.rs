//! Any settings of the CSV reader and any file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chainrule_fuzz::csv::any_settings(bytes));
