//! A table ready to be shown.

use super::cell::Cell;
use super::part::Part;

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
    /// Whether only formats for programs have it: what it tells stands in another column for readers.
    pub for_programs: bool,
}

impl Column {
    /// A column of text.
    pub fn text(name: impl Into<String>) -> Self {
        Self { name: name.into(), unit: None, align: Align::Left, for_programs: false }
    }

    /// A column of numbers.
    pub fn number(name: impl Into<String>) -> Self {
        Self { name: name.into(), unit: None, align: Align::Right, for_programs: false }
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
    /// The table with all of its columns for readers too.
    #[must_use]
    pub fn with_all_columns(mut self) -> Self {
        self.columns.iter_mut().for_each(|column| column.for_programs = false);
        self
    }

    /// The table for readers: without the columns for programs.
    pub(super) fn readable(&self) -> Self {
        let keep: Vec<bool> = self.columns.iter().map(|column| !column.for_programs).collect();
        let kept = |index: &usize| keep.get(*index).copied().unwrap_or_default();
        Self {
            columns: (0..self.columns.len()).filter(kept).map(|index| self.columns[index].clone()).collect(),
            rows: self.rows.iter().map(|row| (0..row.len()).filter(kept).map(|at| row[at].clone()).collect()).collect(),
            notes: self.notes.clone(),
        }
    }

    /// The table for programs: a column that holds estimates becomes five, `x`, `x low`, `x high`, `x n` and `x confidence`, and
    /// one that holds counts of all that are to be two, `x` and `x planned`.
    pub(super) fn flat(&self) -> Self {
        let spreads = |index: usize| {
            self.rows.iter().any(|row| matches!(row.get(index), Some(Cell::Share(_) | Cell::Estimate { .. })))
        };
        let spread: Vec<bool> = (0..self.columns.len()).map(spreads).collect();
        let counts = |index: usize| self.rows.iter().any(|row| matches!(row.get(index), Some(Cell::Progress { .. })));
        let counted: Vec<bool> = (0..self.columns.len()).map(counts).collect();
        let mut flat = Self::default();
        for ((column, &spread), &counted) in self.columns.iter().zip(&spread).zip(&counted) {
            flat.columns.push(column.clone());
            if counted {
                flat.columns.push(Column::number(format!("{} {}", column.name, Part::Planned.name())));
            }
            if spread {
                let parts = Part::ALL.into_iter().filter(|part| *part != Part::Planned);
                flat.columns.extend(parts.map(|part| Column::number(format!("{} {}", column.name, part.name()))));
            }
        }
        for row in &self.rows {
            let mut cells = Vec::with_capacity(flat.columns.len());
            for ((cell, &spread), &counted) in row.iter().zip(&spread).zip(&counted) {
                match cell {
                    Cell::Progress { count, of } => {
                        cells.extend([*count, *of].map(|number| Cell::Integer(number as i128)));
                    }
                    other if counted => cells.extend([other.clone(), Cell::Null]),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Estimate;

    /// Each part of a cell stands under its own name, so that none can be taken for another.
    #[test]
    fn parts_of_a_cell_stand_under_their_names() {
        let estimate = Estimate { value: 0.5, low: 0.25, high: 0.75, n: 7, confidence: 0.95 };
        let table = Table {
            columns: vec![Column::number("trials"), Column::number("loss")],
            rows: vec![
                vec![Cell::Progress { count: 3, of: 5 }, Cell::Estimate { estimate, infinite: "> 3000".into() }],
                vec![Cell::Null, Cell::Null],
            ],
            notes: vec![],
        };
        let flat = table.flat();
        let named = |name: &str, row: usize| {
            let place = flat.columns.iter().position(|column| column.name == name);
            place.map(|place| flat.rows[row][place].exact())
        };
        let parts = [
            ("trials", "3"),
            ("trials planned", "5"),
            ("loss", "0.5"),
            ("loss low", "0.25"),
            ("loss high", "0.75"),
            ("loss n", "7"),
            ("loss confidence", "0.95"),
        ];
        for (name, value) in parts {
            assert_eq!(named(name, 0).as_deref(), Some(value), "{name}");
            assert_eq!(named(name, 1).as_deref(), Some(Cell::Null.exact().as_str()), "{name}");
        }
        assert_eq!(flat.columns.len(), parts.len());
        assert!(flat.rows.iter().all(|row| row.len() == parts.len()));
    }
}
