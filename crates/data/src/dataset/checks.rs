//! What a table has to be before it is a dataset.
//!
//! Invariant: what breaks the invariant of a [`Dataset`](crate::Dataset) is refused, by name and place.

use std::collections::HashMap;

use nalgebra::{DMatrix, DVector};

use crate::Error;
use crate::shown::shown;

pub(super) fn check_shapes(
    features: &DMatrix<f64>,
    labels: &DVector<f64>,
    names: &[String],
) -> Result<(), Error> {
    let (rows, columns) = features.shape();
    if labels.len() != rows {
        return Err(Error::LabelCount { rows, labels: labels.len() });
    }
    if names.len() != columns {
        return Err(Error::NameCount { columns, names: names.len() });
    }
    if rows == 0 { Err(Error::NoExamples) } else { Ok(()) }
}

pub(super) fn check_names(names: &[String]) -> Result<(), Error> {
    let mut seen = HashMap::new();
    for (column, name) in names.iter().enumerate() {
        if name.trim().is_empty() {
            return Err(Error::EmptyName { column });
        }
        if let Some(first) = seen.insert(name, column) {
            return Err(Error::DuplicateName { name: shown(name), first, second: column });
        }
    }
    Ok(())
}

pub(super) fn check_labels(labels: &DVector<f64>) -> Result<(), Error> {
    match labels.iter().position(|label| ![0.0, 1.0].contains(label)) {
        Some(row) => Err(Error::Label { row, value: labels[row] }),
        None => Ok(()),
    }
}

/// The largest size of each column, whose values are all finite.
pub(super) fn checked_sizes(features: &DMatrix<f64>, names: &[String]) -> Result<Vec<f64>, Error> {
    let rows = features.nrows().max(1);
    let columns = features.as_slice().chunks_exact(rows).zip(names);
    columns.map(|(column, name)| checked_size(column, name)).collect()
}

fn checked_size(column: &[f64], name: &str) -> Result<f64, Error> {
    let (groups, rest) = column.as_chunks::<8>();
    // Sizes side by side; a number times 0 is 0, unless it is none.
    let (mut sizes, mut zeros) = ([0.0_f64; 8], [0.0_f64; 8]);
    for group in groups {
        for at in 0..8 {
            let size = group[at].abs();
            sizes[at] = if size > sizes[at] { size } else { sizes[at] };
            zeros[at] += group[at] * 0.0;
        }
    }
    let size = sizes.iter().chain(rest).fold(0.0, |most, value| f64::max(most, value.abs()));
    let is_finite = zeros.iter().sum::<f64>() == 0.0 && rest.iter().all(|value| value.is_finite());
    if is_finite {
        return Ok(size);
    }
    let row = column.iter().position(|value| !value.is_finite()).unwrap_or_default();
    Err(Error::NonFinite { row, column: shown(name), value: column[row] })
}
