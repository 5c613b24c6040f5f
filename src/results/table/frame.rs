//! Stored tables as views.

use polars::prelude::{self, DataFrame, DataType};

use super::cell::Cell;
use super::content::{Column, Table};
use super::error::TableError;

impl Table {
    /// All rows and columns of a stored table, in its order.
    ///
    /// # Errors
    /// When a column has a type that the store does not write.
    pub fn from_frame(frame: &DataFrame) -> Result<Self, TableError> {
        let mut table = Self { rows: vec![Vec::with_capacity(frame.width()); frame.height()], ..Self::default() };
        for column in frame.columns() {
            let name = column.name().as_str();
            table.columns.push(match column.dtype() {
                DataType::String | DataType::Boolean => Column::text(name),
                _ => Column::number(name),
            });
            for (row, cell) in table.rows.iter_mut().zip(cells(column)?) {
                row.push(cell);
            }
        }
        Ok(table)
    }
}

impl Table {
    /// The table with the numbers of the columns that `is_setting` picks by name shown as the suite has them, never rounded.
    #[must_use]
    pub fn with_settings(mut self, is_setting: impl Fn(&str) -> bool) -> Self {
        for (place, _) in self.columns.iter().enumerate().filter(|(_, column)| is_setting(&column.name)) {
            for cell in self.rows.iter_mut().filter_map(|row| row.get_mut(place)) {
                if let Cell::Number(number) = *cell {
                    *cell = Cell::Setting(number);
                }
            }
        }
        self
    }
}

/// The cells of a stored column, in order.
pub(super) fn cells(column: &prelude::Column) -> Result<Box<dyn Iterator<Item = Cell> + '_>, TableError> {
    fn boxed<'a, T>(
        values: impl Iterator<Item = Option<T>> + 'a,
        cell: impl Fn(T) -> Cell + 'a,
    ) -> Box<dyn Iterator<Item = Cell> + 'a> {
        Box::new(values.map(move |value| value.map_or(Cell::Null, &cell)))
    }
    Ok(match column.dtype() {
        DataType::String => boxed(column.str()?.iter(), |text: &str| Cell::Text(text.to_owned())),
        DataType::Boolean => boxed(column.bool()?.iter(), Cell::Boolean),
        DataType::UInt32 => boxed(column.u32()?.iter(), |integer| Cell::Integer(integer.into())),
        DataType::UInt64 => boxed(column.u64()?.iter(), |integer| Cell::Integer(integer.into())),
        DataType::Int64 => boxed(column.i64()?.iter(), |integer| Cell::Integer(integer.into())),
        DataType::Float64 => boxed(column.f64()?.iter(), Cell::Number),
        other => {
            return Err(TableError::Type { column: column.name().to_string(), found: other.to_string() });
        }
    })
}
