//! A part of a table as a reader asks for it: some rows, in some order, some columns.

use std::{borrow::Cow, cmp::Ordering};

use super::cell::Cell;
use super::content::Table;
use super::error::TableError;
use super::filter::holds;
use super::part::Part;
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
            let place = table.find(&condition.name)?;
            table.rows.retain(|row| place.of(row).is_some_and(|cell| holds(condition, &cell)));
        }
        let keys: Vec<(Place, bool)> = self
            .sort
            .iter()
            .map(|key| Ok((table.find(&key.column)?, key.descending)))
            .collect::<Result<_, TableError>>()?;
        table.rows.sort_by(|a, b| {
            let cell = |place: &Place, row| place.of(row).unwrap_or(Cow::Owned(Cell::Null));
            let orders = keys.iter().map(|(place, descending)| compare(&cell(place, a), &cell(place, b), *descending));
            orders.fold(Ordering::Equal, Ordering::then)
        });
        table.rows.truncate(self.limit.unwrap_or(usize::MAX));
        if self.columns.is_empty() {
            return Ok(table);
        }
        let named: Vec<Place> = self.columns.iter().map(|name| table.find(name)).collect::<Result<_, _>>()?;
        // Each once; a whole column has its parts.
        let mut places: Vec<Place> = vec![];
        for place in &named {
            let whole = Place { part: None, ..*place };
            if !places.contains(place) && (place.part.is_none() || !named.contains(&whole)) {
                places.push(*place);
            }
        }
        let mut chosen = Table { notes: table.notes.clone(), ..Table::default() };
        for place in &places {
            let mut column = table.columns[place.column].clone();
            column.name = place.named(&column.name);
            // Who names a column wants to see it.
            column.for_programs = false;
            chosen.columns.push(column);
        }
        let cells = |row: &Vec<Cell>| places.iter().map(|place| place.shown(row)).collect();
        chosen.rows = table.rows.iter().map(cells).collect();
        Ok(chosen)
    }
}

/// A column, or one of the parts that it has for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    column: usize,
    part: Option<Part>,
}

impl Place {
    /// The cell of a row there.
    fn of<'a>(&self, row: &'a [Cell]) -> Option<Cow<'a, Cell>> {
        let cell = row.get(self.column)?;
        Some(self.part.map_or(Cow::Borrowed(cell), |part| Cow::Owned(part.of(cell))))
    }

    /// The cell of a row there, as a column of its own has it.
    fn shown(&self, row: &[Cell]) -> Cell {
        match self.of(row).map(Cow::into_owned) {
            // The end of an interval is a number like others.
            Some(Cell::Estimate { estimate, .. }) if self.part.is_some() => Cell::Number(estimate.value),
            cell => cell.unwrap_or(Cell::Null),
        }
    }

    /// The name of the part of a column of this name.
    fn named(&self, column: &str) -> String {
        self.part.map_or_else(|| column.to_owned(), |part| format!("{column} {}", part.name()))
    }
}

impl Table {
    /// The place of that name: a column as it is written, else without quotes, with `_` and `-` for spaces; or, after its name, a part that
    /// its cells have for programs.
    fn find(&self, name: &str) -> Result<Place, TableError> {
        let plain = |name: &str| name.replace('"', "").replace(['_', '-'], " ").to_lowercase();
        let exact = self.columns.iter().position(|column| column.name == name);
        let place = exact.or_else(|| self.columns.iter().position(|column| plain(&column.name) == plain(name)));
        let part = || {
            let parts =
                Part::ALL.into_iter().flat_map(|part| (0..self.columns.len()).map(move |column| (column, part)));
            let has = |column: usize, part: Part| {
                self.rows.iter().any(|row| row.get(column).is_some_and(|cell| part.is_in(cell)))
            };
            let mut named = parts.filter(|(column, part)| {
                plain(&format!("{} {}", self.columns[*column].name, part.name())) == plain(name)
            });
            named.find(|(column, part)| self.rows.is_empty() || has(*column, *part))
        };
        let whole = place.map(|column| Place { column, part: None });
        whole.or_else(|| part().map(|(column, part)| Place { column, part: Some(part) })).ok_or_else(|| {
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
    use crate::{
        results::table::{Column, Infinite},
        stats::Estimate,
    };

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

    /// `--where` takes what is shown and what a program is given, of a column and of each of its parts, and finds the row.
    #[test]
    fn conditions_are_on_columns_for_programs_too() {
        let estimate = |value: f64, low: f64, high: f64| Cell::Estimate {
            estimate: Estimate { value, low, high, n: 8, confidence: 0.95 },
            infinite: Infinite { below: "< 10".to_owned(), beyond: "> 400".to_owned() },
        };
        let (below, beyond) = (f64::NEG_INFINITY, f64::INFINITY);
        let share = |value: f64| Cell::Share(Estimate { value, low: value / 3.0, high: 1.0, n: 4, confidence: 0.95 });
        let rows = [
            vec![estimate(120.5, 93.25, 160.0), Cell::Progress { count: 3, of: 5 }, share(0.25)],
            vec![estimate(beyond, 1.0 / 3.0, beyond), Cell::Progress { count: 4, of: 6 }, share(0.5)],
            vec![estimate(below, below, 12.5), Cell::Progress { count: 5, of: 7 }, Cell::Null],
        ];
        let table = Table {
            columns: ["reach", "trials", "solved"].map(Column::number).into(),
            rows: rows.into(),
            notes: vec![],
        };
        let kept = |condition: String| {
            let conditions = vec![condition.parse().unwrap_or_else(|error| panic!("{condition}: {error}"))];
            View { conditions, ..View::default() }
                .of(table.clone())
                .unwrap_or_else(|error| panic!("{condition}: {error}"))
                .rows
        };
        let flat = table.flat();
        assert_eq!(flat.columns.len(), 5 + 2 + 5);
        // Each once, and a part within its whole.
        let columns = ["reach low", "solved", "reach", "solved", "trials planned"].map(str::to_owned).to_vec();
        let once = View { columns, ..View::default() }.of(table.clone()).unwrap();
        let names: Vec<&str> = once.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["solved", "reach", "trials planned"]);
        for (place, column) in flat.columns.iter().enumerate() {
            let columns = vec![column.name.clone()];
            let alone = View { columns, ..View::default() }.of(table.clone()).unwrap();
            assert_eq!(alone.columns[0].name, column.name);
            for (row, cells) in flat.rows.iter().enumerate() {
                for text in [cells[place].exact(), alone.rows[row][0].shown()] {
                    let found = kept(format!("{}={text}", column.name));
                    let rounded = text != cells[place].exact() && text.contains('.');
                    assert!(rounded || found.contains(&table.rows[row]), "{}={text}", column.name);
                }
            }
        }
        for (condition, row) in [
            ("reach low=< 10", 2),
            ("reach low=-inf", 2),
            ("reach_high=> 400", 1),
            ("reach high=inf", 1),
            ("reach=> 400 [0.333, > 400]", 1),
        ] {
            assert_eq!(kept(condition.to_owned()), [table.rows[row].clone()], "{condition}");
        }
        assert_eq!(kept("reach low>1".to_owned()).len(), 1);
        assert_eq!(kept("trials planned>=6".to_owned()).len(), 2);
        let unknown = View { columns: vec!["trials low".to_owned()], ..View::default() }.of(table.clone());
        assert!(unknown.is_err(), "a count has no interval");
    }
}
