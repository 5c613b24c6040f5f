//! Tables for programs: JSON.

use serde_json::{Map, Number, Value};

use super::cell::Cell;
use super::content::Table;
use super::error::TableError;

/// The table as a JSON array with one object per row, in the order of the columns. Numbers read back as the same bits; what
/// JSON has no number for, NaN and the infinities, is null, so that a column of numbers holds nothing else; CSV and Parquet tell
/// them apart. An estimate takes five keys.
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
    flat.rows.into_iter().map(move |row| {
        let names = columns.iter().map(|column| column.name.clone());
        let object = Value::Object(names.zip(row.iter().map(value)).collect::<Map<_, _>>());
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
        let keys: Vec<_> = read[0].as_object().unwrap().keys().take(3).collect();
        assert_eq!(keys, ["a_rm", "n", "time"]);
        assert_eq!(json(&Table::default()).unwrap(), "[]\n");
    }
}
