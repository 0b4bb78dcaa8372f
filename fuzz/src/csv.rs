//! The CSV reader: a clear error, or a dataset that says what the file says.
//!
//! Five things are held against it. An error is one line without control characters. A name that is not among others
//! looks different from all of them. The lines above the one that an error names are not at fault. What is read holds
//! the invariant of a dataset. Written out again, by a few lines of RFC 4180 that share nothing with the reader, and read
//! again, it is the same to the bit.
//!
//! Invariant: nothing here looks at how the reader works.

use chainrule_data::{CsvReader, Dataset, Error, Reading, Standardiser};

/// What errors call the text.
const NAME: &str = "fuzzed.csv";

/// Any bytes as a file, whose target is `y` and whose labels are taken as found.
pub fn any_file(bytes: &[u8]) {
    honest(&CsvReader::new("y").labels_as_found(), bytes);
}

/// Any settings and any file: the first three lines are the target, the event and the other label, the rest is the file.
/// Without a second label the event alone is named; without any, nothing is.
pub fn any_settings(bytes: &[u8]) {
    let mut parts = bytes.splitn(4, |&byte| byte == b'\n');
    let mut setting = || String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let (target, event, other) = (setting(), setting(), setting());
    let reader = CsvReader::new(&target);
    let reader = match (event.as_str(), other.as_str()) {
        ("", "") => reader,
        (event, "") => reader.event(event),
        ("", other) => reader.event(other),
        (event, other) => reader.labels(other, event),
    };
    honest(&reader, parts.next().unwrap_or_default());
}

/// All that the reader owes for these bytes.
fn honest(reader: &CsvReader, bytes: &[u8]) {
    match reader.read(bytes, NAME) {
        Err(error) => {
            assert_clear(&error);
            assert_told_apart(bytes, &error);
            assert_lines_above_are_right(reader, bytes, &error);
        }
        Ok(reading) => {
            assert_whole(&reading.dataset);
            assert_comes_back(reader, &reading);
            assert_standardised(&reading.dataset);
        }
    }
}

/// One line that a terminal shows as it is, and that says something.
pub(crate) fn assert_clear(error: &dyn std::error::Error) {
    let message = error.to_string();
    let breaks = |c: char| c.is_control() || c == '\u{2028}' || c == '\u{2029}';
    assert!(message.len() > 20 && !message.contains(breaks), "not a clear line: {message:?}");
}

/// A name that is not among others looks different from all of them, or nobody would find the mistake.
fn assert_told_apart(bytes: &[u8], error: &Error) {
    let (name, others) = match error {
        Error::MissingColumn { name, columns, .. } => (name, columns),
        Error::LabelNotFound { label, found, .. } => (label, found),
        Error::ThirdLabel { found, known, .. } => (found, known),
        _ => return,
    };
    // Quotes in a name would look like its end, and a long name is cut.
    if !bytes.contains(&b'\'') && !name.contains(['\'', '…']) {
        let looked_for = format!("'{}'", visible(name));
        assert!(!visible(others).contains(&looked_for), "{error} ({name:?} among {others:?})");
    }
}

/// What is seen of a text: without the characters that Rust escapes in strings that are printed for debugging.
fn visible(text: &str) -> String {
    // The letter before keeps a combining mark from being escaped, as it would be at the beginning of a string.
    let is_seen = |c: &char| !format!("x{c}").escape_debug().to_string().contains("\\u{");
    text.chars().filter(is_seen).collect()
}

/// An error that names a line is about that line: the file cut above it is right so far, or too short.
fn assert_lines_above_are_right(reader: &CsvReader, bytes: &[u8], error: &Error) {
    let Some(line) = line_of(error) else { return };
    let above = lines_above(bytes, line);
    match reader.read(above, NAME) {
        Ok(_)
        | Err(
            Error::EmptyFile { .. }
            | Error::NoRows { .. }
            | Error::OneClass { .. }
            | Error::LabelNotFound { .. },
        ) => {}
        Err(other) => panic!("`{error}`, but already above that line `{other}`"),
    }
}

