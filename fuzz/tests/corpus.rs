//! Every file of the corpus through its property, without a fuzzer.

use std::path::Path;

fn replay(target: &str, property: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{target} has no seeds");
    for file in files {
        println!("{}", file.display());
        property(&std::fs::read(&file).unwrap());
    }
}

#[test]
fn csv_reader() {
    replay("csv_reader", chainrule_fuzz::csv::any_file);
}

#[test]
fn csv_settings() {
    replay("csv_settings", chainrule_fuzz::csv::any_settings);
}

#[test]
fn command_line() {
    replay("command_line", chainrule_fuzz::command_line::any_arguments);
}

#[test]
fn fit() {
    replay("fit", chainrule_fuzz::fit::any_file);
}

#[test]
fn formula() {
    replay("formula", chainrule_fuzz::formula::any_text);
}
