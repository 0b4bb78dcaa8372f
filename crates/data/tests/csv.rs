//! The reader takes what is plainly a table of numbers and labels, and says of the rest where and what.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

use chainrule_data::{Classes, CsvReader, Dataset, Error, LabelRule, Reading};
use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(50),
        failure_persistence: None,
        ..ProptestConfig::with_cases(300)
    }
}

fn reader() -> CsvReader {
    CsvReader::new("y").event("1")
}

fn read(text: &str) -> Result<Reading, Error> {
    reader().read(text.as_bytes(), "t.csv")
}

fn dataset(text: &str) -> Dataset {
    read(text).unwrap_or_else(|error| panic!("{text:?}: {error}")).dataset
}

#[track_caller]
fn refused(text: &str, beginning: &str) {
    let message = read(text).expect_err(text).to_string();
    assert!(message.starts_with(beginning), "{text:?}: {message}");
}

const PLAIN: &str = "a,b,y\n1,2,0\n3,4,1\n";

#[test]
fn a_plain_table_is_read_as_it_stands() {
    let data = dataset(PLAIN);
    assert_eq!(data.feature_names(), ["a", "b"]);
    assert_eq!(data.columns().collect::<Vec<_>>(), [[1.0, 3.0], [2.0, 4.0]]);
    assert_eq!(data.labels().as_slice(), [0.0, 1.0]);
    assert_eq!((data.target(), data.classes()), ("y", &Classes::new("0", "1")));
}

#[test]
fn the_target_stands_anywhere() {
    for text in ["y,a,b\n0,1,2\n1,3,4\n", "a,y,b\n1,0,2\n3,1,4\n"] {
        assert_eq!(dataset(text), dataset(PLAIN), "{text:?}");
    }
}

#[test]
fn marks_line_ends_quotes_blanks_and_blank_lines_change_nothing() {
    for text in [
        "\u{feff}a,b,y\n1,2,0\n3,4,1\n",
        "a,b,y\r\n1,2,0\r\n3,4,1\r\n",
        "a,b,y\r1,2,0\r3,4,1",
        "a,b,y\n1,2,0\n3,4,1",
        "\"a\",\"b\",\"y\"\n\"1\",2,0\n3,\"4\",\"1\"\n",
        " a ,\tb, y\n 1,2 , 0 \n3,\" 4\n\",1\n",
        "\n  \na,b,y\n\n1,2,0\n \t \r\n\r\n3,4,1\n\n\n   ",
        "a,b,y\n+1,2.,0\n3e0,.4E+1,1\n",
    ] {
        assert_eq!(dataset(text), dataset(PLAIN), "{text:?}");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn numbers_come_back_to_the_bit(
        values in prop::collection::vec(any::<f64>().prop_filter("finite", |v| v.is_finite()), 2..40),
        exponent: bool,
    ) {
        let line = |(row, v): (usize, &f64)| {
            if exponent { format!("{v:e},{}\n", row % 2) } else { format!("{v},{}\n", row % 2) }
        };
        let text: String = std::iter::once("x,y\n".to_string()).chain(values.iter().enumerate().map(line)).collect();
        let data = dataset(&text);
        let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(data.features().as_slice()), bits(&values));
    }

    /// A faulty line is found wherever it stands, below lines that end in any way, blank lines, and
    /// quoted fields that span lines.
    #[test]
    fn errors_name_the_physical_line(
        lines in prop::collection::vec((0_usize..5, 0_usize..3), 1..30),
        mark: bool,
    ) {
        let mut text = if mark { "\u{feff}".to_string() } else { String::new() };
        text.push_str("x,y");
        for (kind, end) in lines {
            text.push_str(["\n", "\r\n", "\r"][end]);
            text.push_str(["1,0", "", "  ", "\"1\n\r\n\",0", "\" 2 \",\"1\r\""][kind]);
        }
        text.push_str("\nbad,0\n");
        let lines = text.trim_end().replace("\r\n", "\n").replace('\r', "\n").split('\n').count();
        let message = read(&text).unwrap_err().to_string();
        let wanted = format!("t.csv, line {lines}, column 'x': found 'bad'");
        prop_assert!(message.starts_with(&wanted), "{text:?}: {message}");
    }

    #[test]
    fn no_bytes_whatever_panic_or_break_the_line(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        if let Err(error) = CsvReader::new("y").labels_as_found().read(&bytes[..], "t.csv") {
            prop_assert_eq!(error.to_string().lines().count(), 1);
        }
    }

    #[test]
    fn no_text_of_csv_marks_panics_or_breaks_the_line(text in "(x,y)?[\"\r\n ,01xyé-]{0,40}") {
        if let Err(error) = CsvReader::new("y").labels_as_found().read(text.as_bytes(), "t.csv") {
            prop_assert_eq!(error.to_string().lines().count(), 1);
        }
    }
}

