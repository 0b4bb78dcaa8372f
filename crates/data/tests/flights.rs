//! Flights from a parquet file that the test writes: features by hand, and what is refused.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

mod common;

use chainrule_data::{Dataset, Error, flights};
use common::Column;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// 2001-01-01, a Monday, in microseconds since 1970.
const NEW_YEAR: i64 = 11_323 * DAY;

struct Flight(i64, Option<i64>, i64, &'static str);

/// What is read from a file of flights in two groups of rows.
fn read(name: &str, flights: &[Flight]) -> Result<Dataset, Error> {
    let fields = "optional int64 date (TIMESTAMP(MICROS,false)); optional int64 delay; optional int64 distance; \
                  optional binary origin (UTF8);";
    let columns = [
        Column::integers(&flights.iter().map(|flight| flight.0).collect::<Vec<_>>()),
        Column::Integers(flights.iter().map(|flight| flight.1).collect()),
        Column::integers(&flights.iter().map(|flight| flight.2).collect::<Vec<_>>()),
        Column::texts(&flights.iter().map(|flight| flight.3).collect::<Vec<_>>()),
    ];
    common::read(name, fields, &columns, flights.len().div_ceil(2))
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
