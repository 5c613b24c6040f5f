//! A table ready to be shown.

use super::cell::Cell;

/// The side of its column on which a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A column's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name, unique within the table.
    pub name: String,
    /// The unit of its numbers, such as `s`.
    pub unit: Option<String>,
    /// The side on which the cells stand.
    pub align: Align,
}

impl Column {
    /// A column of text.
    pub fn text(name: impl Into<String>) -> Self {
        Self { name: name.into(), unit: None, align: Align::Left }
    }

    /// A column of numbers.
    pub fn number(name: impl Into<String>) -> Self {
        Self { name: name.into(), unit: None, align: Align::Right }
    }

    /// The head for a reader: the name and, in parentheses, the unit.
    pub fn head(&self) -> String {
        match &self.unit {
            Some(unit) => format!("{} ({unit})", self.name),
            None => self.name.clone(),
        }
    }
}

/// A table ready to be shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The columns, in order.
    pub columns: Vec<Column>,
    /// The rows, each with one cell per column.
    pub rows: Vec<Vec<Cell>>,
    /// Facts that a reader must know, one sentence each; shown below the table by formats for readers.
    pub notes: Vec<String>,
}

impl Table {
    /// The table for programs: a column that holds estimates becomes five, `x`, `x low`, `x high`, `x n` and `x confidence`.
    pub(super) fn flat(&self) -> Self {
        let spreads = |index: usize| {
            self.rows.iter().any(|row| matches!(row.get(index), Some(Cell::Share(_) | Cell::Estimate { .. })))
        };
        let spread: Vec<bool> = (0..self.columns.len()).map(spreads).collect();
        let mut flat = Self::default();
        for (column, &spread) in self.columns.iter().zip(&spread) {
            flat.columns.push(column.clone());
            if spread {
                let names = ["low", "high", "n", "confidence"].map(|part| format!("{} {part}", column.name));
                flat.columns.extend(names.map(Column::number));
            }
        }
        for row in &self.rows {
            let mut cells = Vec::with_capacity(flat.columns.len());
            for (cell, &spread) in row.iter().zip(&spread) {
                match cell {
                    Cell::Share(estimate) | Cell::Estimate { estimate, .. } => cells.extend([
                        Cell::Number(estimate.value),
                        Cell::Number(estimate.low),
                        Cell::Number(estimate.high),
                        Cell::Integer(estimate.n as i128),
                        Cell::Number(estimate.confidence),
                    ]),
                    other if spread => {
                        cells.push(other.clone());
                        cells.extend(std::iter::repeat_n(Cell::Null, 4));
                    }
                    other => cells.push(other.clone()),
                }
            }
            flat.rows.push(cells);
        }
        flat
    }

    /// A table with every kind of cell and character that a format may stumble over.
    #[cfg(test)]
    pub(super) fn sample() -> Self {
        use crate::stats::Estimate;
        let estimate = Estimate { value: 0.25, low: 0.125, high: f64::INFINITY, n: 8, confidence: 0.95 };
        Self {
            columns: vec![
                Column::text("a_rm"),
                Column::number("n"),
                Column { unit: Some("s".into()), ..Column::number("time") },
                Column::number("loss"),
                Column::text("ok"),
            ],
            rows: vec![
                vec![
                    Cell::Text("elman · 50 % \"x\", <b>&|\\{$#^~".into()),
                    Cell::Integer(-3),
                    Cell::Number(1.5e-9),
                    Cell::Estimate { estimate, infinite: "> 3000".into() },
                    Cell::Boolean(true),
                ],
                vec![Cell::Text("[two\nlines".into()), Cell::Null, Cell::Number(f64::NAN), Cell::Null, Cell::Null],
            ],
            notes: vec!["Below 5 % & above.".into()],
        }
    }
}
