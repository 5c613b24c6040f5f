//! A stored table and the journal's rows as one table.

use polars::prelude::{Column, DataFrame};

use super::error::SchemaError;
use super::frames::conform;
use super::row::Row;

/// Rows that are held as structs at a time, on their way into a frame; few in tests, so that they too meet its end.
const BATCH: usize = if cfg!(test) { 2 } else { 1 << 16 };

/// A stored table, with the rows of some trials replaced, in the order of the table, part by part.
///
/// All tables are sorted by trial first, so the result is made of slices of the stored table and new rows between them; only a
/// part of it is ever in memory.
pub(super) struct Merge<T> {
    /// The current part of the stored table, sorted by trial: its own columns, then others.
    stored: DataFrame,
    /// Names and types of the others, which are null in new rows.
    others: Vec<Column>,
    /// Rows of the part before this one are in `ready`, or were replaced.
    next: usize,
    /// The last trial that was replaced, whose stored rows may go on in the next part.
    replaced: Option<String>,
    /// New rows that are not yet in `ready`.
    batch: Vec<T>,
    /// Merged rows that nobody has taken yet.
    ready: DataFrame,
}

impl<T: Row> Merge<T> {
    /// Begins with the first part of a table as it was read; none is an empty one.
    pub(super) fn of(part: Option<DataFrame>) -> Result<Self, SchemaError> {
        let part = match part {
            Some(part) => part,
            None => T::to_frame(&[])?,
        };
        let (stored, others) = columns::<T>(&part)?;
        let ready = stored.clear();
        Ok(Self { stored, others, next: 0, replaced: None, batch: Vec::new(), ready })
    }

    /// Goes on with the next part, after all trials of the one before were replaced that are to be.
    pub(super) fn go_on(&mut self, part: &DataFrame) -> Result<(), SchemaError> {
        self.take_stored(self.stored.height())?;
        (self.stored, self.others) = columns::<T>(part)?;
        self.next = 0;
        if let Some(replaced) = self.replaced.take() {
            self.next = self.position(|stored| stored <= replaced.as_str())?;
            self.replaced = Some(replaced);
        }
        Ok(())
    }

    /// The last trial of the current part.
    pub(super) fn last(&self) -> Result<Option<String>, SchemaError> {
        let ids = self.stored.column("trial_id")?.str()?;
        Ok(self.stored.height().checked_sub(1).and_then(|last| ids.get(last)).map(str::to_owned))
    }

    /// Replaces all rows of a trial. Trials must come in ascending order of their ids.
    pub(super) fn replace(&mut self, id: &str, rows: &[T]) -> Result<(), SchemaError> {
        let before = self.position(|stored| stored < id)?;
        self.take_stored(before)?;
        self.next = self.position(|stored| stored <= id)?;
        self.replaced = Some(id.to_owned());
        let start = self.batch.len();
        self.batch.extend_from_slice(rows);
        self.batch[start..].sort_by(T::compare);
        if self.batch.len() >= BATCH {
            self.flush()?;
        }
        Ok(())
    }

    /// Merged rows, if there are many or no more will come; at the end all.
    pub(super) fn take(&mut self, at_end: bool) -> Result<Option<DataFrame>, SchemaError> {
        if at_end {
            self.take_stored(self.stored.height())?;
            self.flush()?;
        }
        let enough = at_end || self.ready.height() >= BATCH;
        let rest = self.ready.clear();
        Ok(enough.then(|| std::mem::replace(&mut self.ready, rest)))
    }

