//! Stored tables as views.

use polars::prelude::{
    self, BooleanChunked, DataFrame, DataType, Float64Chunked, Int64Chunked, IntoColumn, NewChunkedArray, StringChunked,
};

use super::cell::Cell;
use super::content::{Align, Column, Table};
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
    /// The table as a frame for programs: exact numbers, with a column for each part of an estimate. A column of whole numbers, of
    /// numbers or of truth values alone is one of that type; all else is text.
    ///
    /// # Errors
    /// When two columns have one name.
    pub fn to_frame(&self) -> Result<DataFrame, TableError> {
        let flat = self.flat();
        let column = |(place, head): (usize, &super::content::Column)| {
            let cells = || flat.rows.iter().map(|row| row.get(place).unwrap_or(&Cell::Null));
            let all = |of: fn(&Cell) -> bool| cells().all(|cell| *cell == Cell::Null || of(cell));
            let name = prelude::PlSmallStr::from(head.name.as_str());
            // Nothing but nulls is text in a column of texts.
            let texts = head.align == Align::Left && cells().all(|cell| *cell == Cell::Null);
            if !texts && all(|cell| matches!(cell, Cell::Boolean(_))) {
                let value = |cell: &Cell| if let Cell::Boolean(flag) = cell { Some(*flag) } else { None };
                BooleanChunked::from_iter_options(name, cells().map(value)).into_column()
            } else if !texts && all(|cell| matches!(cell, Cell::Integer(integer) if i64::try_from(*integer).is_ok())) {
                let value =
                    |cell: &Cell| if let Cell::Integer(integer) = cell { i64::try_from(*integer).ok() } else { None };
                Int64Chunked::from_iter_options(name, cells().map(value)).into_column()
            } else if !texts && all(|cell| matches!(cell, Cell::Integer(_) | Cell::Number(_) | Cell::Setting(_))) {
                let value = |cell: &Cell| match cell {
                    Cell::Integer(integer) => Some(*integer as f64),
                    Cell::Number(number) | Cell::Setting(number) => Some(*number),
                    _ => None,
                };
                Float64Chunked::from_iter_options(name, cells().map(value)).into_column()
            } else {
                let value = |cell: &Cell| (*cell != Cell::Null).then(|| cell.exact());
                StringChunked::from_iter_options(name, cells().map(value)).into_column()
            }
        };
        let columns: Vec<prelude::Column> = flat.columns.iter().enumerate().map(column).collect();
        Ok(DataFrame::new(flat.rows.len(), columns)?)
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_becomes_a_frame_of_its_types_and_back() {
        let table = Table {
            columns: ["text", "whole", "number", "truth", "nothing"].map(Column::text).into(),
            rows: vec![
                vec![Cell::Text("a".into()), Cell::Integer(-3), Cell::Integer(1), Cell::Boolean(true), Cell::Null],
                vec![Cell::Integer(2), Cell::Null, Cell::Number(f64::INFINITY), Cell::Null, Cell::Null],
            ],
            notes: vec![],
        };
        let frame = table.to_frame().unwrap();
        let types: Vec<&DataType> = frame.columns().iter().map(prelude::Column::dtype).collect();
        let expected = [DataType::String, DataType::Int64, DataType::Float64, DataType::Boolean, DataType::String];
        assert!(types.iter().zip(&expected).all(|(found, expected)| *found == expected), "{types:?}");
        let again = Table::from_frame(&frame).unwrap();
        assert_eq!(
            again.rows[0][..4],
            [Cell::Text("a".into()), Cell::Integer(-3), Cell::Number(1.0), Cell::Boolean(true)]
        );
        assert_eq!(again.rows[1][..3], [Cell::Text("2".into()), Cell::Null, Cell::Number(f64::INFINITY)]);
        let twice =
            Table { columns: ["x", "x"].map(Column::text).into(), rows: vec![vec![Cell::Null; 2]], notes: vec![] };
        assert!(twice.to_frame().is_err());
    }
}
