//! What the data crate refuses, word for word: the thing, its place, what to do about it.
//!
//! Each text has one fault, in another line and column than the first, after blank lines, quoted line ends or a byte order mark where that matters.
//!
//! Invariant: lines are counted here by whoever wrote the text, from 1.

mod files;
mod tables;

use crate::error::Error;
use crate::verify::{Check, Effort, Emit};

pub(in crate::verify) fn checks(_: &Effort, emit: &mut Emit<'_>) -> Result<(), Error> {
    emit(files::of_files());
    emit(files::of_labels());
    emit(tables::of_tables()?);
    emit(tables::of_splits()?);
    emit(tables::of_columns()?);
    emit(tables::of_settings());
    emit(files::of_writing()?);
    Ok(())
}

fn row(name: &str, files: &'static str) -> Check {
    Check::new(name, "message", "word for word", 0.0).convicts(files)
}

/// What was said, or that nothing was.
fn said<T, E: std::fmt::Display>(outcome: Result<T, E>) -> String {
    outcome.err().map_or_else(|| "taken".to_owned(), |error| error.to_string())
}
