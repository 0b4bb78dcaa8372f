//! Columns of a parquet file, one at a time.
//!
//! Invariant: a column that is returned has a value in every row, and times are in microseconds whatever unit the file has them in.

use std::fs::File;
use std::path::Path;

use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescPtr;

use crate::Error;
use crate::error::Cell;
use crate::shown::{listed, one_line, shown};

/// A parquet file.
pub(crate) struct Table {
    file: String,
    reader: SerializedFileReader<File>,
}

impl Table {
    pub(crate) fn open(path: &Path) -> Result<Table, Error> {
        let file = one_line(&path.display().to_string());
        let opened = File::open(path).map_err(|cause| Error::unreadable(&file, cause.kind(), &cause))?;
        match SerializedFileReader::new(opened) {
            Ok(reader) => Ok(Table { file, reader }),
            Err(cause) => Err(Error::Parquet { file, reason: one_line(&cause.to_string()) }),
        }
    }

    /// A column of whole numbers.
    pub(crate) fn integers(&self, name: &str) -> Result<Vec<i64>, Error> {
        self.column::<Int64Type>(name)
    }

    /// A column of times, in microseconds since 1970.
    pub(crate) fn times(&self, name: &str) -> Result<Vec<i64>, Error> {
        let unit = self.unit(name)?;
        let time = |(row, time): (usize, i64)| {
            microseconds(time, unit).ok_or_else(|| Error::TimeOutOfRange { cell: self.cell(name, row) })
        };
        self.column::<Int64Type>(name)?.into_iter().enumerate().map(time).collect()
    }

    /// A column of texts.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, Error> {
        let text = |(row, bytes): (usize, ByteArray)| {
            bytes.as_utf8().map(str::to_owned).map_err(|_| Error::NotText { cell: self.cell(name, row) })
        };
        self.column::<ByteArrayType>(name)?.into_iter().enumerate().map(text).collect()
    }

    /// A row of a column, counted from 0.
    pub(crate) fn cell(&self, column: &str, row: usize) -> Cell {
        Cell { file: self.file.clone(), column: shown(column), row }
    }

    fn column<T: DataType>(&self, name: &str) -> Result<Vec<T::T>, Error> {
        let (position, column) = self.find(name)?;
        let kind = T::get_physical_type();
        if column.physical_type() != kind || column.max_def_level() > 1 || column.max_rep_level() > 0 {
            return Err(self.wrong_type(name, described(column), &kind.to_string()));
        }
        let mut values = Vec::new();
        for group in 0..self.reader.num_row_groups() {
            self.read_group::<T>(group, position, &mut values)?;
        }
        Ok(values)
    }

    /// Adds the values of a column in a group of rows to those of the groups before.
    fn read_group<T: DataType>(
        &self,
        group: usize,
        position: usize,
        values: &mut Vec<T::T>,
    ) -> Result<(), Error> {
        let broken = |cause: parquet::errors::ParquetError| self.broken(&cause.to_string());
        let group = self.reader.get_row_group(group).map_err(broken)?;
        let column = group.metadata().column(position).column_descr_ptr();
        let name = column.path().string();
        let mut reader = get_typed_column_reader::<T>(group.get_column_reader(position).map_err(broken)?);
        let (before, rows) = (values.len(), usize::try_from(group.metadata().num_rows()).unwrap_or_default());
        // Whether there is a value, for each row.
        let mut levels = Vec::new();
        while values.len() < before + rows {
            let wanted = before + rows - values.len();
            let into = (column.max_def_level() > 0).then_some(&mut levels);
            let (read, _, _) = reader.read_records(wanted, into, None, values).map_err(broken)?;
            if let Some(missing) = levels.iter().position(|&level| level == 0) {
                return Err(Error::NoValue { cell: self.cell(&name, before + missing) });
            }
            if read == 0 {
                let after = values.len();
                return Err(self.broken(&format!("column '{}' ends after {after} rows", shown(&name))));
            }
        }
        Ok(())
    }

    /// A column and its position.
    fn find(&self, name: &str) -> Result<(usize, &ColumnDescPtr), Error> {
        let columns = self.columns();
        let found = columns.iter().enumerate().find(|(_, column)| column.path().string() == name);
        found.ok_or_else(|| {
            let names: Vec<String> = columns.iter().map(|column| column.path().string()).collect();
            let columns = listed(names.iter().map(String::as_str));
            Error::NoColumn { file: self.file.clone(), name: shown(name), columns }
        })
    }

    fn columns(&self) -> &[ColumnDescPtr] {
        self.reader.metadata().file_metadata().schema_descr().columns()
    }

    /// The unit of a column of times; older files say it by a converted type.
    fn unit(&self, name: &str) -> Result<TimeUnit, Error> {
        let (_, column) = self.find(name)?;
        match (column.logical_type_ref(), column.converted_type()) {
            (Some(LogicalType::Timestamp(timestamp)), _) => Ok(timestamp.unit),
            (_, ConvertedType::TIMESTAMP_MILLIS) => Ok(TimeUnit::MILLIS),
            (_, ConvertedType::TIMESTAMP_MICROS) => Ok(TimeUnit::MICROS),
            _ => {
                let found = format!("{} without a unit of time", described(column));
                Err(self.wrong_type(name, found, "a timestamp in microseconds"))
            }
        }
    }

    fn wrong_type(&self, column: &str, found: String, expected: &str) -> Error {
        Error::ColumnType {
            file: self.file.clone(),
            column: shown(column),
            found,
            expected: expected.to_string(),
        }
    }

    fn broken(&self, reason: &str) -> Error {
        Error::Parquet { file: self.file.clone(), reason: one_line(reason) }
    }
}

/// The physical type of a column.
fn described(column: &ColumnDescPtr) -> String {
    let manner = match (column.max_rep_level(), column.max_def_level()) {
        (0, 0 | 1) => "",
        (0, _) => "nested ",
        _ => "repeated ",
    };
    format!("{manner}{}", column.physical_type())
}

/// A time in microseconds, if that is in the range of i64.
fn microseconds(time: i64, unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::MILLIS => time.checked_mul(1_000),
        TimeUnit::MICROS => Some(time),
        TimeUnit::NANOS => Some(time.div_euclid(1_000)),
    }
}
