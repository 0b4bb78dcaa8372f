//! Columns of parquet files that the tests write, as the flights are read from them: every row, or what is the matter and where.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;

use chainrule_data::{Error, flights};
use common::{Column, read, written};

const FIELDS: &str = "required int64 date (TIMESTAMP(MICROS,false)); required int64 delay; required int64 distance; \
                      required binary origin (UTF8);";

/// Flights a minute apart from the first moment of 2001 on, in microseconds since 1970.
const NEW_YEAR: i64 = 978_307_200_000_000;
const MINUTE: i64 = 60_000_000;

/// The columns of so many flights.
fn columns(flights: usize) -> [Column; 4] {
    let numbers = || 0..flights as i64;
    [
        Column::integers(&numbers().map(|i| NEW_YEAR + i * MINUTE).collect::<Vec<_>>()),
        Column::integers(&numbers().map(|i| i % 40).collect::<Vec<_>>()),
        Column::integers(&numbers().map(|i| 100 + i).collect::<Vec<_>>()),
        Column::texts(&numbers().map(|i| ["ORD", "ATL"][i as usize % 2]).collect::<Vec<_>>()),
    ]
}

/// The same fields with one of them replaced.
fn with_field(from: &str, to: &str) -> String {
    assert!(FIELDS.contains(from));
    FIELDS.replace(from, to)
}

/// What is said of a file beside its name.
#[track_caller]
fn refused(name: &str, fields: &str, columns: &[Column], message: &str) {
    let found = read(name, fields, columns, 3).unwrap_err().to_string();
    assert_eq!(found.split_once(&format!("-{name}.parquet")).unwrap().1, message);
}

#[test]
fn rows_are_the_same_in_groups_of_any_length() {
    let whole = read("whole", FIELDS, &columns(5_000), 5_000).unwrap();
    assert_eq!((whole.len(), whole.events()), (5_000, 125 * 24));
    for rows in [1_000, 1_700, 4_999] {
        assert!(read(&format!("groups-{rows}"), FIELDS, &columns(5_000), rows).unwrap() == whole, "{rows}");
    }
    let optional = FIELDS.replace("required", "optional");
    assert!(read("optional", &optional, &columns(5_000), 1_700).unwrap() == whole);
}

#[test]
fn a_file_has_the_columns_that_are_asked_for() {
    let [date, delay, _, origin] = columns(4);
    refused(
        "without",
        &with_field("required int64 distance;", ""),
        &[date, delay, origin],
        " has no column 'distance': add it, or rename one of 'date', 'delay', 'origin'",
    );
    let [date, _, distance, origin] = columns(4);
    let delay = Column::Doubles(vec![Some(1.5); 4]);
    refused(
        "double",
        &with_field("int64 delay", "double delay"),
        &[date, delay, distance, origin],
        ", column 'delay' is of type DOUBLE: convert it to INT64",
    );
    let repeated = with_field("required binary origin", "repeated binary origin");
    refused(
        "repeated",
        &repeated,
        &[],
        ", column 'origin' is of type repeated BYTE_ARRAY: convert it to BYTE_ARRAY",
    );
}

#[test]
fn every_row_has_a_value() {
    let optional = FIELDS.replace("required", "optional");
    for (row, group) in [(0, 3), (2, 3), (3, 3), (6, 3), (6, 7)] {
        let mut columns = columns(7);
        let Column::Texts(origins) = &mut columns[3] else { panic!("no texts") };
        origins[row] = None;
        let error = read(&format!("none-{row}-{group}"), &optional, &columns, group).unwrap_err();
        let Error::NoValue { cell } = &error else { panic!("{error}") };
        assert_eq!((cell.column.as_str(), cell.row), ("origin", row));
        let end = format!(
            "column 'origin', row {row} (counted from 0) has no value: fill it in, or leave the row out"
        );
        assert!(error.to_string().ends_with(&end), "{error}");
    }
}

#[test]
fn texts_are_utf_8() {
    let mut columns = columns(7);
    let Column::Texts(origins) = &mut columns[3] else { panic!("no texts") };
    origins[5] = Some(&[0xff]);
    refused(
        "bytes",
        FIELDS,
        &columns,
        ", column 'origin', row 5 (counted from 0) is not UTF-8: repair the text",
    );
}

/// A file of milliseconds was read as microseconds: every flight of 2001 as one of the twelfth of January 1970.
#[test]
fn times_are_in_the_unit_that_the_file_says() {
    let micros = read("micros", FIELDS, &columns(50), 20).unwrap();
    for (unit, per_minute) in [("MILLIS", 60_000), ("NANOS", 60_000_000_000_i64)] {
        let from = NEW_YEAR / MINUTE;
        let mut columns = columns(50);
        columns[0] =
            Column::integers(&(from..from + 50).map(|minute| minute * per_minute).collect::<Vec<_>>());
        let fields = with_field("TIMESTAMP(MICROS,false)", &format!("TIMESTAMP({unit},true)"));
        assert!(read(unit, &fields, &columns, 20).unwrap() == micros, "{unit}");
    }
    let older = with_field("TIMESTAMP(MICROS,false)", "TIMESTAMP_MICROS");
    assert!(read("older", &older, &columns(50), 20).unwrap() == micros);
}

#[test]
fn times_say_their_unit_and_are_in_range() {
    let message =
        ", column 'date' is of type INT64 without a unit of time: convert it to a timestamp in microseconds";
    refused("bare", &with_field(" (TIMESTAMP(MICROS,false))", ""), &columns(4), message);
    refused("other", &with_field("TIMESTAMP(MICROS,false)", "INTEGER(64,true)"), &columns(4), message);
    let mut columns = columns(4);
    columns[0] = Column::integers(&[0, 1, 2, i64::MAX / 10]);
    for (name, unit) in [("far", "MICROS"), ("farther", "MILLIS")] {
        refused(
            name,
            &with_field("MICROS", unit),
            &columns,
            ", column 'date', row 3 (counted from 0) is out of range: repair the time",
        );
    }
}

#[test]
fn a_file_is_a_whole_one() {
    let path = written("cut", FIELDS, &columns(100), 100);
    let bytes = std::fs::read(&path).unwrap();
    for kept in [0, 3, 50, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..kept]).unwrap();
        let error = flights::read(&path).unwrap_err();
        assert!(matches!(error, Error::Parquet { .. }), "{error}");
        assert!(error.to_string().ends_with("): write the file again"), "{error}");
    }
    // The first pages are overwritten, the end is whole.
    let mut overwritten = bytes;
    overwritten[4..300].fill(0xff);
    std::fs::write(&path, &overwritten).unwrap();
    let error = flights::read(&path).unwrap_err();
    std::fs::remove_file(path).unwrap();
    assert!(matches!(error, Error::Parquet { .. }), "{error}");
    assert_eq!(read("empty", FIELDS, &columns(0), 3), Err(Error::NoExamples));
}
