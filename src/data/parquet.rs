//! Parquet: a row for each sequence, whose input is a list.

use std::{collections::BTreeMap, fs::File};

use polars::prelude::{ArrowDataType, Column, DataType, PolarsError, Series};
use polars_io::{
    SerReader as _,
    parquet::read::{ParallelStrategy, ParquetReader},
};

use super::{
    array::{Array, Values},
    decode::{narrow, single},
    fault::Fault,
    memory::available_memory,
    names::check_names,
};

/// Rows that are decoded at a time.
const ROWS: usize = 1024;
/// The column that names the part of the data set that a row belongs to.
const SPLIT: &str = "split";
/// The parts' names, in the order of their numbers.
const SPLITS: [&str; 3] = ["train", "validation", "test"];

fn damaged(error: &PolarsError) -> Fault {
    Fault::new(format!("the file cannot be read as Parquet ({error})"), "write it again")
}

/// Reads the columns as arrays. A column of lists is an array of two axes, one of lists of lists an array of three; where the outer
/// lists are not of one length, an array `lengths` tells them. The words of `split` are given as their numbers.
pub(super) fn read(file: File, names: &[&str]) -> Result<BTreeMap<String, Array>, Fault> {
    let mut reader = ParquetReader::new(file.try_clone().map_err(|error| damaged(&error.into()))?);
    let schema = reader.schema().map_err(|error| damaged(&error))?;
    let found: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
    check_names(&found, &[names, &[SPLIT]].concat())?;
    for (name, field) in schema.iter() {
        if !is_readable(&field.dtype, name.as_str() == SPLIT, 2) {
            let what = if name.as_str() == SPLIT { "text" } else { "numbers, lists of them or lists of such lists" };
            return Err(Fault::new("is of a type that is not read", format!("give {what}")).of(name));
        }
    }
    let rows = reader.num_rows().map_err(|error| damaged(&error))?;
    let mut columns: BTreeMap<String, Collected> = BTreeMap::new();
    for start in (0..rows).step_by(ROWS) {
        let file = file.try_clone().map_err(|error| damaged(&error.into()))?;
        let part = ParquetReader::new(file)
            .read_parallel(ParallelStrategy::None)
            .with_slice(Some((start, ROWS)))
            .finish()
            .map_err(|error| damaged(&error))?;
        for column in part.columns() {
            let name = column.name().to_string();
            columns.entry(name.clone()).or_default().add(column).map_err(|fault| fault.of(&name))?;
        }
    }
    let mut arrays = BTreeMap::new();
    for (name, column) in columns {
        let (array, lengths) = column.padded(rows).map_err(|fault| fault.of(&name))?;
        arrays.insert(name, array);
        if let Some(lengths) = lengths {
            arrays.insert("lengths".to_owned(), Array { shape: vec![rows], values: Values::Integers(lengths) });
        }
    }
    Ok(arrays)
}

fn is_readable(dtype: &ArrowDataType, split: bool, depth: usize) -> bool {
    use ArrowDataType::{
        Boolean, Float32, Float64, Int8, Int16, Int32, Int64, LargeList, LargeUtf8, List, UInt8, UInt16, UInt32,
        UInt64, Utf8, Utf8View,
    };
    match dtype {
        Utf8 | LargeUtf8 | Utf8View => split,
        Boolean | Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64 | Float32 | Float64 => !split,
        List(field) | LargeList(field) => !split && depth > 0 && is_readable(&field.dtype, false, depth - 1),
        _ => false,
    }
}

/// A column as far as it was read.
#[derive(Default)]
struct Collected {
    rows: usize,
    /// The lengths of the lists, outer ones first.
    lists: Vec<Vec<usize>>,
    values: Option<Values>,
}

impl Collected {
    fn add(&mut self, column: &Column) -> Result<(), Fault> {
        let before = self.rows;
        self.rows += column.len();
        let mut series = column.as_materialized_series().rechunk();
        let mut depth = 0;
        while let DataType::List(_) = series.dtype() {
            series = self.unlist(series, depth, before)?;
            depth += 1;
        }
        missing(&series, before)?;
        let added = values(&series)?;
        let more = added.len() * 4;
        let have = self.values.as_ref().map_or(0, Values::len) * 4;
        if (have + more) as u64 > available_memory().unwrap_or(u64::MAX) {
            return Err(Fault::new("needs more memory than this machine has", "give fewer sequences"));
        }
        match (&mut self.values, added) {
            (None, added) => self.values = Some(added),
            (Some(Values::Bytes(all)), Values::Bytes(added)) => all.extend(added),
            (Some(Values::Integers(all)), Values::Integers(added)) => all.extend(added),
            (Some(Values::Singles(all)), Values::Singles(added)) => all.extend(added),
            _ => return Err(Fault::new("changes its type", "write the file again")),
        }
        Ok(())
    }

