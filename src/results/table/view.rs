//! A part of a table as a reader asks for it: some rows, in some order, some columns.

use std::cmp::Ordering;

use super::cell::Cell;
use super::content::Table;
use super::error::TableError;
use super::filter::holds;
use crate::text::{Condition, nearest};

/// The part of a table that is shown, and its order.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The conditions that all rows satisfy.
    pub conditions: Vec<Condition>,
    /// The columns to sort by, foremost first; of equals the first stays first.
    pub sort: Vec<SortKey>,
    /// The most rows.
    pub limit: Option<usize>,
    /// The columns in their order; all that the table has for readers if there are none.
    pub columns: Vec<String>,
}

/// A column to sort by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// Its name.
    pub column: String,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl SortKey {
    /// The key that a text names: a column, the largest first after `-`.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        let descending = text.starts_with('-');
        Self { column: text.trim_start_matches('-').trim().to_owned(), descending }
    }
}

impl View {
    /// Whether it shows the whole table as it is.
    pub fn is_whole(&self) -> bool {
        self.conditions.is_empty() && self.sort.is_empty() && self.limit.is_none() && self.columns.is_empty()
    }

    /// The part of `table`; the notes stay.
    ///
    /// # Errors
    /// When the table has no column of a name: with the nearest name and all of them.
    pub fn of(&self, mut table: Table) -> Result<Table, TableError> {
        for condition in &self.conditions {
            let place = table.place(&condition.name)?;
            table.rows.retain(|row| row.get(place).is_some_and(|cell| holds(condition, cell)));
        }
        let keys: Vec<(usize, bool)> = self
            .sort
            .iter()
            .map(|key| Ok((table.place(&key.column)?, key.descending)))
            .collect::<Result<_, TableError>>()?;
        table.rows.sort_by(|a, b| {
            let orders = keys.iter().map(|&(place, descending)| compare(&a[place], &b[place], descending));
            orders.fold(Ordering::Equal, Ordering::then)
        });
        table.rows.truncate(self.limit.unwrap_or(usize::MAX));
        if self.columns.is_empty() {
            return Ok(table);
        }
        let places: Vec<usize> = self.columns.iter().map(|name| table.place(name)).collect::<Result<_, _>>()?;
        let mut chosen = Table { notes: table.notes.clone(), ..Table::default() };
        for &place in &places {
            let mut column = table.columns[place].clone();
            // Who names a column wants to see it.
            column.for_programs = false;
            chosen.columns.push(column);
        }
        chosen.rows = table.rows.iter().map(|row| places.iter().map(|&place| row[place].clone()).collect()).collect();
        Ok(chosen)
    }
}

impl Table {
    /// The place of the column of that name: as it is written, else without quotes, with `_` and `-` for spaces.
    fn place(&self, name: &str) -> Result<usize, TableError> {
        let plain = |name: &str| name.replace('"', "").replace(['_', '-'], " ").to_lowercase();
        let exact = self.columns.iter().position(|column| column.name == name);
        let place = exact.or_else(|| self.columns.iter().position(|column| plain(&column.name) == plain(name)));
        place.ok_or_else(|| {
            let columns: Vec<String> = self.columns.iter().map(|column| column.name.clone()).collect();
            let names: Vec<&str> = columns.iter().map(String::as_str).collect();
            TableError::UnknownColumn {
                column: name.to_owned(),
                nearest: nearest(name, &names).map(str::to_owned),
                columns,
            }
        })
    }
}

/// The order of two cells: numbers by their size, then NaN, then texts by their signs; what is not known is last whichever way.
fn compare(a: &Cell, b: &Cell, descending: bool) -> Ordering {
    let class = |cell: &Cell| match cell {
        Cell::Null => 3,
        cell => match cell.number() {
            Some(number) if number.is_nan() => 1,
            Some(_) => 0,
            None => 2,
        },
    };
    let by_class = class(a).cmp(&class(b));
    let within = match (a.number(), b.number()) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => a.shown().cmp(&b.shown()),
    };
    by_class.then(if descending { within.reverse() } else { within })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::table::Column;

    fn table() -> Table {
        let row = |arm: &str, loss: Cell, length: i128| vec![Cell::Text(arm.to_owned()), loss, Cell::Integer(length)];
        Table {
            columns: vec![
                Column::text("arm"),
                Column::number("test loss"),
                Column { for_programs: true, ..Column::number("task.length") },
            ],
            rows: vec![
                row("lstm", Cell::Number(0.5), 50),
                row("gru", Cell::Number(f64::NAN), 100),
                row("elman", Cell::Null, 50),
                row("mgu", Cell::Number(0.25), 9),
            ],
            notes: vec!["note".to_owned()],
        }
    }

    fn shown(view: &View) -> Vec<String> {
        let table = view.of(table()).unwrap();
        table.rows.iter().map(|row| row.iter().map(Cell::shown).collect::<Vec<_>>().join(" ")).collect()
    }

    fn arms(conditions: &[&str], sort: &[&str], limit: Option<usize>) -> Vec<String> {
        let conditions = conditions.iter().map(|text| text.parse().unwrap()).collect();
        let sort = sort.iter().map(|text| SortKey::read(text)).collect();
        shown(&View { conditions, sort, limit, columns: vec!["arm".to_owned()] })
    }

    #[test]
    fn rows_are_chosen_sorted_and_limited() {
        assert_eq!(arms(&[], &[], None), ["lstm", "gru", "elman", "mgu"]);
        assert_eq!(arms(&["test loss<=0.5"], &[], None), ["lstm", "mgu"]);
        assert_eq!(arms(&["test_loss!=0.5", "task.length>=50"], &[], None), ["gru", "elman"]);
        assert_eq!(arms(&[], &["test loss"], None), ["mgu", "lstm", "gru", "elman"]);
        assert_eq!(arms(&[], &["-test-loss"], None), ["lstm", "mgu", "gru", "elman"], "the unknown stays last");
        // By size, not by signs; of equals the first stays first.
        assert_eq!(arms(&[], &["task.length"], None), ["mgu", "lstm", "elman", "gru"]);
        assert_eq!(arms(&[], &["task.length", "-arm"], Some(3)), ["mgu", "lstm", "elman"]);
    }

    #[test]
    fn columns_are_chosen_and_unknown_ones_named() {
        let columns =
            |names: &[&str]| View { columns: names.iter().map(|&name| name.to_owned()).collect(), ..View::default() };
        let chosen = columns(&["task.length", "arm"]).of(table()).unwrap();
        assert!(chosen.columns.iter().all(|column| !column.for_programs));
        assert_eq!(chosen.rows[3], [Cell::Integer(9), Cell::Text("mgu".to_owned())]);
        assert_eq!(chosen.notes, ["note"]);
        assert!(columns(&[]).is_whole() && !columns(&["arm"]).is_whole());
        let error = columns(&["test los"]).of(table()).unwrap_err().to_string();
        assert!(error.contains("did you mean `test loss`") && error.contains("task.length"), "{error}");
    }
}
