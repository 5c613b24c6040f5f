//! Tables for programs: JSON.

use serde_json::{Map, Number, Value};

use super::cell::Cell;
use super::content::Table;
use super::error::TableError;

/// The table as a JSON array with one object per row, in the order of the columns. Numbers read back as the same bits; what
/// JSON has no number for is text: `"NaN"`, `"inf"`, `"-inf"`; an estimate takes five keys.
pub fn json(table: &Table) -> Result<String, TableError> {
    let flat = table.flat();
    let object = |row: &Vec<Cell>| {
        let names = flat.columns.iter().map(|column| column.name.clone());
        Value::Object(names.zip(row.iter().map(value)).collect::<Map<_, _>>())
    };
    let rows: Vec<Value> = flat.rows.iter().map(object).collect();
    let mut text = serde_json::to_string_pretty(&rows).map_err(|error| TableError::Encode(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

fn value(cell: &Cell) -> Value {
    let number = match cell {
        Cell::Null => return Value::Null,
        Cell::Boolean(flag) => return Value::Bool(*flag),
        Cell::Integer(integer) => Number::from_i128(*integer),
        Cell::Number(number) => Number::from_f64(*number),
        Cell::Text(_) | Cell::Share(_) | Cell::Estimate { .. } => None,
    };
    number.map_or_else(|| Value::String(cell.exact()), Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_back_with_null_and_nan_told_apart() {
        let read: Value = serde_json::from_str(&json(&Table::sample()).unwrap()).unwrap();
        assert_eq!(read[0]["n"], -3);
        assert_eq!(read[0]["time"], 1.5e-9);
        assert_eq!(read[0]["loss high"], "inf");
        assert_eq!(read[0]["loss n"], 8);
        assert_eq!(read[0]["ok"], true);
        assert_eq!(read[1]["a_rm"], "[two\nlines");
        assert_eq!(read[1]["n"], Value::Null);
        assert_eq!(read[1]["time"], "NaN");
        let keys: Vec<_> = read[0].as_object().unwrap().keys().take(3).collect();
        assert_eq!(keys, ["a_rm", "n", "time"]);
        assert_eq!(json(&Table::default()).unwrap(), "[]\n");
    }
}
