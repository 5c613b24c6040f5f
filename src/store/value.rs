//! Conversions between the fields of row structs and columns.

use polars::prelude::{BooleanChunked, Column, DataFrame, Float64Chunked, IntoColumn, NewChunkedArray, StringChunked};
use polars::prelude::{UInt32Chunked, UInt64Chunked};

use super::column::ColumnType;
use super::error::SchemaError;
use super::status::Status;

/// A type that a column's cell may hold where it is not null.
pub trait Scalar: Sized {
    /// The type of the column.
    const KIND: ColumnType;

    /// A column of these cells.
    fn pack<'a>(name: &str, cells: impl Iterator<Item = Option<&'a Self>>) -> Column
    where
        Self: 'a;

    /// The cells of a column, in order.
    fn unpack(column: &Column) -> Result<Vec<Option<Self>>, SchemaError>;
}

/// Implements [`Scalar`] by a polars array: its type, its accessor, and the conversions of a cell there and back.
macro_rules! scalar {
    ($type:ty, $kind:ident, $array:ident, $accessor:ident, $there:expr, $back:expr) => {
        impl Scalar for $type {
            const KIND: ColumnType = ColumnType::$kind;

            fn pack<'a>(name: &str, cells: impl Iterator<Item = Option<&'a Self>>) -> Column {
                let there: fn(&'a Self) -> _ = $there;
                $array::from_iter_options(name.into(), cells.map(|cell| cell.map(there))).into_column()
            }

            fn unpack(column: &Column) -> Result<Vec<Option<Self>>, SchemaError> {
                let array = column.$accessor().map_err(|_| SchemaError::WrongType {
                    column: column.name().to_string(),
                    found: column.dtype().to_string(),
                    expected: <Self as Scalar>::KIND.data_type().to_string(),
                })?;
                let back: fn(_) -> Result<Self, String> = $back;
                array
                    .iter()
                    .map(|cell| cell.map(back).transpose())
                    .collect::<Result<_, _>>()
                    .map_err(|value| SchemaError::UnknownValue { column: column.name().to_string(), value })
            }
        }
    };
}

scalar!(String, Text, StringChunked, str, |text| text.as_str(), |text: &str| Ok(text.to_owned()));
scalar!(u32, U32, UInt32Chunked, u32, |number| *number, Ok);
scalar!(u64, U64, UInt64Chunked, u64, |number| *number, Ok);
scalar!(f64, F64, Float64Chunked, f64, |number| *number, Ok);
scalar!(bool, Boolean, BooleanChunked, bool, |flag| *flag, Ok);
scalar!(Status, Text, StringChunked, str, |status| status.name(), |name: &str| {
    Status::from_name(name).ok_or_else(|| name.to_owned())
});

/// A type that a field of a row struct may have: a [`Scalar`], or an `Option` of one where the column may be null.
pub trait Value: Sized {
    /// The type of the column.
    const KIND: ColumnType;
    /// Whether the column may be null.
    const NULLABLE: bool;

    /// A column of these fields.
    fn pack<'a>(name: &str, fields: impl Iterator<Item = &'a Self>) -> Column
    where
        Self: 'a;

    /// The fields of the frame's column of that name, in order.
    fn unpack(frame: &DataFrame, name: &str) -> Result<Vec<Self>, SchemaError>;
}

impl<T: Scalar> Value for T {
    const KIND: ColumnType = <T as Scalar>::KIND;
    const NULLABLE: bool = false;

    fn pack<'a>(name: &str, fields: impl Iterator<Item = &'a Self>) -> Column
    where
        Self: 'a,
    {
        <T as Scalar>::pack(name, fields.map(Some))
    }

    fn unpack(frame: &DataFrame, name: &str) -> Result<Vec<Self>, SchemaError> {
        let column = frame.column(name).map_err(|_| SchemaError::MissingColumn { column: name.to_owned() })?;
        <T as Scalar>::unpack(column)?
            .into_iter()
            .enumerate()
            .map(|(row, cell)| cell.ok_or_else(|| SchemaError::Null { column: name.to_owned(), row }))
            .collect()
    }
}

impl<T: Scalar> Value for Option<T> {
    const KIND: ColumnType = <T as Scalar>::KIND;
    const NULLABLE: bool = true;

    fn pack<'a>(name: &str, fields: impl Iterator<Item = &'a Self>) -> Column
    where
        Self: 'a,
    {
        <T as Scalar>::pack(name, fields.map(Option::as_ref))
    }

    fn unpack(frame: &DataFrame, name: &str) -> Result<Vec<Self>, SchemaError> {
        match frame.column(name) {
            Ok(column) => <T as Scalar>::unpack(column),
            // A table of an older version: what it did not record is not known.
            Err(_) => Ok((0..frame.height()).map(|_| None).collect()),
        }
    }
}
