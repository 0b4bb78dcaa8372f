//! Everything that can go wrong in this crate, as one enum.
//!
//! Invariant: a message is one line. It names the thing, where it stands, and what to do about it.
//! Text taken from a file is therefore kept *as shown*: what does not show escaped, and cut after forty
//! characters (file names are escaped, never cut).

use crate::shown::one_line;
use std::fmt;

/// What this crate refuses, and where it found it.
///
/// Rows and columns of a [`Dataset`](crate::Dataset) are counted from 0, as in Rust; lines of a file are
/// counted from 1, as in an editor.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A dataset without examples.
    #[error("the dataset has no examples: give it at least one row")]
    NoExamples,

    /// One label an example is needed.
    #[error("the dataset has {rows} rows of features but {labels} labels: give one label a row")]
    LabelCount {
        /// Rows of the feature matrix.
        rows: usize,
        /// Labels given.
        labels: usize,
    },

    /// One name a column is needed.
    #[error("the dataset has {columns} feature columns but {names} names: give one name a column")]
    NameCount {
        /// Columns of the feature matrix.
        columns: usize,
        /// Names given.
        names: usize,
    },

    /// A feature with an empty or blank name.
    #[error("feature column {column} (counted from 0) has an empty name: name it")]
    EmptyName {
        /// The column, counted from 0.
        column: usize,
    },

    /// Two features with the same name.
    #[error("feature columns {first} and {second} (counted from 0) are both named '{name}': rename one")]
    DuplicateName {
        /// The name, as shown.
        name: String,
        /// The first column of that name, counted from 0.
        first: usize,
        /// The second column of that name, counted from 0.
        second: usize,
    },

    /// A name that no feature has.
    #[error("there is no feature column '{name}': choose one that there is")]
    NoSuchColumn {
        /// The name, as shown.
        name: String,
    },

    /// A feature that is NaN or infinite.
    #[error("row {row} (counted from 0), column '{column}' is {value}: remove the row or repair the value")]
    NonFinite {
        /// The row, counted from 0.
        row: usize,
        /// The column's name, as shown.
        column: String,
        /// The value found.
        value: f64,
    },

    /// A label other than 0 and 1.
    #[error("row {row} (counted from 0) has the label {value}: labels are exactly 0 (other) or 1 (event)")]
    Label {
        /// The row, counted from 0.
        row: usize,
        /// The label found.
        value: f64,
    },

    /// One weight, or offset, an example is needed.
    #[error("there are {found} {what} for {expected} examples: give one an example")]
    PerExample {
        /// What was counted.
        what: &'static str,
        /// Examples there are.
        expected: usize,
        /// How many were given.
        found: usize,
    },

    /// A weight that is negative or not finite.
    #[error("row {row} (counted from 0) has the weight {value}: weights are finite and at least 0")]
    Weight {
        /// The row, counted from 0.
        row: usize,
        /// The weight found.
        value: f64,
    },

    /// Weights that are all 0.
    #[error("all weights are 0: give at least one example a weight above 0")]
    NoWeight,

    /// Weights whose sum is so small or large that what is computed with it would under- or overflow.
    #[error(
        "the weights add up to {total:?}: multiply them all by a factor that brings their sum between 1e-60 and 1e60"
    )]
    TotalWeight {
        /// The sum.
        total: f64,
    },

    /// A split after which all examples of a part would have the weight 0, or nearly.
    #[error(
        "the {part} part would have no weight to compute with: leave out the examples of weight 0, or choose another seed"
    )]
    PartWeight {
        /// The part: `training` or `test`.
        part: &'static str,
    },

    /// Weights that leave one class without weight, though it has examples.
    #[error(
        "{} leave class '{class}' of '{target}' without weight{} ({}): {}",
        weights_in(.column.as_deref()), in_part(*.part), weighing(*.examples, *.weight), remedy(*.part)
    )]
    ClassWithoutWeight {
        /// The column that the weights come from, as shown, if they come from one.
        column: Option<String>,
        /// The class's name, as shown.
        class: String,
        /// The name of what the labels say, as shown.
        target: String,
        /// The part of a split in which it is so, `training` or `test`; none for data as they were given.
        part: Option<&'static str>,
        /// Its examples.
        examples: usize,
        /// The sum of their weights: 0, or too small a share of all weights to be computed with.
        weight: f64,
    },

    /// Weights of a file that are none together.
    #[error("{reason} ({file}, column '{column}')")]
    WeightColumn {
        /// The file, as shown.
        file: String,
        /// The column's name, as shown.
        column: String,
        /// What is the matter: [`Error::NoWeight`] or [`Error::TotalWeight`].
        reason: Box<Error>,
    },

    /// A setting outside its range.
    #[error("{name} is {value}: choose {wanted}")]
    Parameter {
        /// The setting.
        name: &'static str,
        /// The value given.
        value: f64,
        /// The values allowed.
        wanted: &'static str,
    },

    /// Settings of the synthetic data that leave a class without examples.
    #[error("{events} of {examples} examples would be events: {remedy}, so that both classes occur")]
    EmptyClass {
        /// Examples labelled 1.
        events: usize,
        /// Examples in all.
        examples: usize,
        /// What would help.
        remedy: &'static str,
    },

    /// A class too small to be divided into two parts.
    #[error("class '{class}' has {examples} examples, and a split needs at least 2 of each class: add some")]
    ClassTooSmall {
        /// The class's name, as shown.
        class: String,
        /// Its examples.
        examples: usize,
    },

    /// Data with other columns than those that a transformation was fitted to.
    #[error("column {column} (counted from 0) is {found}, but the fit had {expected}: use the same columns")]
    ColumnsDiffer {
        /// The first column that differs, counted from 0.
        column: usize,
        /// The column of the fit, or that there is none.
        expected: String,
        /// The column of the data, or that there is none.
        found: String,
    },

    /// A vector with another number of components than there are features.
    #[error("{what} has {found} components, but there are {expected} features: give one component a feature")]
    ComponentCount {
        /// The vector.
        what: &'static str,
        /// Features there are.
        expected: usize,
        /// Components found.
        found: usize,
    },

    /// A column whose standard deviation exceeds the largest f64.
    #[error("column '{column}' spreads beyond the range of f64: divide it by a constant first")]
    Spread {
        /// The column's name, as shown.
        column: String,
    },

    /// A file that cannot be opened or read.
    #[error("{file} cannot be read ({reason}): check the path and the permissions")]
    Unreadable {
        /// The file, as shown.
        file: String,
        /// The kind of failure, to be matched on.
        kind: std::io::ErrorKind,
        /// What the operating system says.
        reason: String,
    },

    /// A file that is not parquet, or not all of one.
    #[cfg(feature = "parquet")]
    #[error("{file} cannot be read as parquet ({reason}): write the file again")]
    Parquet {
        /// The file, as shown.
        file: String,
        /// What the decoder says.
        reason: String,
    },

    /// A column that a parquet file should have.
    #[cfg(feature = "parquet")]
    #[error("{file} has no column '{name}': add it, or rename one of {columns}")]
    NoColumn {
        /// The file, as shown.
        file: String,
        /// The name, as shown.
        name: String,
        /// The columns there are, the first of them if they are many, as shown.
        columns: String,
    },

    /// A column of a parquet file whose values are of another type.
    #[cfg(feature = "parquet")]
    #[error("{file}, column '{column}' is of type {found}: convert it to {expected}")]
    ColumnType {
        /// The file, as shown.
        file: String,
        /// The column's name, as shown.
        column: String,
        /// The type found.
        found: String,
        /// The type that is read.
        expected: String,
    },

    /// A row of a parquet file without a value in a column.
    #[cfg(feature = "parquet")]
    #[error("{cell} has no value: fill it in, or leave the row out")]
    NoValue {
        /// Where.
        cell: Cell,
    },

    /// A text of a parquet file that is not UTF-8.
    #[cfg(feature = "parquet")]
    #[error("{cell} is not UTF-8: repair the text")]
    NotText {
        /// Where.
        cell: Cell,
    },

    /// A time of a parquet file in no year that there is a calendar for.
    #[cfg(feature = "parquet")]
    #[error("{cell} is out of range: repair the time")]
    TimeOutOfRange {
        /// Where.
        cell: Cell,
    },

    /// Bytes that are not UTF-8.
    #[error("{file}, line {line} is not UTF-8: save the file as UTF-8")]
    NotUtf8 {
        /// The file, as shown.
        file: String,
        /// The line of the first offending byte.
        line: u64,
    },

    /// A file with nothing in it, or only blank lines.
    #[error("{file} is empty: write a line of column names and one line an example")]
    EmptyFile {
        /// The file, as shown.
        file: String,
    },

    /// A quoted field that runs to the end of the file.
    #[error(
        "{file}, line {line}: a quote in the record that starts here never closes: close it or double it"
    )]
    OpenQuote {
        /// The file, as shown.
        file: String,
        /// The line where the record starts.
        line: u64,
    },

    /// A first line that holds numbers where column names are expected.
    #[error("{file}, line {line} holds only numbers: put a line of column names first")]
    NoHeader {
        /// The file, as shown.
        file: String,
        /// The line.
        line: u64,
    },

    /// Column names, and nothing below them.
    #[error("{file} has column names but no examples: write one line an example")]
    NoRows {
        /// The file, as shown.
        file: String,
    },

    /// A column without a name.
    #[error("{file}, line {line}: column {position} of the header (counted from 1) has no name: name it")]
    UnnamedColumn {
        /// The file, as shown.
        file: String,
        /// The header's line.
        line: u64,
        /// The column, counted from 1.
        position: usize,
    },

    /// Two columns with the same name.
    #[error("{place} occurs twice, as columns {first} and {second} (counted from 1): rename one")]
    RepeatedColumn {
        /// The header's line, and the name.
        place: Place,
        /// The first column of that name, counted from 1.
        first: usize,
        /// The second column of that name, counted from 1.
        second: usize,
    },

    /// The target, or the column of weights or offsets, is not among the columns.
    #[error("{file}, line {line}: there is no {role} column '{name}': choose one of {columns}")]
    MissingColumn {
        /// The file, as shown.
        file: String,
        /// The header's line.
        line: u64,
        /// What the column is for: `target`, `weights` or `offset`.
        role: &'static str,
        /// The name asked for, as shown.
        name: String,
        /// The columns there are, the first of them if they are many, as shown.
        columns: String,
    },

    /// One column asked for in two roles.
    #[error("{place} cannot be both the {first} and the {second} column: name two columns")]
    TwoRoles {
        /// The header's line, and the name.
        place: Place,
        /// One role.
        first: &'static str,
        /// The other.
        second: &'static str,
    },

    /// A negative weight in a file.
    #[error("{place}: found '{found}', but a weight is at least 0: repair it, or leave the example out")]
    NegativeWeight {
        /// Where.
        place: Place,
        /// The field, as shown.
        found: String,
    },

    /// A file without a column of features.
    #[error("{place} is the only column: add at least one feature column")]
    NoFeatures {
        /// The header's line, and the target.
        place: Place,
    },

    /// A record with more or fewer fields than the header.
    #[error("{file}, line {line}: expected {expected} fields, found {found}: write one field a column")]
    Ragged {
        /// The file, as shown.
        file: String,
        /// The line where the record starts.
        line: u64,
        /// Fields of the header.
        expected: usize,
        /// Fields of this record.
        found: usize,
    },

    /// A field with nothing in it.
    #[error("{place} is empty: fill it in, or leave the example out")]
    EmptyField {
        /// Where.
        place: Place,
    },

    /// A feature that is text.
    #[error("{place}: found '{found}', which is not a number: write a decimal number such as -1.5e3")]
    NotANumber {
        /// Where.
        place: Place,
        /// The field, as shown.
        found: String,
    },

    /// A field that spells NaN or infinity.
    #[error("{place}: found '{found}', which is not finite: repair the value, or leave the example out")]
    NotFinite {
        /// Where.
        place: Place,
        /// The field, as shown.
        found: String,
    },

    /// A number beyond the largest f64.
    #[error("{place}: found '{found}', which is beyond the largest f64: use another unit")]
    TooLarge {
        /// Where.
        place: Place,
        /// The field, as shown.
        found: String,
    },

    /// Nobody has said which label is the event.
    #[error("the event label of column '{target}' is not named: name it, or ask for the labels as found")]
    EventNotNamed {
        /// The target column, as shown.
        target: String,
    },

    /// The same label named for both classes.
    #[error("'{label}' is named both as the event and as the other label of column '{target}': name two")]
    SameLabels {
        /// The target column, as shown.
        target: String,
        /// The label, as shown.
        label: String,
    },

    /// More than two labels in the target column.
    #[error("{place}: found '{found}', a third label beside {known}: keep two classes")]
    ThirdLabel {
        /// Where the third label first stands.
        place: Place,
        /// The third label, as shown.
        found: String,
        /// The two labels before it and their first lines, as shown.
        known: String,
    },

    /// Only one label in the target column.
    #[error("{file}, column '{column}': every label is '{found}': both classes must occur")]
    OneClass {
        /// The file, as shown.
        file: String,
        /// The target column, as shown.
        column: String,
        /// The only label, as shown.
        found: String,
    },

    /// A label that was named does not occur.
    #[error("{file}, column '{column}': no label is '{label}': name one of those there are, {found}")]
    LabelNotFound {
        /// The file, as shown.
        file: String,
        /// The target column, as shown.
        column: String,
        /// The label named, as shown.
        label: String,
        /// The labels there are and their first lines, as shown.
        found: String,
    },
}

