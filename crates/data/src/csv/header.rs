//! The line of column names.
//!
//! Invariant: names are not empty and distinct, at least one is not a number, one is the target, and at
//! least one is not.

use super::number;
use super::records::{Record, Records};
use crate::Error;
use crate::shown::shown;
use std::collections::HashMap;

/// The columns of a file.
pub(super) struct Header {
    names: Vec<String>,
    /// The position of the target among the names.
    target: usize,
}

impl Header {
    /// Takes the first record as the names of the columns.
    pub(super) fn read(records: &mut Records<'_>, target: &str) -> Result<Header, Error> {
        let file = records.file().to_string();
        let Some(record) = records.next()? else { return Err(Error::EmptyFile { file }) };
        let names: Vec<String> = record.fields().map(str::to_string).collect();
        check_not_numbers(&names, &file, record.line)?;
        check_names(&names, &file, &record)?;
        let Some(position) = names.iter().position(|name| name == target) else {
            let columns =
                names.iter().map(|name| format!("'{}'", shown(name))).collect::<Vec<_>>().join(", ");
            return Err(Error::MissingTarget { file, line: record.line, target: shown(target), columns });
        };
        if names.len() == 1 {
            return Err(Error::NoFeatures { place: record.place(target) });
        }
        Ok(Header { names, target: position })
    }

    /// The name of a column there is.
    pub(super) fn name(&self, column: usize) -> &str {
        &self.names[column]
    }

    /// The target's position.
    pub(super) fn target(&self) -> usize {
        self.target
    }

    /// The names of the other columns, in order.
    pub(super) fn features(&self) -> Vec<String> {
        let features = self.names.iter().enumerate().filter(|&(column, _)| column != self.target);
        features.map(|(_, name)| name.clone()).collect()
    }

    /// Refuses a record that has not one field a column.
    pub(super) fn check_width(&self, record: &Record<'_>) -> Result<(), Error> {
        let (expected, found) = (self.names.len(), record.width());
        if found == expected {
            return Ok(());
        }
        let place = record.place("");
        Err(Error::Ragged { file: place.file, line: place.line, expected, found })
    }
}

/// A first line of numbers is most likely an example, which would be lost as a header.
fn check_not_numbers(names: &[String], file: &str, line: u64) -> Result<(), Error> {
    if names.iter().all(|name| number::parse(name).is_ok()) {
        return Err(Error::NoHeader { file: file.to_string(), line });
    }
    Ok(())
}

fn check_names(names: &[String], file: &str, record: &Record<'_>) -> Result<(), Error> {
    let mut seen = HashMap::new();
    for (position, name) in (1..).zip(names) {
        if name.is_empty() {
            return Err(Error::UnnamedColumn { file: file.to_string(), line: record.line, position });
        }
        if let Some(first) = seen.insert(name, position) {
            return Err(Error::RepeatedColumn { place: record.place(name), first, second: position });
        }
    }
    Ok(())
}
