//! Records and the physical lines they start on.
//!
//! The `csv` crate splits text into records and fields; a line number is counted here, from the byte at
//! which a record starts, since a reader's own count does not see blank lines and the second half of a
//! CRLF before it reads past them. A line ends with LF, CRLF or CR.
//!
//! After the text stands one more line, the sentinel. If it does not come back as a record of its own,
//! a quoted field has swallowed it: its quote never closed.
//!
//! Invariant: every record that comes out has at least one field, is not blank, is complete, and knows
//! its line.

use super::Place;
use crate::Error;
use crate::shown::shown;
use std::io::{Chain, ErrorKind, Read};

const SENTINEL: &[u8] = b"\nend";

/// The records of a text, one after the other.
pub(super) struct Records<'t> {
    file: &'t str,
    text: &'t str,
    reader: ::csv::Reader<Chain<&'t [u8], &'static [u8]>>,
    record: ::csv::StringRecord,
    /// The bytes whose lines are counted, and the line that the next byte is on.
    counted: usize,
    line: u64,
}

/// One record, on loan until the next.
pub(super) struct Record<'r> {
    file: &'r str,
    /// The line it starts on, counted from 1.
    pub(super) line: u64,
    fields: &'r ::csv::StringRecord,
}

impl<'t> Records<'t> {
    /// The records of these bytes, which have to be UTF-8 and not blank.
    pub(super) fn new(bytes: &'t [u8], file: &'t str) -> Result<Records<'t>, Error> {
        let text = decoded(bytes, file)?;
        if text.trim().is_empty() {
            return Err(Error::EmptyFile { file: file.to_string() });
        }
        let reader = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes().chain(SENTINEL));
        Ok(Records { file, text, reader, record: ::csv::StringRecord::new(), counted: 0, line: 1 })
    }

    /// The file, as shown.
    pub(super) fn file(&self) -> &'t str {
        self.file
    }

    /// The next record that is not blank, or none at the end of the text.
    pub(super) fn next(&mut self) -> Result<Option<Record<'_>>, Error> {
        loop {
            let before = self.position();
            let read = self.reader.read_record(&mut self.record);
            read.map_err(|cause| Error::unreadable(self.file, ErrorKind::InvalidData, &cause))?;
            let start = self.after_line_ends(before);
            if start == self.text.len() {
                return Ok(None);
            }
            self.count_lines(start);
            if self.position() > self.text.len() + 1 {
                return Err(Error::OpenQuote { file: self.file.to_string(), line: self.line });
            }
            if !self.is_blank(start) {
                return Ok(Some(Record { file: self.file, line: self.line, fields: &self.record }));
            }
        }
    }

    /// The byte of the text that the reader has come to; beyond the text once the sentinel is read.
    fn position(&self) -> usize {
        self.reader.position().byte() as usize
    }

    /// The first byte of the text from this one on that does not end a line, or the end of the text.
    fn after_line_ends(&self, byte: usize) -> usize {
        let mut rest = self.text.as_bytes().iter().enumerate().skip(byte);
        rest.find(|&(_, byte)| !matches!(byte, b'\n' | b'\r')).map_or(self.text.len(), |(at, _)| at)
    }

    fn count_lines(&mut self, start: usize) {
        self.line += lines_ended(&self.text.as_bytes()[self.counted..start]);
        self.counted = start;
    }

    /// Whether a record is a line of blanks, rather than one field that is empty in quotes.
    fn is_blank(&self, start: usize) -> bool {
        let quoted = self.text.as_bytes().get(start) == Some(&b'"');
        !quoted && self.record.len() == 1 && self.record.iter().all(|field| field.trim().is_empty())
    }
}

impl Record<'_> {
    /// The fields, without the blanks around them.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(str::trim)
    }

    /// The number of fields.
    pub(super) fn width(&self) -> usize {
        self.fields.len()
    }

    /// The field of this record in the column of this name.
    pub(super) fn place(&self, column: &str) -> Place {
        Place { file: self.file.to_string(), line: self.line, column: shown(column) }
    }
}

/// The bytes as text, without a byte order mark.
fn decoded<'t>(bytes: &'t [u8], file: &str) -> Result<&'t str, Error> {
    let text = std::str::from_utf8(bytes).map_err(|cause| {
        let line = 1 + lines_ended(&bytes[..cause.valid_up_to()]);
        Error::NotUtf8 { file: file.to_string(), line }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// How many lines end in these bytes.
fn lines_ended(bytes: &[u8]) -> u64 {
    let mut after = bytes.iter().skip(1).chain([&0]);
    bytes
        .iter()
        .filter(|&&byte| {
            let next = after.next();
            byte == b'\n' || (byte == b'\r' && next != Some(&b'\n'))
        })
        .count() as u64
}
