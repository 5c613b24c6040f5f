//! A column as far as it was read.

use polars::prelude::{ArrowDataType, DataType, Series};

use super::{
    damaged::damaged,
    numbers::{append, room_for, too_many},
};
use crate::data::{
    array::{Array, Values},
    decode::{narrow, room},
    dtype::DType,
    fault::Fault,
    memory::available_memory,
};

/// The rows of a column that were read.
pub(super) struct Collected {
    /// How many lists lie in each other.
    depth: usize,
    rows: usize,
    /// The lengths of the outer lists.
    steps: Vec<i32>,
    /// The length of the inner lists, once there was one.
    width: Option<usize>,
    values: Values,
}

impl Collected {
    /// No row yet of a column of that type, with the room for `most` numbers.
    pub(super) fn new(dtype: &ArrowDataType, most: usize) -> Result<Self, Fault> {
        let (mut depth, mut inner) = (0, dtype);
        while let ArrowDataType::List(field) | ArrowDataType::LargeList(field) = inner {
            (depth, inner) = (depth + 1, &field.dtype);
        }
        Ok(Self { depth, rows: 0, steps: vec![], width: None, values: room_for(inner, most)? })
    }

    /// How many rows were read.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Adds the next rows.
    pub(super) fn add(&mut self, mut series: Series) -> Result<(), Fault> {
        let before = self.rows;
        self.rows += series.len();
        let mut depth = 0;
        while let DataType::List(_) = series.dtype() {
            series = self.unlist(&series, depth, before)?;
            depth += 1;
        }
        missing(&series, before)?;
        if (self.values.len() + series.len()).saturating_mul(4) as u64 > available_memory().unwrap_or(u64::MAX) {
            return Err(too_many());
        }
        append(&mut self.values, &series)
    }

    /// The values in lists of lists, one list less deep; the lengths of the outer ones are noted.
    fn unlist(&mut self, series: &Series, depth: usize, before: usize) -> Result<Series, Fault> {
        missing(series, before)?;
        let list = series.list().map_err(|error| damaged(&error))?;
        let mut inner: Option<Series> = None;
        for chunk in list.downcast_iter() {
            for length in chunk.offsets().lengths() {
                self.note(depth, length)?;
            }
            let part = Series::try_from((series.name().clone(), chunk.values().clone()));
            let part = part.map_err(|error| damaged(&error))?;
            match &mut inner {
                None => inner = Some(part),
                Some(inner) => {
                    inner.append(&part).map_err(|error| damaged(&error))?;
                }
            }
        }
        Ok(inner.unwrap_or_else(|| Series::new_empty(series.name().clone(), &DataType::Float32)))
    }

    /// Takes note of the length of a list that lies in `depth` others.
    fn note(&mut self, depth: usize, length: usize) -> Result<(), Fault> {
        if depth == 0 {
            let length = narrow(length as i64);
            let length = length.map_err(|what| Fault::new(format!("has a list of {what}"), "give shorter ones"))?;
            self.steps.push(length);
        } else if *self.width.get_or_insert(length) != length {
            return Err(Fault::new("has steps of different numbers of features", "give every step as many"));
        }
        Ok(())
    }

    /// The array of all rows, and the lengths of its outer lists where they are not the same; shorter ones are filled up with zeros.
    pub(super) fn padded(self) -> Result<(Array, Option<Vec<i32>>), Fault> {
        let Self { depth, rows, steps, width, mut values } = self;
        let longest = steps.iter().copied().max().unwrap_or(0) as usize;
        let width = width.unwrap_or(0);
        let shape = [rows, longest, width][..=depth].to_vec();
        if steps.iter().all(|&length| length as usize == longest) {
            return Ok((Array { shape, values }, None));
        }
        room(DType::F32, &shape)?;
        let width = if depth == 1 { 1 } else { width };
        match &mut values {
            Values::Bytes(values) => fill(values, &steps, longest, width)?,
            Values::Integers(values) => fill(values, &steps, longest, width)?,
            Values::Singles(values) => fill(values, &steps, longest, width)?,
        }
        Ok((Array { shape, values }, Some(steps)))
    }
}

/// Fills each list up with zeros to the longest, from the last list on: nothing is held twice.
fn fill<T: Copy + Default>(values: &mut Vec<T>, steps: &[i32], longest: usize, width: usize) -> Result<(), Fault> {
    let mut end = values.len();
    let whole = steps.len() * longest * width;
    values.try_reserve_exact(whole - end).map_err(|_| too_many())?;
    values.resize(whole, T::default());
    for (row, &length) in steps.iter().enumerate().rev() {
        let (from, own) = (row * longest * width, length as usize * width);
        values.copy_within(end - own..end, from);
        values[from + own..from + longest * width].fill(T::default());
        end -= own;
    }
    Ok(())
}

fn missing(series: &Series, before: usize) -> Result<(), Fault> {
    if series.null_count() == 0 {
        return Ok(());
    }
    let from = if before == 0 { String::new() } else { format!(" from row {before} on") };
    Err(Fault::new(format!("has nulls{from}"), "fill them in, or leave these rows out"))
}
