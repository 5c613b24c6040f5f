//! Tables for programs: JSON.

use serde_json::{Map, Number, Value};

use super::cell::{Cell, INFINITY};
use super::content::{Column, Table};
use super::error::TableError;

/// The last key of a row in which some number is not finite: a map from the keys of these to what they are.
const NOT_FINITE: &str = "not finite";

/// The table as a JSON array with one object per row, in the order of the columns. Numbers read back as the same bits. What JSON has no
/// number for, NaN and the infinities, is null, so that a column of numbers holds nothing else, and the row has one key more,
/// `not finite`, a map that says what each of them is: in the words that a reader is shown in its place, such as `> 400` or `diverged`, else
/// `inf`, `-inf` or `NaN`. An estimate takes five keys.
///
/// # Errors
///
/// [`TableError::Encode`], which no table should lead to.
pub fn json(table: &Table) -> Result<String, TableError> {
    let objects = objects(table).collect::<Result<Vec<_>, _>>()?;
    Ok(if objects.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", objects.join(",\n")) })
}

/// The rows as JSON objects, indented as elements of an array.
pub(super) fn objects(table: &Table) -> impl Iterator<Item = Result<String, TableError>> {
    let flat = table.flat();
    let columns = flat.columns;
    flat.rows.into_iter().zip(&table.rows).map(move |(row, whole)| {
        let names = columns.iter().map(|column| column.name.clone());
        let mut object: Map<_, _> = names.zip(row.iter().map(value)).collect();
        let words = not_finite(table, whole);
        if !words.is_empty() {
            object.insert(NOT_FINITE.to_owned(), Value::Object(words));
        }
        let object = Value::Object(object);
        let text = serde_json::to_string_pretty(&object).map_err(|error| TableError::Encode(error.to_string()))?;
        // Line ends within text are escaped, so that each line here is one of the object's.
        Ok(format!("  {}", text.replace('\n', "\n  ")))
    })
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Boolean(flag) => Value::Bool(*flag),
        Cell::Integer(integer) => Number::from_i128(*integer).map_or(Value::Null, Value::Number),
        Cell::Number(number) | Cell::Setting(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Cell::Text(_) | Cell::Share(_) | Cell::Estimate { .. } | Cell::Progress { .. } => Value::String(cell.exact()),
    }
}

/// By the keys of a row's numbers that are not finite, what they are.
fn not_finite(table: &Table, row: &[Cell]) -> Map<String, Value> {
    let mut words = Map::new();
    let mut add = |name: String, number: f64, word: &str| {
        if !number.is_finite() {
            let word =
                if word.is_empty() || word.ends_with(INFINITY) { format!("{number:?}") } else { word.to_owned() };
            words.insert(name, Value::String(word));
        }
    };
    for (Column { name, .. }, cell) in table.columns.iter().zip(row) {
        match cell {
            Cell::Number(number) | Cell::Setting(number) => add(name.clone(), *number, ""),
            Cell::Estimate { estimate, infinite } => {
                for (part, number) in [("", estimate.value), (" low", estimate.low), (" high", estimate.high)] {
                    let word = if number.is_nan() { "" } else { infinite.word(number) };
                    add(format!("{name}{part}"), number, word);
                }
            }
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_back_and_numbers_are_numbers_or_null() {
        let read: Value = serde_json::from_str(&json(&Table::sample()).unwrap()).unwrap();
        assert_eq!(read[0]["n"], -3);
        assert_eq!(read[0]["time"], 1.5e-9);
        assert_eq!(read[0]["loss high"], Value::Null);
        assert_eq!(read[0]["loss n"], 8);
        assert_eq!(read[0]["ok"], true);
        assert_eq!(read[1]["a_rm"], "[two\nlines");
        assert_eq!(read[1]["n"], Value::Null);
        assert_eq!(read[1]["time"], Value::Null);
        assert_eq!(read[0]["not finite"], serde_json::json!({"loss high": "> 3000"}));
        assert_eq!(read[1]["not finite"], serde_json::json!({"time": "NaN"}));
        let keys: Vec<_> = read[0].as_object().unwrap().keys().take(3).collect();
        assert_eq!(keys, ["a_rm", "n", "time"]);
        assert_eq!(json(&Table::default()).unwrap(), "[]\n");
    }

    /// A bound, a number that is none, and a value that nobody knows are three things; what is finite says nothing more.
    #[test]
    fn what_is_null_is_told_apart() {
        use crate::{results::table::Infinite, stats::Estimate};
        let estimate = |value: f64, low: f64, high: f64| Estimate { value, low, high, n: 8, confidence: 0.95 };
        let bounds = || Infinite { below: "< 10".to_owned(), beyond: "> 400".to_owned() };
        let cell = |estimate| Cell::Estimate { estimate, infinite: bounds() };
        let (below, beyond) = (f64::NEG_INFINITY, f64::INFINITY);
        let cells = [
            cell(estimate(beyond, 120.0, beyond)),
            cell(estimate(below, below, 12.5)),
            cell(estimate(120.0, 93.0, 160.0)),
            Cell::Null,
            Cell::Estimate { estimate: estimate(0.5, below, beyond), infinite: INFINITY.into() },
            Cell::Number(below),
            Cell::Setting(beyond),
        ];
        let table = Table {
            columns: vec![Column::number("reach")],
            rows: cells.into_iter().map(|cell| vec![cell]).collect(),
            notes: vec![],
        };
        let read: Value = serde_json::from_str(&json(&table).unwrap()).unwrap();
        let words: Vec<Value> = read.as_array().unwrap().iter().map(|row| row["not finite"].clone()).collect();
        let expected = serde_json::json!([
            {"reach": "> 400", "reach high": "> 400"},
            {"reach": "< 10", "reach low": "< 10"},
            null,
            null,
            {"reach low": "-inf", "reach high": "inf"},
            {"reach": "-inf"},
            {"reach": "inf"},
        ]);
        assert_eq!(Value::Array(words), expected);
        assert!(read.as_array().unwrap().iter().all(|row| row["reach"].is_null() || row["reach"].is_number()));
        assert!(read[2].get("not finite").is_none() && read[3].get("not finite").is_none());
    }
}
