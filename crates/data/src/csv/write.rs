//! Datasets as comma-separated values, as the reader reads them.
//!
//! Invariant: numbers are written with as many digits as it takes to read the same back, names with the quotes they need.

use std::io::{Error, Write};

use crate::Dataset;
use crate::dataset::is_event;

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
    /// Those of the writer.
    pub fn write_csv(&self, writer: impl Write) -> Result<(), Error> {
        let mut csv = csv::Writer::from_writer(writer);
        csv.write_record(self.feature_names().iter().map(String::as_str).chain([self.target()]))?;
        for (row, &label) in self.labels().iter().enumerate() {
            for column in self.columns() {
                csv.write_field(column[row].to_string())?;
            }
            csv.write_field(if is_event(label) { &self.classes().event } else { &self.classes().other })?;
            csv.write_record(None::<&[u8]>)?;
        }
        csv.flush()
    }
}
