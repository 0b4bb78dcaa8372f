//! The line of column names.
//!
//! Invariant: names are not empty and distinct, at least one is not a number; no column has two roles, and at least
//! one is a feature.

use super::number;
use super::records::{Record, Records};
use crate::Error;
use crate::shown::{listed, shown};
use std::collections::HashMap;

/// The columns of a file.
pub(super) struct Header {
    names: Vec<String>,
    /// What each column is for.
    roles: Vec<Role>,
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Feature,
    Target,
    Weights,
    Offset,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Role::Feature => "feature",
            Role::Target => "target",
            Role::Weights => "weights",
            Role::Offset => "offset",
        }
    }
}

impl Header {
    /// Takes the first record as the names of the columns; the columns asked for by name are there, each once.
    pub(super) fn read(records: &mut Records<'_>, asked: &[(Role, &str)]) -> Result<Header, Error> {
        let file = records.file().to_string();
        let Some(record) = records.next()? else { return Err(Error::EmptyFile { file }) };
        let names: Vec<String> = record.fields().map(str::to_string).collect();
        check_not_numbers(&names, &file, record.line)?;
        check_names(&names, &file, &record)?;
        let mut roles = vec![Role::Feature; names.len()];
        for &(role, wanted) in asked {
            let Some(position) = names.iter().position(|name| name == wanted) else {
                return Err(missing(role, wanted, &names, &file, record.line));
            };
            if roles[position] != Role::Feature {
                let (first, second) = (roles[position].name(), role.name());
                return Err(Error::TwoRoles { place: record.place(wanted), first, second });
            }
            roles[position] = role;
        }
        if !roles.contains(&Role::Feature) {
            let target = asked.first().map_or("", |&(_, name)| name);
            return Err(Error::NoFeatures { place: record.place(target) });
        }
        Ok(Header { names, roles })
    }

    /// The name of a column there is.
    pub(super) fn name(&self, column: usize) -> &str {
        &self.names[column]
    }

    /// What a column there is is for.
    pub(super) fn role(&self, column: usize) -> Role {
        self.roles[column]
    }

    /// The name of the column of this role, if there is one; the first if there are several.
    pub(super) fn named(&self, role: Role) -> Option<&str> {
        let position = self.roles.iter().position(|&known| known == role)?;
        Some(&self.names[position])
    }

    /// The names of the features, in order.
    pub(super) fn features(&self) -> Vec<String> {
        let features = self.names.iter().zip(&self.roles).filter(|(_, role)| **role == Role::Feature);
        features.map(|(name, _)| name.clone()).collect()
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

fn missing(role: Role, name: &str, names: &[String], file: &str, line: u64) -> Error {
    let columns = listed(names.iter().map(String::as_str));
    Error::MissingColumn { file: file.to_string(), line, role: role.name(), name: shown(name), columns }
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
