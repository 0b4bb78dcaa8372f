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

/// Found by fuzzing: a byte order mark before a name made the error say "no column 'y': choose one of 'x', 'y'".
#[test]
fn names_that_differ_look_different() {
    let unlike_y = ["\u{feff}y", "y\u{200b}", "\u{202e}y", "y\u{ad}"];
    for name in unlike_y {
        let message = message(format!("x,{name}\n1,0\n").as_bytes(), "t.csv");
        let escaped = name.escape_unicode().to_string().replace("\\u{79}", "y");
        assert!(
            message.contains(&format!("no target column 'y': choose one of 'x', '{escaped}'")),
            "{message}"
        );
    }
    let message = message("x,y\n1,a b\n2,a\u{a0}b\n3,a\u{2009}b\n".as_bytes(), "t.csv");
    assert!(
        message.contains("found 'a\\u{2009}b', a third label beside 'a b' (line 2) and 'a\\u{a0}b'"),
        "{message}"
    );
}

#[test]
fn letters_marks_and_quotes_are_shown_as_they_are() {
    // An é of one character and of two, a letter of four bytes, and what Rust escapes in its own strings.
    for name in ["é", "e\u{301}", "𝛼", "it's", "C:\\x", "\"\"x\"\""] {
        let message = message(format!("{},\"{name}\"\n", "x").as_bytes(), "t.csv");
        assert!(
            message.ends_with(&format!("choose one of 'x', '{}'", name.replace("\"\"", "\""))),
            "{message}"
        );
    }
}

fn class_without_weight(part: Option<&'static str>, examples: usize, weight: f64) -> String {
    let (class, target) = ("1".to_string(), "y".to_string());
    Error::ClassWithoutWeight { column: None, class, target, part, examples, weight }.to_string()
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
        Error::NoWeight.to_string(),
        Error::TotalWeight { total: 1e300 }.to_string(),
        Error::PartWeight { part: "test" }.to_string(),
        class_without_weight(None, 1, 0.0),
        class_without_weight(Some("test"), 3, 5e-324),
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
