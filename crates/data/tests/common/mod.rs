//! Parquet files that tests write.

#![allow(dead_code, reason = "each test uses a part")]

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use chainrule_data::{Dataset, Error, flights};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

/// The values of a column, some of them missing.
pub(crate) enum Column {
    Integers(Vec<Option<i64>>),
    Texts(Vec<Option<&'static [u8]>>),
    Doubles(Vec<Option<f64>>),
}

impl Column {
    /// These whole numbers, none missing.
    pub(crate) fn integers(values: &[i64]) -> Column {
        Column::Integers(values.iter().copied().map(Some).collect())
    }

    /// These texts, none missing.
    pub(crate) fn texts(values: &[&'static str]) -> Column {
        Column::Texts(values.iter().map(|text| Some(text.as_bytes())).collect())
    }

    /// Writes the rows of a group, as far as there are any.
    fn write(&self, group: &mut SerializedRowGroupWriter<'_, File>, from: usize, rows: usize) {
        fn part<T: Clone>(values: &[Option<T>], from: usize, rows: usize) -> (Vec<T>, Vec<i16>) {
            let part = &values[from..values.len().min(from + rows)];
            (
                part.iter().flatten().cloned().collect(),
                part.iter().map(|value| i16::from(value.is_some())).collect(),
            )
        }
        let mut open = group.next_column().unwrap().unwrap();
        let written = match self {
            Column::Integers(values) => {
                let (values, levels) = part(values, from, rows);
                open.typed::<Int64Type>().write_batch(&values, Some(&levels), None)
            }
            Column::Doubles(values) => {
                let (values, levels) = part(values, from, rows);
                open.typed::<DoubleType>().write_batch(&values, Some(&levels), None)
            }
            Column::Texts(values) => {
                let (values, levels) = part(values, from, rows);
                let values: Vec<ByteArray> = values.into_iter().map(ByteArray::from).collect();
                open.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)
            }
        };
        written.unwrap();
        open.close().unwrap();
    }

    fn len(&self) -> usize {
        match self {
            Column::Integers(values) => values.len(),
            Column::Texts(values) => values.len(),
            Column::Doubles(values) => values.len(),
        }
    }
}

/// A parquet file of these columns, in groups of so many rows.
pub(crate) fn written(name: &str, fields: &str, columns: &[Column], rows: usize) -> PathBuf {
    let path = std::env::temp_dir().join(format!("chainrule-{}-{name}.parquet", std::process::id()));
    let schema = Arc::new(parse_message_type(&format!("message flights {{ {fields} }}")).unwrap());
    let mut writer = SerializedFileWriter::new(File::create(&path).unwrap(), schema, Arc::default()).unwrap();
    for from in (0..columns.first().map_or(0, Column::len)).step_by(rows) {
        let mut group = writer.next_row_group().unwrap();
        columns.iter().for_each(|column| column.write(&mut group, from, rows));
        group.close().unwrap();
    }
    writer.close().unwrap();
    path
}

/// What the flights of such a file are read as.
pub(crate) fn read(name: &str, fields: &str, columns: &[Column], rows: usize) -> Result<Dataset, Error> {
    let path = written(name, fields, columns, rows);
    let read = flights::read(&path);
    std::fs::remove_file(path).unwrap();
    read
}