#[test]
fn fields_are_finite_decimal_numbers() {
    for word in ["NaN", "nan", "-NAN", "inf", "+Inf", "-INFINITY", "infinity"] {
        refused(
            &format!("a,b,y\n1,2,0\n3,{word},1\n"),
            &format!("t.csv, line 3, column 'b': found '{word}', which is not finite"),
        );
    }
    for text in ["NA", "1,5", "0x1F", "1_000", "1e", "--1", "e5", ".", "1 000", "١", "+", "1f64", "true"] {
        refused(
            &format!("a,b,y\n1,2,0\n3,\"{text}\",1\n"),
            &format!("t.csv, line 3, column 'b': found '{text}', which is not a number"),
        );
    }
    for number in ["1e999", "-1e309"] {
        refused(
            &format!("a,b,y\n{number},2,0\n"),
            &format!("t.csv, line 2, column 'a': found '{number}', which is beyond the largest f64"),
        );
    }
    for blank in ["", "  ", "\"\"", "\" \""] {
        refused(&format!("a,b,y\n1,{blank},0\n"), "t.csv, line 2, column 'b' is empty");
    }
}

#[test]
fn numbers_too_small_are_zero() {
    assert_eq!(dataset("x,y\n1e-999,0\n2,1\n").features()[0], 0.0);
}

#[test]
fn records_are_as_wide_as_the_header() {
    refused("a,b,y\n1,2,0\n1,2\n", "t.csv, line 3: expected 3 fields, found 2");
    refused("a,b,y\n1,2,0,\n", "t.csv, line 2: expected 3 fields, found 4");
    refused("a,b,y\n\"\"\n", "t.csv, line 2: expected 3 fields, found 1");
}

#[test]
fn files_hold_a_header_and_examples() {
    for text in ["", "\n\n", " \r\n", "\u{feff}"] {
        refused(text, "t.csv is empty");
    }
    for text in ["x,y", "x,y\n", "x,y\r\n\r\n \n"] {
        refused(text, "t.csv has column names but no examples");
    }
    refused("\n1,2\n3,4\n", "t.csv, line 2 holds only numbers");
    // One name among numbers makes a header.
    let data = CsvReader::new("y").event("1").read(&b"1,y\n5,0\n6,1\n"[..], "t.csv").unwrap().dataset;
    assert_eq!(data.feature_names(), ["1"]);
}

#[test]
fn columns_have_distinct_names() {
    refused("a,,y\n1,2,0\n", "t.csv, line 1: column 2 of the header (counted from 1) has no name");
    refused("a,\" \",y\n", "t.csv, line 1: column 2 of the header");
    refused("a,y,a\n1,2,0\n", "t.csv, line 1, column 'a' occurs twice, as columns 1 and 3");
    refused("y,a, y\n1,2,0\n", "t.csv, line 1, column 'y' occurs twice, as columns 1 and 3");
}

#[test]
fn the_target_is_a_column_among_others() {
    refused("\na,b,z\n1,2,0\n", "t.csv, line 2: there is no target column 'y': choose one of 'a', 'b', 'z'");
    let text = "x, y \n1,0\n2,1\n";
    assert_eq!(
        CsvReader::new(" y ").event(" 1 ").read(text.as_bytes(), "t.csv").unwrap().dataset,
        dataset(text)
    );
    refused("y\n0\n1\n", "t.csv, line 1, column 'y' is the only column");
}