    /// The values in lists of lists, one list less deep; the lengths of the outer ones are noted.
    fn unlist(&mut self, series: Series, depth: usize, before: usize) -> Result<Series, Fault> {
        missing(&series, before)?;
        let series = series.trim_lists_to_normalized_offsets().unwrap_or(series);
        let list = series.list().map_err(|error| damaged(&error))?;
        if self.lists.len() == depth {
            self.lists.push(vec![]);
        }
        let mut inner: Vec<Series> = vec![];
        for chunk in list.downcast_iter() {
            self.lists[depth].extend(chunk.offsets().lengths());
            let part = Series::try_from((series.name().clone(), chunk.values().clone()));
            inner.push(part.map_err(|error| damaged(&error))?);
        }
        let mut inner = inner.into_iter();
        let mut all = inner.next().unwrap_or_else(|| Series::new_empty(series.name().clone(), &DataType::Float32));
        for part in inner {
            all.append(&part).map_err(|error| damaged(&error))?;
        }
        Ok(all)
    }

    /// The array of all rows, and the lengths of its outer lists where they are not the same; shorter ones are filled up with zeros.
    fn padded(self, rows: usize) -> Result<(Array, Option<Vec<i32>>), Fault> {
        let values = self.values.unwrap_or(Values::Singles(vec![]));
        let mut lists = self.lists.into_iter();
        let Some(steps) = lists.next() else { return Ok((Array { shape: vec![rows], values }, None)) };
        let features = match lists.next() {
            None => None,
            Some(features) => {
                let width = features.first().copied().unwrap_or(0);
                if features.iter().any(|&other| other != width) {
                    let message = "has steps of different numbers of features";
                    return Err(Fault::new(message, "give every step as many"));
                }
                Some(width)
            }
        };
        let longest = steps.iter().copied().max().unwrap_or(0);
        let shape: Vec<usize> = [rows, longest].into_iter().chain(features).collect();
        if steps.iter().all(|&steps| steps == longest) {
            return Ok((Array { shape, values }, None));
        }
        super::decode::room(super::dtype::DType::F32, &shape)?;
        let width = features.unwrap_or(1);
        let values = match values {
            Values::Bytes(values) => Values::Bytes(fill(&values, &steps, longest, width)),
            Values::Integers(values) => Values::Integers(fill(&values, &steps, longest, width)),
            Values::Singles(values) => Values::Singles(fill(&values, &steps, longest, width)),
        };
        let lengths = steps.iter().map(|&steps| narrow(steps as i64)).collect::<Result<_, _>>();
        let lengths = lengths.map_err(|what| Fault::new(format!("has a list of {what}"), "give shorter ones"))?;
        Ok((Array { shape, values }, Some(lengths)))
    }
}

fn fill<T: Copy + Default>(values: &[T], steps: &[usize], longest: usize, width: usize) -> Vec<T> {
    let mut filled = vec![T::default(); steps.len() * longest * width];
    let mut start = 0;
    for (row, &steps) in steps.iter().enumerate() {
        let own = &values[start..][..steps * width];
        filled[row * longest * width..][..own.len()].copy_from_slice(own);
        start += own.len();
    }
    filled
}

fn missing(series: &Series, before: usize) -> Result<(), Fault> {
    if series.null_count() == 0 {
        return Ok(());
    }
    let from = if before == 0 { String::new() } else { format!(" from row {before} on") };
    Err(Fault::new(format!("has nulls{from}"), "fill them in, or leave these rows out"))
}

/// The numbers of a column without lists.
fn values(series: &Series) -> Result<Values, Fault> {
    let failed = |error: PolarsError| damaged(&error);
    let wrong = |what: String| Fault::new(format!("holds {what}"), "give finite numbers of a usual size");
    Ok(match series.dtype() {
        DataType::Boolean | DataType::UInt8 => {
            let bytes = series.cast(&DataType::UInt8).map_err(failed)?;
            Values::Bytes(bytes.u8().map_err(failed)?.into_no_null_iter().collect())
        }
        DataType::Float32 | DataType::Float64 => {
            let wide = series.cast(&DataType::Float64).map_err(failed)?;
            let numbers = wide.f64().map_err(failed)?.into_no_null_iter().map(|number| single(number).map_err(wrong));
            Values::Singles(numbers.collect::<Result<_, _>>()?)
        }
        DataType::String => {
            let number = |word: Option<&str>| {
                let word = word.unwrap_or_default();
                let place = SPLITS.iter().position(|split| *split == word);
                place.map(|place| place as u8).ok_or_else(|| {
                    Fault::new(format!("holds `{}`", crate::text::shortened(word)), "give train, validation or test")
                })
            };
            Values::Bytes(series.str().map_err(failed)?.iter().map(number).collect::<Result<_, _>>()?)
        }
        _ => {
            let wide = series.cast(&DataType::Int64).map_err(failed)?;
            let numbers = wide.i64().map_err(failed)?.iter();
            // What does not fit into 64 bits is null.
            let numbers = numbers.map(|number| narrow(number.unwrap_or(i64::MAX)).map_err(wrong));
            Values::Integers(numbers.collect::<Result<_, _>>()?)
        }
    })
}
