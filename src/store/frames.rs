//! Operations on whole tables: fitting them to the schema, selecting by trial, sorting, bringing them into one form.

use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, IntoColumn, NewChunkedArray, SortMultipleOptions, StringChunked,
};
use polars::prelude::{Float64Chunked, Int64Chunked, UInt32Chunked, UInt64Chunked};

use super::error::SchemaError;
use super::plan_columns::{PLANNED, PlanColumns};
use super::row::Row;

/// The columns of `T` in the order of its schema, and the others.
///
/// A column that may be null and is absent, as in a table of an older version, is filled with null.
pub(super) fn conform<T: Row>(frame: &DataFrame) -> Result<(DataFrame, Vec<Column>), SchemaError> {
    let mut columns = Vec::with_capacity(T::FIELDS.len());
    for field in T::FIELDS {
        let wanted = field.kind.data_type();
        match frame.column(field.name) {
            Ok(column) if *column.dtype() != wanted => {
                return Err(SchemaError::WrongType {
                    column: field.name.to_owned(),
                    found: column.dtype().to_string(),
                    expected: wanted.to_string(),
                });
            }
            Ok(column) if !field.nullable && column.null_count() > 0 => {
                let row = column.is_null().iter().position(|null| null == Some(true)).unwrap_or_default();
                return Err(SchemaError::Null { column: field.name.to_owned(), row });
            }
            Ok(column) => columns.push(column.clone()),
            Err(_) if field.nullable => {
                columns.push(Column::full_null(field.name.into(), frame.height(), &wanted));
            }
            Err(_) => return Err(SchemaError::MissingColumn { column: field.name.to_owned() }),
        }
    }
    let is_field = |column: &Column| T::FIELDS.iter().any(|field| field.name == column.name().as_str());
    let others = frame.columns().iter().filter(|column| !is_field(column)).cloned().collect();
    Ok((DataFrame::new(frame.height(), columns)?, others))
}

/// The columns of `T` without those that follow them in a frame of the store, and one that says of each row whether its trial is in
/// the plan of these columns.
pub(super) fn planned<T: Row>(frame: &DataFrame, columns: &PlanColumns) -> Result<DataFrame, SchemaError> {
    let frame = conform::<T>(frame)?.0;
    let planned = mask(&frame, |id| columns.has(id))?.with_name(PLANNED.into()).into_column();
    Ok(frame.hstack(&[planned])?)
}

/// A flag for each row: whether its `trial_id` satisfies `keep`.
pub(super) fn mask(frame: &DataFrame, keep: impl Fn(&str) -> bool) -> Result<BooleanChunked, SchemaError> {
    let ids = frame.column("trial_id")?.str()?;
    Ok(BooleanChunked::from_iter_values("keep".into(), ids.iter().map(|id| id.is_some_and(&keep))))
}

/// A flag for each row of a part of the probes: whether its `trial_id` satisfies `keep`, and its update is the first or the last one
/// that the part has of its trial and probe. The rows come in the order of the table.
pub(super) fn first_and_last(frame: &DataFrame, keep: impl Fn(&str) -> bool) -> Result<BooleanChunked, SchemaError> {
    /// A probe of the trial at hand.
    struct Seen<'a> {
        probe: &'a str,
        first: u64,
        last: u64,
        /// The rows of the last update.
        rows: Vec<usize>,
    }
    let (ids, probes) = (frame.column("trial_id")?.str()?, frame.column("probe")?.str()?);
    let updates = frame.column("update")?.u64()?;
    let mut kept = vec![false; frame.height()];
    let (mut trial, mut wanted, mut seen) = (None, false, Vec::<Seen<'_>>::new());
    for (row, ((id, probe), update)) in ids.iter().zip(probes.iter()).zip(updates.iter()).enumerate() {
        if id != trial {
            seen.drain(..).flat_map(|seen| seen.rows).for_each(|row| kept[row] = true);
            (trial, wanted) = (id, id.is_some_and(&keep));
        }
        let (true, Some(probe), Some(update)) = (wanted, probe, update) else { continue };
        let Some(known) = seen.iter_mut().find(|seen| seen.probe == probe) else {
            seen.push(Seen { probe, first: update, last: update, rows: vec![row] });
            continue;
        };
        if update != known.last {
            // What is given up here lies between the first and the last update.
            if known.last == known.first {
                known.rows.iter().for_each(|&row| kept[row] = true);
            }
            known.rows.clear();
            known.last = update;
        }
        known.rows.push(row);
    }
    seen.into_iter().flat_map(|seen| seen.rows).for_each(|row| kept[row] = true);
    Ok(BooleanChunked::from_iter_values("keep".into(), kept.into_iter()))
}

/// The trial ids, in the order of the rows.
pub(super) fn trial_ids(frame: &DataFrame) -> Result<Vec<String>, SchemaError> {
    Ok(frame.column("trial_id")?.str()?.iter().map(|id| id.unwrap_or_default().to_owned()).collect())
}

