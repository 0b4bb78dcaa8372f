//! A strict reader of comma-separated values: numbers, and one column of labels.
//!
//! The grammar is that of RFC 4180 with lines ended by LF, CRLF or CR, a byte order mark skipped, blank
//! lines skipped, and blanks around a field trimmed. The first line names the columns. One column, the
//! target, holds two labels; every other holds finite decimal numbers. Columns of weights and of offsets are no features.
//!
//! Invariant: a [`Reading`] holds what the file says and nothing else. Nothing is guessed, filled in or
//! left out; whatever is not plainly a number or one of two labels is an error that names file, line,
//! column and what was found.

mod header;
mod labels;
mod number;
mod records;
mod write;

use crate::error::Place;
use crate::shown::{one_line, shown};
use crate::{Dataset, Error};
use header::{Header, Role};
use labels::Labels;
use nalgebra::{DMatrix, DVector};
use records::{Record, Records};
use std::fmt;
use std::io::Read;
use std::path::Path;

/// Settings of the reader: which column is the target, and which of its labels is the event.
///
/// The event has to be said, by [`event`](CsvReader::event), [`labels`](CsvReader::labels) or
/// [`labels_as_found`](CsvReader::labels_as_found); the last one called holds. Labels are the same if
/// they are the same text, or the same number: `1` and `1.0`.
///
/// ```
/// use chainrule_data::CsvReader;
///
/// let text = "age,dose,outcome\n30,1.5,well\n41,2e-1,ill\n";
/// let reading = CsvReader::new("outcome").event("ill").read(text.as_bytes(), "trial.csv")?;
/// let data = reading.dataset;
/// assert_eq!(data.feature_names(), ["age", "dose"]);
/// assert_eq!(data.labels().as_slice(), [0.0, 1.0]);
/// assert_eq!(data.classes().other, "well");
/// # Ok::<(), chainrule_data::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct CsvReader {
    target: String,
    weights: Option<String>,
    offset: Option<String>,
    rule: Option<LabelRule>,
}

/// How the labels 0 and 1 were given to the two labels of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelRule {
    /// The caller named the event; the other label is what else the file has.
    Event(String),
    /// The caller named both.
    Both {
        /// The label that becomes 0.
        other: String,
        /// The label that becomes 1.
        event: String,
    },
    /// The larger label is the event: as numbers if both are numbers, else as text.
    AsFound,
}

/// What a file says.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reading {
    /// The examples, in the order of the file.
    pub dataset: Dataset,
    /// How it was decided which label is the event; the labels are the dataset's
    /// [`classes`](Dataset::classes).
    pub rule: LabelRule,
}

impl fmt::Display for LabelRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LabelRule::Event(event) => write!(f, "event '{}', as named", shown(event)),
            LabelRule::Both { other, event } => {
                write!(f, "event '{}' against '{}', as named", shown(event), shown(other))
            }
            LabelRule::AsFound => write!(f, "the larger label found is the event"),
        }
    }
}

impl CsvReader {
    /// A reader of files whose labels stand in the column of this name.
    pub fn new(target: &str) -> CsvReader {
        CsvReader { target: target.trim().to_string(), weights: None, offset: None, rule: None }
    }

    /// Takes the column of this name as the examples' weights: 2 counts as two such examples, 0 as none.
    pub fn weights(self, column: &str) -> CsvReader {
        CsvReader { weights: Some(column.trim().to_string()), ..self }
    }

    /// Takes the column of this name as offsets, added to the logits.
    pub fn offset(self, column: &str) -> CsvReader {
        CsvReader { offset: Some(column.trim().to_string()), ..self }
    }

    /// Names the label that becomes 1; the only other label there is becomes 0.
    pub fn event(self, label: &str) -> CsvReader {
        self.with_rule(LabelRule::Event(label.trim().to_string()))
    }

    /// Names both labels: the one that becomes 0 and the one that becomes 1.
    pub fn labels(self, other: &str, event: &str) -> CsvReader {
        self.with_rule(LabelRule::Both { other: other.trim().to_string(), event: event.trim().to_string() })
    }

    /// Takes the two labels as they come: the larger is the event, in numeric order if both are numbers
    /// and in the order of the text otherwise.
    pub fn labels_as_found(self) -> CsvReader {
        self.with_rule(LabelRule::AsFound)
    }