impl Error {
    /// What is said where reading a file fails, whose name is as shown.
    pub(crate) fn unreadable(file: &str, kind: std::io::ErrorKind, cause: &dyn fmt::Display) -> Error {
        Error::Unreadable { file: file.to_string(), kind, reason: one_line(&cause.to_string()) }
    }
}

/// What weights are called.
fn weights_in(column: Option<&str>) -> String {
    column.map_or_else(|| "the weights".to_string(), |column| format!("the weights in column '{column}'"))
}

fn in_part(part: Option<&str>) -> String {
    part.map_or_else(String::new, |part| format!(" in the {part} part"))
}

/// What the examples of a class without weight weigh.
fn weighing(examples: usize, weight: f64) -> String {
    match (examples, weight > 0.0) {
        (1, false) => "its only example has the weight 0".to_string(),
        (1, true) => {
            format!("its only example has the weight {weight:?}, next to nothing beside all weights")
        }
        (_, false) => format!("all its {examples} examples have the weight 0"),
        (_, true) => {
            format!("its {examples} examples weigh {weight:?} together, next to nothing beside all weights")
        }
    }
}

/// What helps against a class without weight.
fn remedy(part: Option<&str>) -> &'static str {
    match part {
        None => "give one of its examples a weight that counts, or leave the weights out",
        Some(_) => "leave out the examples of weight 0 before the split, or choose another seed",
    }
}

/// A field of a file: file, line and column name.
///
/// Prints as `data.csv, line 3, column 'age'`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file, as shown.
    pub file: String,
    /// The physical line where the record starts, counted from 1.
    pub line: u64,
    /// The column's name, as shown.
    pub column: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}, column '{}'", self.file, self.line, self.column)
    }
}

/// A value of a table that has no lines: file, column name and row.
///
/// Prints as `flights.parquet, column 'delay', row 3 (counted from 0)`.
#[cfg(feature = "parquet")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cell {
    /// The file, as shown.
    pub file: String,
    /// The column's name, as shown.
    pub column: String,
    /// The row, counted from 0.
    pub row: usize,
}

#[cfg(feature = "parquet")]
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, column '{}', row {} (counted from 0)", self.file, self.column, self.row)
    }
}
