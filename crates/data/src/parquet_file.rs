//! Columns of a parquet file, one at a time.
//!
//! Invariant: a column that is returned has a value in every row.

use std::fs::File;
use std::path::Path;

use parquet::basic::Type;
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::Error;
use crate::shown::one_line;

/// A parquet file.
pub(crate) struct Table {
    file: String,
    reader: SerializedFileReader<File>,
}

impl Table {
    pub(crate) fn open(path: &Path) -> Result<Table, Error> {
        let file = one_line(&path.display().to_string());
        let unreadable = |cause: std::io::Error| Error::Unreadable {
            file: file.clone(),
            kind: cause.kind(),
            reason: one_line(&cause.to_string()),
        };
        let opened = File::open(path).map_err(unreadable)?;
        let reader = SerializedFileReader::new(opened);
        let reader = reader
            .map_err(|cause| Error::Parquet { file: file.clone(), fault: one_line(&cause.to_string()) })?;
        Ok(Table { file, reader })
    }

    /// A column of whole numbers.
    pub(crate) fn integers(&self, name: &str) -> Result<Vec<i64>, Error> {
        self.column::<Int64Type>(name, Type::INT64)
    }

    /// A column of texts.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, Error> {
        let text = |(row, bytes): (usize, ByteArray)| {
            let text = bytes.as_utf8().map(str::to_owned);
            text.map_err(|_| self.fault(name, row, "is not UTF-8: repair the text"))
        };
        self.column::<ByteArrayType>(name, Type::BYTE_ARRAY)?.into_iter().enumerate().map(text).collect()
    }

    /// What is the matter with a column in a row, counted from 0.
    pub(crate) fn fault(&self, column: &str, row: usize, fault: &str) -> Error {
        Error::Parquet {
            file: self.file.clone(),
            fault: format!("column '{column}', row {row} (counted from 0) {fault}"),
        }
    }

    fn column<T: DataType>(&self, name: &str, kind: Type) -> Result<Vec<T::T>, Error> {
        let broken = |cause: String| Error::Parquet { file: self.file.clone(), fault: one_line(&cause) };
        let metadata = self.reader.metadata();
        let columns = metadata.file_metadata().schema_descr().columns();
        let position = columns.iter().position(|column| column.path().string() == name);
        let position = position.ok_or_else(|| broken(format!("there is no column '{name}'")))?;
        if columns[position].physical_type() != kind || columns[position].max_def_level() > 1 {
            return Err(broken(format!("column '{name}' is not a plain column of type {kind}")));
        }
        let mut values = Vec::new();
        for group in 0..metadata.num_row_groups() {
            let before = values.len();
            let group = self.reader.get_row_group(group).map_err(|cause| broken(cause.to_string()))?;
            let rows = usize::try_from(group.metadata().num_rows()).unwrap_or_default();
            let reader = group.get_column_reader(position).map_err(|cause| broken(cause.to_string()))?;
            let mut reader = get_typed_column_reader::<T>(reader);
            let mut levels = Vec::new();
            let is_optional = columns[position].max_def_level() > 0;
            while values.len() < before + rows {
                let wanted = before + rows - values.len();
                let (read, _, _) = reader
                    .read_records(wanted, is_optional.then_some(&mut levels), None, &mut values)
                    .map_err(|cause| broken(cause.to_string()))?;
                if let Some(missing) = levels.iter().position(|&level| level == 0) {
                    return Err(self.fault(
                        name,
                        before + missing,
                        "has no value: fill it in, or leave the row out",
                    ));
                }
                if read == 0 {
                    return Err(broken(format!("column '{name}' ends after {} rows", values.len())));
                }
            }
        }
        Ok(values)
    }
}