    /// The first row of the part whose trial's id is not `before`.
    fn position(&self, before: impl Fn(&str) -> bool) -> Result<usize, SchemaError> {
        let ids = self.stored.column("trial_id")?.str()?;
        let (mut low, mut high) = (self.next, self.stored.height());
        while low < high {
            let middle = low + (high - low) / 2;
            if ids.get(middle).is_some_and(&before) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// Takes over the rows of the part up to `end`, after the new rows that precede them.
    fn take_stored(&mut self, end: usize) -> Result<(), SchemaError> {
        if end > self.next {
            self.flush()?;
            self.ready.vstack_mut_owned(self.stored.slice(self.next as i64, end - self.next))?;
            self.next = end;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SchemaError> {
        if !self.batch.is_empty() {
            let frame = T::to_frame(&self.batch)?;
            let null = |column: &Column| Column::full_null(column.name().clone(), frame.height(), column.dtype());
            let others: Vec<Column> = self.others.iter().map(null).collect();
            self.ready.vstack_mut_owned(frame.hstack(&others)?)?;
            self.batch.clear();
        }
        Ok(())
    }
}

/// A part with the columns of `T` in their order before its others, and names and types of those.
fn columns<T: Row>(part: &DataFrame) -> Result<(DataFrame, Vec<Column>), SchemaError> {
    let (columns, others) = conform::<T>(part)?;
    let mut stored = columns.hstack(&others)?;
    stored.rechunk_mut();
    Ok((stored, others.iter().map(Column::clear).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{MetricRow, ProbeRow};

    fn row(id: &str, update: u64, value: f64) -> MetricRow {
        MetricRow { trial_id: id.into(), update, split: "test".into(), metric: "loss".into(), value }
    }

    /// The stored rows in parts of `size`, with those of `fresh` trials replaced.
    fn merged_by(size: usize, stored: &[MetricRow], fresh: &[(&str, Vec<MetricRow>)]) -> Vec<MetricRow> {
        let mut parts = stored.chunks(size.max(1)).map(|rows| MetricRow::to_frame(rows).unwrap());
        let mut fresh = fresh.iter().peekable();
        let mut merge = Merge::of(parts.next()).unwrap();
        loop {
            let last = merge.last().unwrap().unwrap_or_default();
            while let Some((id, rows)) = fresh.next_if(|(id, _)| *id <= last.as_str()) {
                merge.replace(id, rows).unwrap();
            }
            let Some(part) = parts.next() else { break };
            merge.go_on(&part).unwrap();
        }
        for (id, rows) in fresh {
            merge.replace(id, rows).unwrap();
        }
        MetricRow::from_frame(&merge.take(true).unwrap().unwrap()).unwrap()
    }

    fn merged(stored: &[MetricRow], fresh: &[(&str, Vec<MetricRow>)]) -> Vec<MetricRow> {
        let whole = merged_by(stored.len(), stored, fresh);
        for size in 1..stored.len() {
            assert_eq!(merged_by(size, stored, fresh), whole, "in parts of {size}");
        }
        whole
    }

    #[test]
    fn new_rows_stand_before_between_after_and_in_place_of_stored_ones() {
        let stored = [row("b", 1, 0.0), row("b", 2, 0.0), row("d", 1, 0.0), row("f", 1, 0.0)];
        let fresh = [
            ("a", vec![row("a", 2, 1.0), row("a", 1, 1.0)]),
            ("b", vec![]),
            ("c", vec![row("c", 1, 1.0)]),
            ("d", vec![row("d", 9, 1.0)]),
            ("g", vec![row("g", 1, 1.0)]),
        ];
        let expected = [row("a", 1, 1.0), row("a", 2, 1.0), row("c", 1, 1.0), row("d", 9, 1.0), row("f", 1, 0.0)];
        assert_eq!(merged(&stored, &fresh), [expected.as_slice(), &[row("g", 1, 1.0)]].concat());
        assert_eq!(merged(&stored, &[]), stored);
        assert_eq!(merged(&[], &fresh[..1]), expected[..2]);
        assert!(merged(&stored[..2], &fresh[1..2]).is_empty());
    }

    #[test]
    fn rows_sort_as_frames_do_with_null_first() {
        let probe = |layer, lag, statistic: &str| ProbeRow {
            trial_id: "a".into(),
            update: 0,
            probe: "p".into(),
            layer,
            state: None,
            lag,
            index: None,
            statistic: statistic.into(),
            value: 0.0,
        };
        let rows = [
            probe(Some(1), None, "q90"),
            probe(None, Some(9), "median"),
            probe(Some(0), Some(10), "median"),
            probe(Some(0), Some(9), "q10"),
            probe(Some(0), None, "median"),
        ];
        let mut by_rows = rows.to_vec();
        by_rows.sort_by(ProbeRow::compare);
        let by_frame = super::super::frames::sorted::<ProbeRow>(&ProbeRow::to_frame(&rows).unwrap()).unwrap();
        assert_eq!(ProbeRow::from_frame(&by_frame).unwrap(), by_rows);
        assert_eq!(by_rows[0], rows[1]);
    }
}
