//! Any arguments on the command line, none of them run.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chainrule_fuzz::command_line::any_arguments(bytes));
