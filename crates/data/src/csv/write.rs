//! Datasets as comma-separated values, as the reader reads them.
//!
//! Invariant: numbers are written with as many digits as it takes to read the same back, names with the quotes they need; names that
//! would still not read back are refused before anything is written.

use std::io::{self, Error, ErrorKind, Write};

use nalgebra::{DMatrix, DVector};

use crate::dataset::is_event;
use crate::shown::shown;
use crate::{CsvReader, Dataset};

impl Dataset {
    /// Writes a line of names, then one line an example: the features, and the class under the target's name.
    ///
    /// Weights and offsets are not written.
    ///
    /// ```
    /// use chainrule_data::CsvReader;
    ///
    /// let text = "dose,outcome\n1.5,well\n0.1,ill\n";
    /// let data = CsvReader::new("outcome").event("ill").read(text.as_bytes(), "trial.csv")?.dataset;
    /// let mut written = Vec::new();
    /// data.write_csv(&mut written)?;
    /// assert_eq!(written, text.as_bytes());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the writer; [`ErrorKind::InvalidInput`] for names of columns or classes that would not read back: with blanks around them, with
    /// a byte order mark before the first, numbers alone, a feature named as the target, classes that are the same number or none, and no
    /// feature at all.
    pub fn write_csv(&self, writer: impl Write) -> Result<(), Error> {
        check_names(self)?;
        write(self, writer)
    }
}

/// Refuses names that the reader would not give back, by having it read them.
fn check_names(data: &Dataset) -> Result<(), Error> {
    let classes = data.classes();
    let (features, labels) = (DMatrix::zeros(2, data.dimension()), DVector::from_column_slice(&[0.0, 1.0]));
    let sample =
        Dataset::new(features, labels, data.feature_names().to_vec()).map_err(|cause| unreadable(&cause))?;
    let sample = sample.with_target(data.target(), classes.clone());
    let mut text = Vec::new();
    write(&sample, &mut text)?;
    let reader = CsvReader::new(data.target()).labels(&classes.other, &classes.event);
    let read = reader.read(text.as_slice(), "the file").map_err(|cause| unreadable(&cause))?.dataset;
    match names(&sample).zip(names(&read)).find(|(name, read)| name != read) {
        Some((name, read)) => Err(Error::new(
            ErrorKind::InvalidInput,
            format!("the name '{}' would read back as '{}': rename it", shown(name), shown(read)),
        )),
        None => Ok(()),
    }
}

fn unreadable(cause: &crate::Error) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("names that could not be read back: {cause}"))
}

/// All names there are.
fn names(data: &Dataset) -> impl Iterator<Item = &str> {
    let others = [data.target(), &data.classes().other, &data.classes().event];
    data.feature_names().iter().map(String::as_str).chain(others)
}

fn write(data: &Dataset, writer: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record(data.feature_names().iter().map(String::as_str).chain([data.target()]))?;
    // One for all numbers, instead of one each.
    let mut digits = Vec::new();
    for (row, &label) in data.labels().iter().enumerate() {
        for column in data.columns() {
            digits.clear();
            write!(digits, "{}", column[row])?;
            csv.write_field(&digits)?;
        }
        csv.write_field(if is_event(label) { &data.classes().event } else { &data.classes().other })?;
        csv.write_record(None::<&[u8]>)?;
    }
    csv.flush()
}