#[test]
fn of_many_columns_the_first_are_listed() {
    let header = |columns: usize| (1..=columns).map(|i| format!("x{i}")).collect::<Vec<_>>().join(",");
    let beginning = "t.csv, line 1: there is no target column 'y': choose one of ";
    let all = "'x1', 'x2', 'x3', 'x4', 'x5', 'x6', 'x7', 'x8'";
    for (columns, listed) in
        [(8, all.to_string()), (9, format!("{all} and 1 more")), (5_000, format!("{all} and 4992 more"))]
    {
        assert_eq!(read(&header(columns)).unwrap_err().to_string(), format!("{beginning}{listed}"));
    }
}

#[test]
fn bytes_are_utf_8() {
    let error = reader().read(&b"x,y\r\n1,0\r\n\xff,1\r\n"[..], "t.csv").unwrap_err();
    assert_eq!(error, Error::NotUtf8 { file: "t.csv".to_string(), line: 3 });
    let utf_16 = [0xff, 0xfe, b'x', 0];
    assert!(matches!(reader().read(&utf_16[..], "t.csv"), Err(Error::NotUtf8 { line: 1, .. })));
}

#[test]
fn quotes_close() {
    for text in ["x,y\n1,0\n\"2,1\n3,0\n", "x,y\n1,0\n2,\"1", "x,y\n1,0\n2,\"1\"\"\n", "x,y\n1,0\n\""] {
        refused(text, "t.csv, line 3: a quote in the record that starts here never closes");
    }
    refused("\"x,y\n1,0\n", "t.csv, line 1: a quote");
    assert_eq!(dataset("x,y\n1,0\n2,\"1\"").len(), 2);
    assert_eq!(dataset("x,y\n1,0\n2,\"1\n\"").len(), 2);
}

#[test]
fn files_that_cannot_be_read_are_named() {
    let error = reader().read_path("no/such/file.csv").unwrap_err();
    assert!(error.to_string().starts_with("no/such/file.csv cannot be read ("), "{error}");
    assert!(matches!(error, Error::Unreadable { kind: std::io::ErrorKind::NotFound, .. }));
    assert!(matches!(reader().read_path("src"), Err(Error::Unreadable { .. })));
}

#[test]
fn a_path_is_read_like_its_text() {
    let from_path = CsvReader::new("GRADE").event("1").read_path("certified/spector.csv").unwrap();
    let text = include_str!("../certified/spector.csv");
    assert_eq!(from_path, CsvReader::new("GRADE").event("1").read(text.as_bytes(), "any").unwrap());
}

#[test]
fn the_event_has_to_be_named() {
    let error = CsvReader::new("y").read(PLAIN.as_bytes(), "t.csv").unwrap_err();
    assert_eq!(error, Error::EventNotNamed { target: "y".to_string() });
}

const WORDS: &str = "x,y\n1,well\n2,ill\n3,well\n";

fn labelled(reader: &CsvReader, text: &str) -> Result<(Vec<f64>, Classes, LabelRule), Error> {
    let Reading { dataset, rule, .. } = reader.read(text.as_bytes(), "t.csv")?;
    Ok((dataset.labels().as_slice().to_vec(), dataset.classes().clone(), rule))
}

#[test]
fn the_event_named_is_1() {
    let (labels, classes, rule) = labelled(&CsvReader::new("y").event("ill"), WORDS).unwrap();
    assert_eq!((labels, classes), (vec![0.0, 1.0, 0.0], Classes::new("well", "ill")));
    assert_eq!(rule, LabelRule::Event("ill".to_string()));
    assert_eq!(rule.to_string(), "event 'ill', as named");
    let (labels, classes, _) = labelled(&CsvReader::new("y").event("well"), WORDS).unwrap();
    assert_eq!((labels, classes), (vec![1.0, 0.0, 1.0], Classes::new("ill", "well")));
}