    /// Reads a file. It is held in memory as a whole.
    ///
    /// # Errors
    ///
    /// [`Error::Unreadable`] if the file cannot be read; otherwise as [`read`](CsvReader::read).
    pub fn read_path(&self, path: impl AsRef<Path>) -> Result<Reading, Error> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let bytes =
            std::fs::read(path).map_err(|cause| Error::unreadable(&one_line(&name), cause.kind(), &cause))?;
        self.read_bytes(&bytes, &name)
    }

    /// Reads whatever `reader` gives, to its end; `name` is what errors call it.
    ///
    /// # Errors
    ///
    /// [`Error::EventNotNamed`] and [`Error::SameLabels`] for the settings; [`Error::Unreadable`],
    /// [`Error::NotUtf8`], [`Error::EmptyFile`], [`Error::OpenQuote`], [`Error::Ragged`] and
    /// [`Error::NoRows`] for the file; [`Error::NoHeader`], [`Error::UnnamedColumn`],
    /// [`Error::RepeatedColumn`], [`Error::MissingColumn`], [`Error::TwoRoles`] and [`Error::NoFeatures`] for the header;
    /// [`Error::EmptyField`], [`Error::NotANumber`], [`Error::NotFinite`], [`Error::TooLarge`] and [`Error::NegativeWeight`] for
    /// fields; [`Error::WeightColumn`] for weights that are all 0 or add up to no number to compute with; [`Error::ThirdLabel`],
    /// [`Error::OneClass`] and [`Error::LabelNotFound`] for labels.
    pub fn read(&self, mut reader: impl Read, name: &str) -> Result<Reading, Error> {
        let mut bytes = Vec::new();
        reader
            .read_to_end(&mut bytes)
            .map_err(|cause| Error::unreadable(&one_line(name), cause.kind(), &cause))?;
        self.read_bytes(&bytes, name)
    }

    fn with_rule(self, rule: LabelRule) -> CsvReader {
        CsvReader { rule: Some(rule), ..self }
    }

    fn read_bytes(&self, bytes: &[u8], name: &str) -> Result<Reading, Error> {
        let rule = self.checked_rule()?;
        let file = one_line(name);
        let mut records = Records::new(bytes, &file)?;
        let others = [(Role::Weights, &self.weights), (Role::Offset, &self.offset)];
        let others = others.into_iter().filter_map(|(role, name)| Some((role, name.as_deref()?)));
        let asked: Vec<(Role, &str)> =
            std::iter::once((Role::Target, self.target.as_str())).chain(others).collect();
        let header = Header::read(&mut records, &asked)?;
        let mut table = Table::new(&header);
        while let Some(record) = records.next()? {
            table.add(&record)?;
        }
        table.finish(&file, &self.target, rule)
    }

    fn checked_rule(&self) -> Result<&LabelRule, Error> {
        match &self.rule {
            None => Err(Error::EventNotNamed { target: shown(&self.target) }),
            Some(LabelRule::Both { other, event }) if labels::same(other, event) => {
                Err(Error::SameLabels { target: shown(&self.target), label: shown(event) })
            }
            Some(rule) => Ok(rule),
        }
    }
}

/// What has been read so far.
struct Table<'h> {
    header: &'h Header,
    /// Features by row, since that is how they come.
    features: Vec<f64>,
    labels: Labels,
    weights: Vec<f64>,
    offset: Vec<f64>,
}

impl<'h> Table<'h> {
    fn new(header: &'h Header) -> Self {
        Table {
            header,
            features: Vec::new(),
            labels: Labels::default(),
            weights: Vec::new(),
            offset: Vec::new(),
        }
    }

    fn add(&mut self, record: &Record<'_>) -> Result<(), Error> {
        self.header.check_width(record)?;
        for (column, field) in record.fields().enumerate() {
            let place = || record.place(self.header.name(column));
            let number = || number::parse(field).map_err(|fault| fault.at(place(), field));
            match self.header.role(column) {
                Role::Target => self.labels.add(field, place)?,
                Role::Feature => self.features.push(number()?),
                Role::Offset => self.offset.push(number()?),
                Role::Weights => match number()? {
                    weight if weight >= 0.0 => self.weights.push(weight),
                    _ => return Err(Error::NegativeWeight { place: place(), found: shown(field) }),
                },
            }
        }
        Ok(())
    }

    fn finish(self, file: &str, target: &str, rule: &LabelRule) -> Result<Reading, Error> {
        let (labels, classes) = self.labels.finish(file, target, rule)?;
        let names = self.header.features();
        let features = DMatrix::from_row_slice(labels.len(), names.len(), &self.features);
        let dataset = Dataset::new(features, DVector::from_vec(labels), names)?.with_target(target, classes);
        let weighted = match self.header.named(Role::Weights) {
            None => dataset,
            Some(column) => dataset
                .with_weights(DVector::from_column_slice(&self.weights))
                .map_err(|reason| Error::WeightColumn {
                    file: file.to_string(),
                    column: shown(column),
                    reason: Box::new(reason),
                })?
                .with_weight_column(column),
        };
        let dataset = match self.offset.as_slice() {
            [] => weighted,
            offset => weighted.with_offset(DVector::from_column_slice(offset))?,
        };
        Ok(Reading { dataset, rule: rule.clone() })
    }
}