/// Sorted by the columns of [`Row::ORDER`], null first; rows that are equal in them keep their order.
pub(super) fn sorted<T: Row>(frame: &DataFrame) -> Result<DataFrame, SchemaError> {
    let options = SortMultipleOptions::default().with_maintain_order(true);
    Ok(frame.sort(T::ORDER.iter().copied(), options)?)
}

/// Sorted as by [`sorted`], every row once, and the number of those that were there again.
pub(super) fn sorted_once<T: Row>(frame: &DataFrame) -> Result<(DataFrame, usize), SchemaError> {
    let frame = sorted::<T>(frame)?;
    let mut again = vec![true; frame.height()];
    if let Some(first) = again.first_mut() {
        *first = false;
    }
    macro_rules! compare {
        ($column:ident, $accessor:ident, $bits:expr) => {{
            let cells: Vec<_> = $column.$accessor()?.iter().map(|cell| cell.map($bits)).collect();
            for (again, pair) in again.iter_mut().skip(1).zip(cells.windows(2)) {
                *again &= pair[0] == pair[1];
            }
        }};
    }
    for column in frame.columns() {
        match column.dtype() {
            DataType::String => compare!(column, str, |text| text),
            DataType::UInt32 => compare!(column, u32, |number| number),
            DataType::UInt64 => compare!(column, u64, |number| number),
            DataType::Int64 => compare!(column, i64, |number| number),
            DataType::Float64 => compare!(column, f64, f64::to_bits),
            DataType::Boolean => compare!(column, bool, |flag| flag),
            // No column of ours, and of no use to tell rows apart.
            _ => {}
        }
    }
    let count = again.iter().filter(|again| **again).count();
    if count == 0 {
        return Ok((frame, 0));
    }
    let once = BooleanChunked::from_iter_values("once".into(), again.into_iter().map(|again| !again));
    Ok((frame.filter(&once)?, count))
}

/// A frame's values in one chunk per column, with a validity bitmap only where there is a null.
///
/// The Parquet writer's bytes depend on both, and they on the frame's history.
pub(super) fn canonical(frame: &DataFrame) -> Result<DataFrame, SchemaError> {
    macro_rules! rebuilt {
        ($array:ident, $column:ident, $accessor:ident) => {
            $array::from_iter_options($column.name().clone(), $column.$accessor()?.iter()).into_column()
        };
    }
    let columns = frame.columns().iter().map(|column| {
        Ok(match column.dtype() {
            DataType::String => rebuilt!(StringChunked, column, str),
            DataType::UInt32 => rebuilt!(UInt32Chunked, column, u32),
            DataType::UInt64 => rebuilt!(UInt64Chunked, column, u64),
            DataType::Int64 => rebuilt!(Int64Chunked, column, i64),
            DataType::Float64 => rebuilt!(Float64Chunked, column, f64),
            DataType::Boolean => rebuilt!(BooleanChunked, column, bool),
            other => {
                return Err(SchemaError::WrongType {
                    column: column.name().to_string(),
                    found: other.to_string(),
                    expected: "text, a number or a boolean".to_owned(),
                });
            }
        })
    });
    Ok(DataFrame::new(frame.height(), columns.collect::<Result<_, _>>()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{ProbeRow, samples::record};

    /// Of each trial and probe the rows of the first and of the last update, however many the part has of each.
    #[test]
    fn what_lies_between_the_first_and_the_last_update_is_left_out() {
        let pattern = record(0).probes[0].clone();
        let row = |(trial, update, probe, lag): (&str, u64, &str, u32)| {
            let (trial_id, probe) = (trial.to_owned(), probe.to_owned());
            ProbeRow { trial_id, update, probe, lag: Some(lag), ..pattern.clone() }
        };
        let all = [
            ("t1", 0, "a", 0),
            ("t1", 0, "a", 1),
            ("t1", 5, "a", 0),
            ("t1", 5, "b", 0),
            ("t1", 9, "a", 0),
            ("t1", 9, "a", 1),
            ("t2", 3, "b", 0),
            ("t3", 1, "a", 0),
            ("t3", 2, "a", 0),
            ("t3", 4, "a", 0),
            ("t4", 7, "b", 0),
            ("t4", 7, "b", 1),
            ("t4", 8, "b", 0),
            ("t4", 9, "b", 0),
        ];
        let frame = ProbeRow::to_frame(&all.map(row)).unwrap();
        let kept = |keep: &dyn Fn(&str) -> bool| {
            let kept = first_and_last(&frame, keep).unwrap();
            let of =
                |(place, row): (usize, (&'static str, u64, &'static str, u32))| kept.get(place).unwrap().then_some(row);
            all.into_iter().enumerate().filter_map(of).collect::<Vec<_>>()
        };
        let between = [("t1", 5, "a", 0), ("t3", 2, "a", 0), ("t4", 8, "b", 0)];
        let expected: Vec<_> = all.into_iter().filter(|row| !between.contains(row)).collect();
        assert_eq!(kept(&|_| true), expected);
        let expected: Vec<_> = expected.into_iter().filter(|row| row.0 == "t3").collect();
        assert_eq!(kept(&|id| id == "t3"), expected);
    }
}