#[test]
fn both_labels_named_have_to_occur() {
    let both = |other: &str, event: &str| labelled(&CsvReader::new("y").labels(other, event), WORDS);
    let (labels, classes, rule) = both("well", "ill").unwrap();
    assert_eq!((labels, classes), (vec![0.0, 1.0, 0.0], Classes::new("well", "ill")));
    assert_eq!(rule, LabelRule::Both { other: "well".to_string(), event: "ill".to_string() });
    for (other, event) in [("well", "sick"), ("sick", "ill")] {
        let message = both(other, event).unwrap_err().to_string();
        let wanted =
            "t.csv, column 'y': no label is 'sick': name one of those there are, 'well' (line 2) and 'ill'";
        assert!(message.starts_with(wanted), "{message}");
    }
    assert!(matches!(both("ill", "ill"), Err(Error::SameLabels { .. })));
    assert!(matches!(
        CsvReader::new("y").labels("1", "1.0").read(PLAIN.as_bytes(), "t.csv"),
        Err(Error::SameLabels { .. })
    ));
}

#[test]
fn labels_as_found_go_by_number_or_else_by_text() {
    let event = |one: &str, other: &str| {
        let text = format!("x,y\n1,{one}\n2,{other}\n");
        let (labels, classes, rule) = labelled(&CsvReader::new("y").labels_as_found(), &text).unwrap();
        assert_eq!(rule, LabelRule::AsFound);
        assert_eq!(labels.iter().sum::<f64>(), 1.0);
        assert_eq!(classes.event == one, labels[0] == 1.0);
        assert_ne!(classes.event, classes.other);
        classes.event
    };
    for (smaller, larger) in
        [("0", "1"), ("9", "10"), ("-1", "1"), ("1e1", "1e2"), ("9a", "9b"), ("10", "9a"), ("no", "yes")]
    {
        assert_eq!(event(smaller, larger), larger);
        assert_eq!(event(larger, smaller), larger);
    }
}

#[test]
fn the_last_rule_holds() {
    let (_, classes, rule) =
        labelled(&CsvReader::new("y").event("well").labels("well", "ill"), WORDS).unwrap();
    assert_eq!((classes.event.as_str(), matches!(rule, LabelRule::Both { .. })), ("ill", true));
}

#[test]
fn equal_numbers_are_the_same_label() {
    let text = "x,y\n1,0\n2,1\n3,1.0\n4,0.0\n5,1e0\n";
    let (labels, classes, _) = labelled(&CsvReader::new("y").event("1.00"), text).unwrap();
    assert_eq!(labels, [0.0, 1.0, 1.0, 0.0, 1.0]);
    assert_eq!(classes, Classes::new("0", "1"));
}

#[test]
fn labels_are_two_and_not_missing() {
    refused("x,y\n1,0\n2,1\n3,\n", "t.csv, line 4, column 'y' is empty");
    refused("x,y\n1,0\n2,nan\n", "t.csv, line 3, column 'y': found 'nan', which is not finite");
    refused("x,y\n1,0\n2,1e999\n", "t.csv, line 3, column 'y': found '1e999', which is beyond");
    refused(
        "x,y\n1,0\n\n2,1\n3,2\n",
        "t.csv, line 5, column 'y': found '2', a third label beside '0' (line 2) and '1' (line 4)",
    );
    refused("x,y\n1,1\n2,1.0\n", "t.csv, column 'y': every label is '1'");
    refused(
        "x,y\n1,0\n2,2\n",
        "t.csv, column 'y': no label is '1': name one of those there are, '0' (line 2) and '2' (line 3)",
    );
}

#[test]
fn weights_and_offsets_are_no_features() {
    let text = "a,c,o,y\n1,2,0.5,0\n3,0,-1,1\n";
    let reading = reader().weights("c").offset(" o").read(text.as_bytes(), "t.csv").unwrap();
    let data = reading.dataset;
    assert_eq!(data.feature_names(), ["a"]);
    assert_eq!(data.weights().unwrap().as_slice(), [2.0, 0.0]);
    assert_eq!(data.weight_column(), Some("c"));
    assert_eq!(data.offset().unwrap().as_slice(), [0.5, -1.0]);
    assert_eq!(data.columns().collect::<Vec<_>>(), [[1.0, 3.0]]);
}