/// The line that an error of the text names; a line that is not UTF-8 is found before any other.
fn line_of(error: &Error) -> Option<u64> {
    match error {
        Error::OpenQuote { line, .. }
        | Error::NoHeader { line, .. }
        | Error::UnnamedColumn { line, .. }
        | Error::MissingColumn { line, .. }
        | Error::Ragged { line, .. } => Some(*line),
        Error::RepeatedColumn { place, .. }
        | Error::NoFeatures { place }
        | Error::EmptyField { place }
        | Error::NotANumber { place, .. }
        | Error::NotFinite { place, .. }
        | Error::TooLarge { place, .. }
        | Error::NegativeWeight { place, .. }
        | Error::TwoRoles { place, .. }
        | Error::ThirdLabel { place, .. } => Some(place.line),
        _ => None,
    }
}

/// The bytes before this line, counted from 1; the line has to exist.
fn lines_above(bytes: &[u8], line: u64) -> &[u8] {
    let ends = (1..=bytes.len()).filter(|&end| match bytes[end - 1] {
        b'\n' => true,
        b'\r' => bytes.get(end) != Some(&b'\n'),
        _ => false,
    });
    let start = std::iter::once(0).chain(ends).nth(line as usize - 1);
    &bytes[..start.expect("an error names a line that exists")]
}

/// The invariant of a dataset, and both classes, since a file has both.
fn assert_whole(data: &Dataset) {
    assert_eq!(data.features().shape(), (data.len(), data.dimension()));
    assert_eq!((data.labels().len(), data.feature_names().len()), (data.len(), data.dimension()));
    assert!(data.features().iter().all(|value| value.is_finite()));
    assert!(data.labels().iter().all(|label| [0.0, 1.0].contains(label)));
    assert!(0 < data.events() && data.events() < data.len());
    let names: Vec<&str> = data.feature_names().iter().map(String::as_str).chain([data.target()]).collect();
    for (position, name) in names.iter().enumerate() {
        assert!(!name.trim().is_empty() && !names[..position].contains(name), "{names:?}");
    }
    assert_ne!(data.classes().event, data.classes().other);
}

/// What was read, written and read again, is the same to the bit.
fn assert_comes_back(reader: &CsvReader, reading: &Reading) {
    let text = written(&reading.dataset);
    let again = reader.read(text.as_bytes(), NAME).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    assert_eq!(&again, reading, "{text:?}");
    let bits = |data: &Dataset| data.features().iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&again.dataset), bits(&reading.dataset), "{text:?}");
}

/// A dataset as text: the features in order, then the target, all names in quotes.
fn written(data: &Dataset) -> String {
    let classes = data.classes();
    let mut names: Vec<String> = data.feature_names().iter().map(|name| quoted(name)).collect();
    names.push(quoted(data.target()));
    let mut text = names.join(",") + "\n";
    for (example, label) in data.features().row_iter().zip(data.labels()) {
        let class = if *label == 1.0 { &classes.event } else { &classes.other };
        let mut fields: Vec<String> = example.iter().map(f64::to_string).collect();
        fields.push(quoted(class));
        text += &(fields.join(",") + "\n");
    }
    text
}

/// A field in quotes, its own quotes doubled.
fn quoted(field: &str) -> String {
    format!("\"{}\"", field.replace('"', "\"\""))
}

/// Columns that were read can be standardised, unless their spread is beyond the range.
fn assert_standardised(data: &Dataset) {
    match Standardiser::fit(data) {
        Ok(standardiser) => assert_whole(&standardiser.transform(data).expect("finite, as it was fitted to")),
        Err(error) => {
            assert!(matches!(error, Error::Spread { .. }), "{error}");
            assert_clear(&error);
        }
    }
}
