//! Flights from a parquet file that the test writes: features by hand, and what is refused.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use chainrule_data::{Dataset, Error, flights};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// 2001-01-01, a Monday, in microseconds since 1970.
const NEW_YEAR: i64 = 11_323 * DAY;

struct Flight(i64, Option<i64>, i64, &'static str);

/// A file of flights in two groups of rows.
fn written(name: &str, flights: &[Flight]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("chainrule-{}-{name}.parquet", std::process::id()));
    let schema = "message flights { optional int64 date; optional int64 delay; optional int64 distance; \
                  optional binary origin (UTF8); }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(File::create(&path).unwrap(), schema, Arc::default()).unwrap();
    for part in flights.chunks(flights.len().div_ceil(2)) {
        let mut group = writer.next_row_group().unwrap();
        let columns: [Vec<Option<i64>>; 3] = [
            part.iter().map(|flight| Some(flight.0)).collect(),
            part.iter().map(|flight| flight.1).collect(),
            part.iter().map(|flight| Some(flight.2)).collect(),
        ];
        for column in columns {
            let levels: Vec<i16> = column.iter().map(|value| i16::from(value.is_some())).collect();
            let values: Vec<i64> = column.into_iter().flatten().collect();
            let mut open = group.next_column().unwrap().unwrap();
            open.typed::<Int64Type>().write_batch(&values, Some(&levels), None).unwrap();
            open.close().unwrap();
        }
        let origins: Vec<ByteArray> = part.iter().map(|flight| ByteArray::from(flight.3)).collect();
        let mut open = group.next_column().unwrap().unwrap();
        open.typed::<ByteArrayType>().write_batch(&origins, Some(&vec![1; part.len()]), None).unwrap();
        open.close().unwrap();
        group.close().unwrap();
    }
    writer.close().unwrap();
    path
}

fn read(name: &str, rows: &[Flight]) -> Result<Dataset, Error> {
    let path = written(name, rows);
    let read = flights::read(&path);
    std::fs::remove_file(path).unwrap();
    read
}

fn column<'d>(data: &'d Dataset, name: &str) -> &'d [f64] {
    let at = data.feature_names().iter().position(|known| known == name).expect(name);
    data.columns().nth(at).unwrap()
}

#[test]
fn features_are_those_of_the_day_the_month_and_the_airport() {
    let rows = [
        Flight(NEW_YEAR + 6 * HOUR, Some(15), 100, "ORD"),
        Flight(NEW_YEAR + DAY + 12 * HOUR, Some(16), 300, "ATL"),
        Flight(NEW_YEAR + 6 * DAY, Some(-3), 100, "ORD"),
        Flight(NEW_YEAR + 31 * DAY + 18 * HOUR, Some(200), 300, "LAX"),
        Flight(NEW_YEAR + 90 * DAY, Some(0), 100, "STL"),
    ];
    let data = read("features", &rows).unwrap();
    assert_eq!(data.labels().as_slice(), [0.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(data.dimension(), 2 + 4 + 6 + 2 + 4);
    assert_eq!((data.target(), data.classes().event.as_str()), ("delayed", "late"));
    // Three of 100 and two of 300: mean 180, standard deviation √9600.
    let low = -80.0 / 9600.0_f64.sqrt();
    assert!((column(&data, "distance")[0] - low).abs() < 1e-15);
    // Two values, so the logarithms standardise to the same numbers.
    assert!((column(&data, "ln_distance")[0] - low).abs() < 1e-14);
    let near = |name: &str, expected: [f64; 5]| {
        for (found, expected) in column(&data, name).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15, "{name}: {found} {expected}");
        }
    };
    near("sin_1", [1.0, 0.0, 0.0, -1.0, 0.0]);
    near("cos_1", [0.0, -1.0, 1.0, 0.0, 1.0]);
    near("cos_2", [-1.0, 1.0, 1.0, -1.0, 1.0]);
    assert_eq!(column(&data, "tuesday"), [0.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(column(&data, "sunday"), [0.0, 0.0, 1.0, 0.0, 1.0]); // 1 April 2001
    assert_eq!(column(&data, "february"), [0.0, 0.0, 0.0, 1.0, 0.0]);
    assert_eq!(column(&data, "april"), [0.0, 0.0, 0.0, 0.0, 1.0]);
    assert_eq!(column(&data, "origin_ORD"), [1.0, 0.0, 1.0, 0.0, 0.0]);
}

#[test]
fn six_airports_have_a_feature() {
    let airports = ["A", "B", "B", "C", "C", "D", "D", "E", "E", "F", "F", "G", "G"];
    let rows: Vec<Flight> = airports
        .iter()
        .zip(0..)
        .map(|(airport, i)| Flight(NEW_YEAR + i, Some(20 * (i % 2)), i, airport))
        .collect();
    let data = read("airports", &rows).unwrap();
    let found: Vec<&str> =
        data.feature_names().iter().filter_map(|name| name.strip_prefix("origin_")).collect();
    assert_eq!(found, ["B", "C", "D", "E", "F", "G"]);
}

#[test]
fn what_is_missing_is_named() {
    let rows = [
        Flight(NEW_YEAR, Some(1), 1, "A"),
        Flight(NEW_YEAR, Some(1), 1, "A"),
        Flight(NEW_YEAR, Some(20), 1, "A"),
        Flight(NEW_YEAR, None, 1, "A"),
    ];
    let error = read("missing", &rows).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "column 'delay', row 3 (counted from 0) has no value: fill it in, or leave the row out"
        ),
        "{error}"
    );
    let error = flights::read("no such file").unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
    let path = std::env::temp_dir().join(format!("chainrule-{}-text", std::process::id()));
    std::fs::write(&path, "no parquet").unwrap();
    let error = flights::read(&path).unwrap_err();
    std::fs::remove_file(path).unwrap();
    assert!(matches!(error, Error::Parquet { .. }), "{error}");
}
