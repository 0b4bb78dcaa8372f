//! `flights`: the flights of a parquet file as a CSV file, so that `fit` reads them.
//!
//! Invariant: what is written is what the data crate reads; no feature is made here.

use std::fs::File;
use std::io::BufWriter;

use chainrule_data::flights;

use crate::Outcome;
use crate::cli::FlightsArguments;
use crate::error::Error;

/// Reads the flights, writes the features and the label.
///
/// # Errors
/// If the file is refused, or the other cannot be written.
pub fn run(arguments: &FlightsArguments, print: &mut dyn FnMut(&str)) -> Result<Outcome, Error> {
    let data = flights::read(&arguments.file)?.every(arguments.every);
    let path = arguments.output.display().to_string();
    let unwritable = |cause: std::io::Error| Error::Write { path: path.clone(), cause: cause.to_string() };
    let file = File::create(&arguments.output).map_err(unwritable)?;
    data.write_csv(BufWriter::new(file)).map_err(unwritable)?;
    print(&format!("{} flights, {} late, {} features: {path}", data.len(), data.events(), data.dimension()));
    Ok(Outcome::Success)
}
