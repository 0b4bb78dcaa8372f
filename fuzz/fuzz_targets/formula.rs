//! Any bytes as formulas.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chainrule_fuzz::formula::any_text(bytes));
