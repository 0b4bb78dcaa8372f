//! Three million flights as a data set: was a flight more than a quarter of an hour late?
//!
//! The file is `flights-3m.parquet` of the npm package `vega-datasets` (3.2.1), made of data of the US Department of Transportation; it is not part of this crate.
//! It has a row for each flight with `date` (local time of departure, a timestamp in microseconds), `delay` (minutes), `distance` (miles) and `origin` (airport).
//!
//! | features | what they are |
//! |---|---|
//! | `distance`, `ln_distance` | distance and ln(1 + distance), each standardised |
//! | `sin_1`, `cos_1`, `sin_2`, `cos_2` | sin and cos of 2π·t and 4π·t, where t is the time as a share of the day |
//! | `tuesday` … `sunday` | 1 on that day of the week, else 0; Monday is all 0 |
//! | `february` … | 1 in that month, for the months that the file has but the first |
//! | `origin_ORD` … | 1 at that airport, for the six with most flights |
//!
//! The event is a delay of more than 15 minutes. On that file these are 24 features; it has six flights in July, so one column is 1 in six rows of three million.
//!
//! Invariant: a row with a value missing is an error, since leaving it out would be a decision.

use std::collections::HashMap;
use std::f64::consts::TAU;
use std::path::Path;

use nalgebra::{DMatrix, DVector};
use time::{Date, Month, OffsetDateTime, Weekday};

use crate::parquet_file::Table;
use crate::{Classes, Dataset, Error, Standardiser};

/// More minutes than this are a delay.
const LATE: i64 = 15;

/// Airports with a feature of their own.
const AIRPORTS: usize = 6;

const MICROSECONDS_A_DAY: i64 = 86_400_000_000;

/// The flights of a file, as features and labels.
///
/// ```no_run
/// let flights = chainrule_data::flights::read("flights-3m.parquet")?;
/// assert_eq!((flights.len(), flights.dimension()), (3_000_000, 24));
/// # Ok::<(), chainrule_data::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Unreadable`] if the file cannot be read, [`Error::Parquet`] if it is no parquet file; [`Error::NoColumn`] and [`Error::ColumnType`] for its columns, whose times may be in milli-,
/// micro- or nanoseconds as long as they say so; [`Error::NoValue`], [`Error::NotText`] and [`Error::TimeOutOfRange`] for their values; [`Error::NoExamples`] if there are none.
pub fn read(path: impl AsRef<Path>) -> Result<Dataset, Error> {
    let table = Table::open(path.as_ref())?;
    let (dates, delays) = (table.times("date")?, table.integers("delay")?);
    let (distances, origins) = (table.integers("distance")?, table.texts("origin")?);
    let days = days(&table, &dates)?;
    let labels = delays.iter().map(|&delay| if delay > LATE { 1.0 } else { 0.0 }).collect();
    let mut features = Features { rows: dates.len(), names: Vec::new(), values: Vec::new() };
    features.add("distance", distances.iter().map(|&distance| distance as f64));
    features.add("ln_distance", distances.iter().map(|&distance| (1.0 + distance as f64).ln()));
    features.standardise()?;
    for harmonic in [1.0, 2.0] {
        let angle = move |&date: &i64| harmonic * TAU * share_of_day(date);
        features.add(&format!("sin_{harmonic}"), dates.iter().map(|date| angle(date).sin()));
        features.add(&format!("cos_{harmonic}"), dates.iter().map(|date| angle(date).cos()));
    }
    let mut weekday = Weekday::Monday;
    for _ in 1..7 {
        weekday = weekday.next();
        features.add(
            &weekday.to_string().to_lowercase(),
            days.iter().map(|day| indicator(day.weekday() == weekday)),
        );
    }
    for month in later_months(&days) {
        features
            .add(&month.to_string().to_lowercase(), days.iter().map(|day| indicator(day.month() == month)));
    }
    for airport in busiest(&origins) {
        features.add(&format!("origin_{airport}"), origins.iter().map(|origin| indicator(origin == airport)));
    }
    let classes = Classes::new("on time", "late");
    Ok(features.dataset(labels)?.with_target("delayed", classes))
}

/// Columns, one after the other.
struct Features {
    rows: usize,
    names: Vec<String>,
    values: Vec<f64>,
}

impl Features {
    fn add(&mut self, name: &str, values: impl Iterator<Item = f64>) {
        self.names.push(name.to_string());
        self.values.extend(values);
    }

    /// Standardises what there is so far.
    fn standardise(&mut self) -> Result<(), Error> {
        let columns = DMatrix::from_column_slice(self.rows, self.names.len(), &self.values);
        let data = Dataset::new(columns, DVector::zeros(self.rows), self.names.clone())?;
        let standardised = Standardiser::fit(&data)?.transform(&data)?;
        self.values.copy_from_slice(standardised.features().as_slice());
        Ok(())
    }

    fn dataset(self, labels: Vec<f64>) -> Result<Dataset, Error> {
        let features = DMatrix::from_vec(self.rows, self.names.len(), self.values);
        Dataset::new(features, DVector::from_vec(labels), self.names)
    }
}

/// The day of each time, in microseconds since 1970.
fn days(table: &Table, dates: &[i64]) -> Result<Vec<Date>, Error> {
    let day = |(row, &date): (usize, &i64)| {
        let time = OffsetDateTime::from_unix_timestamp(date.div_euclid(1_000_000));
        time.map(|time| time.date()).map_err(|_| Error::TimeOutOfRange { cell: table.cell("date", row) })
    };
    dates.iter().enumerate().map(day).collect()
}

/// A time as a share of its day, from 0 to 1.
fn share_of_day(date: i64) -> f64 {
    date.rem_euclid(MICROSECONDS_A_DAY) as f64 / MICROSECONDS_A_DAY as f64
}

/// The months that occur but the first, in the order of the year.
fn later_months(days: &[Date]) -> Vec<Month> {
    let mut occurs = [false; 12];
    days.iter().for_each(|day| occurs[usize::from(u8::from(day.month())) - 1] = true);
    let months = (1..=12).filter(|&month| occurs[usize::from(month) - 1]);
    months.skip(1).filter_map(|month| Month::try_from(month).ok()).collect()
}

/// The airports with most flights, the busiest first; of those with as many the first in the alphabet.
fn busiest(origins: &[String]) -> Vec<&str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    origins.iter().for_each(|origin| *counts.entry(origin).or_default() += 1);
    let mut airports: Vec<(&str, usize)> = counts.into_iter().collect();
    airports.sort_by(|(one, of_one), (other, of_other)| of_other.cmp(of_one).then(one.cmp(other)));
    airports.into_iter().take(AIRPORTS).map(|(airport, _)| airport).collect()
}

fn indicator(is_so: bool) -> f64 {
    if is_so { 1.0 } else { 0.0 }
}