#[test]
fn weights_are_refused_by_line_and_columns_by_role() {
    let cases = [
        ("a,c,y\n1,2,0\n3,-1,1\n", "t.csv, line 3, column 'c': found '-1', but a weight is at least 0"),
        ("a,c,y\n1,2,0\n3,nan,1\n", "t.csv, line 3, column 'c': found 'nan', which is not finite"),
        ("a,c,y\n1,0,0\n3,0,1\n", "all weights are 0: "),
        ("a,c,y\n1,1e300,0\n3,0,1\n", "the weights add up to 1e300: "),
        (
            "a,b,y\n1,2,0\n3,4,1\n",
            "t.csv, line 1: there is no weights column 'c': choose one of 'a', 'b', 'y'",
        ),
        ("c,y\n1,0\n2,1\n", "t.csv, line 1, column 'y' is the only column"),
    ];
    for (text, beginning) in cases {
        let error = reader().weights("c").read(text.as_bytes(), "t.csv").unwrap_err().to_string();
        assert!(error.starts_with(beginning), "{text:?}: {error}");
        // Wherever it is: the file, and the column if it is there.
        assert!(
            error.contains("t.csv") && (error.contains("'c'") || !text.starts_with("a,c")),
            "{text:?}: {error}"
        );
    }
    let error = reader().weights("y").read(PLAIN.as_bytes(), "t.csv").unwrap_err().to_string();
    assert!(
        error.starts_with("t.csv, line 1, column 'y' cannot be both the target and the weights column"),
        "{error}"
    );
}

#[test]
fn what_is_written_reads_back() {
    let text = "\"a, b\",c,y\n0.1,-1e300,no\n2.5e-308,0.30000000000000004,\"y\"\"es\"\n";
    let data = CsvReader::new("y").event("y\"es").read(text.as_bytes(), "t.csv").unwrap().dataset;
    let mut written = Vec::new();
    data.write_csv(&mut written).unwrap();
    let again = CsvReader::new("y").event("y\"es").read(written.as_slice(), "t.csv").unwrap().dataset;
    assert_eq!(again, data);
}

/// Names and classes as they can be made by hand, but not be read.
#[test]
fn what_would_not_read_back_is_not_written() {
    let data = |names: &[&str], target: &str, classes: [&str; 2]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_string()).collect();
        let (features, labels) = (DMatrix::zeros(2, names.len()), DVector::from_column_slice(&[0.0, 1.0]));
        Dataset::new(features, labels, names)
            .unwrap()
            .with_target(target, Classes::new(classes[0], classes[1]))
    };
    let refused = [
        (data(&["a", " b"], "y", ["0", "1"]), "the name ' b' would read back as 'b': rename it"),
        (data(&["\u{feff}a"], "y", ["0", "1"]), "the name '\\u{feff}a' would read back as 'a': rename it"),
        (data(&["a"], "y\t", ["0", "1"]), "the name 'y\\t' would read back as 'y': rename it"),
        (data(&["a"], "y", ["0", "1 "]), "the name '1 ' would read back as '1': rename it"),
        (
            data(&["1", "2"], "3", ["0", "1"]),
            "names that could not be read back: the file, line 1 holds only numbers: put a line of column names first",
        ),
        (
            data(&["a"], "a", ["0", "1"]),
            "names that could not be read back: the file, line 1, column 'a' occurs twice",
        ),
        (data(&["a"], "y", ["0", "0.0"]), "names that could not be read back: '0.0' is named both"),
        (
            data(&["a"], "y", ["0", ""]),
            "names that could not be read back: the file, line 3, column 'y' is empty",
        ),
        (
            data(&[], "y", ["0", "1"]),
            "names that could not be read back: the file, line 1, column 'y' is the only",
        ),
    ];
    for (data, beginning) in refused {
        let mut written = Vec::new();
        let error = data.write_csv(&mut written).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        assert!(error.to_string().starts_with(beginning), "{error}");
        assert!(written.is_empty());
    }
    let odd = data(&["1", "a b", "b,\nc", "d\"", "c\u{feff}"], "2 3", ["no", "1"]);
    let mut written = Vec::new();
    odd.write_csv(&mut written).unwrap();
    let again = CsvReader::new("2 3").event("1").read(written.as_slice(), "t.csv").unwrap().dataset;
    assert_eq!(again, odd);
}
