//! Types and schemas of columns.

use polars::prelude::DataType;

/// The version of the schema, raised when a column is added, gains a meaning or goes. Every Parquet file, the journal and the
/// manifest have it.
pub const SCHEMA_VERSION: u32 = 5;

/// The type of a column's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// UTF-8 text.
    Text,
    /// An integer from 0, of 32 bits.
    U32,
    /// An integer from 0, of 64 bits.
    U64,
    /// A double, NaN and infinities included.
    F64,
    /// True or false.
    Boolean,
}

impl ColumnType {
    /// The column type in polars and Parquet.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::String,
            Self::U32 => DataType::UInt32,
            Self::U64 => DataType::UInt64,
            Self::F64 => DataType::Float64,
            Self::Boolean => DataType::Boolean,
        }
    }
}

/// One column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnSchema {
    /// The column's name.
    pub name: &'static str,
    /// The doc comment of the row struct's field, as written: lines, each with a leading space.
    pub doc: &'static str,
    /// The type of its values.
    pub kind: ColumnType,
    /// Whether a value may be null: not known, or without meaning for that row.
    pub nullable: bool,
}

impl ColumnSchema {
    /// The doc text on one line.
    pub fn text(&self) -> String {
        on_one_line(self.doc)
    }
}

/// A doc text on one line.
fn on_one_line(doc: &str) -> String {
    doc.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// A table as documentation shows it.
#[derive(Clone, Copy, Debug)]
pub struct TableSchema {
    /// The name, which is that of the file before `.parquet`.
    pub name: &'static str,
    /// The doc comment of a row, as written: lines, each with a leading space.
    pub doc: &'static str,
    /// Its columns, in order.
    pub fields: &'static [ColumnSchema],
}

impl TableSchema {
    /// The doc text on one line.
    pub fn text(&self) -> String {
        on_one_line(self.doc)
    }
}
