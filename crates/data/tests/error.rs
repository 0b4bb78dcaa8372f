//! Messages are one lower-case line without a final dot, whatever a file puts into them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

use chainrule_data::{CsvReader, Error};

fn message(text: &[u8], file: &str) -> String {
    CsvReader::new("y").event("1").read(text, file).unwrap_err().to_string()
}

#[test]
fn what_was_found_is_escaped_and_cut() {
    let found = format!("x,y\n\"a\nb\tc\u{2028}{}\",1\n", "d".repeat(100));
    let message = message(found.as_bytes(), "data.csv");
    assert!(message.contains(&format!("'a\\nb\\tc\\u{{2028}}{}…'", "d".repeat(34))), "{message}");
    assert_eq!(message.lines().count(), 1);
}

#[test]
fn column_and_file_names_are_escaped() {
    let message = message(b"\"x\r\nx\",y\nno,1\n", "two\nlines.csv");
    assert!(message.starts_with("two\\nlines.csv, line 3, column 'x\\r\\nx': found 'no'"), "{message}");
}

#[test]
fn messages_are_one_line_in_lower_case_without_a_dot() {
    let messages = [
        Error::NoExamples.to_string(),
        Error::LabelCount { rows: 1, labels: 2 }.to_string(),
        Error::NameCount { columns: 1, names: 2 }.to_string(),
        Error::EmptyName { column: 1 }.to_string(),
        Error::Label { row: 1, value: 2.0 }.to_string(),
        Error::Parameter { name: "margin", value: -1.0, wanted: "a positive number" }.to_string(),
        message(b"x,y\n1,0\n2\n", "data.csv"),
        message(b"x,y\n1,0\n2,1\n3,2\n", "data.csv"),
        message(b"x,z\n1,0\n", "data.csv"),
        message(b"", "data.csv"),
        message(b"x,y\n\"1,0\n", "data.csv"),
    ];
    for message in messages {
        assert!(!message.contains('\n') && !message.ends_with('.'), "{message}");
        assert!(message.starts_with(|first: char| first.is_lowercase()), "{message}");
        // What to do follows a colon.
        assert!(message.rsplit_once(": ").is_some_and(|(_, remedy)| remedy.len() > 5), "{message}");
    }
}

#[test]
fn an_error_can_travel_between_threads_and_be_compared() {
    fn travels<T: std::error::Error + Send + Sync + Clone + PartialEq + 'static>() {}
    travels::<Error>();
}
