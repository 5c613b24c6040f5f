//! A stored table and the journal's rows as one table.

use polars::prelude::{Column, DataFrame};

use super::error::SchemaError;
use super::frames::{conform, sorted};
use super::row::Row;

/// Rows that are held as structs at a time, on their way into a frame; few in tests, so that they too meet its end.
const BATCH: usize = if cfg!(test) { 2 } else { 1 << 16 };

/// A stored table, with the rows of some trials replaced, in the order of the table.
///
/// All tables are sorted by trial first, so the result is made of slices of the stored table and new rows between them;
/// sorting it as a whole takes several times as long.
pub(super) struct Merge<T> {
    /// The stored table, sorted by trial: its own columns, then others.
    stored: DataFrame,
    /// Names and types of the others, which are null in new rows.
    others: Vec<Column>,
    /// Stored rows before this one are in `merged`, or were replaced.
    next: usize,
    /// New rows that are not yet in `merged`.
    batch: Vec<T>,
    merged: Option<DataFrame>,
}

impl<T: Row> Merge<T> {
    /// Begins with a table as it was read; none is an empty one.
    pub(super) fn of(stored: Option<DataFrame>) -> Result<Self, SchemaError> {
        let stored = match stored {
            Some(frame) => frame,
            None => T::to_frame(&[])?,
        };
        let (columns, others) = conform::<T>(&stored)?;
        let mut stored = columns.hstack(&others)?;
        // Another program may have written it in another order.
        if !stored.column("trial_id")?.str()?.iter().is_sorted() {
            stored = sorted::<T>(&stored)?;
        }
        stored.rechunk_mut();
        let others = others.iter().map(Column::clear).collect();
        Ok(Self { stored, others, next: 0, batch: Vec::new(), merged: None })
    }

    /// Replaces all rows of a trial. Trials must come in ascending order of their ids.
    pub(super) fn replace(&mut self, id: &str, rows: &[T]) -> Result<(), SchemaError> {
        let before = self.position(|stored| stored < id)?;
        self.take_stored(before)?;
        self.next = self.position(|stored| stored <= id)?;
        let start = self.batch.len();
        self.batch.extend_from_slice(rows);
        self.batch[start..].sort_by(T::compare);
        if self.batch.len() >= BATCH {
            self.flush()?;
        }
        Ok(())
    }

    /// The merged table.
    pub(super) fn finish(mut self) -> Result<DataFrame, SchemaError> {
        self.take_stored(self.stored.height())?;
        self.flush()?;
        Ok(self.merged.unwrap_or_else(|| self.stored.clear()))
    }

    /// The first stored row whose trial's id is not `before`.
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

    /// Takes over the stored rows up to `end`, after the new rows that precede them.
    fn take_stored(&mut self, end: usize) -> Result<(), SchemaError> {
        if end > self.next {
            self.flush()?;
            self.push(self.stored.slice(self.next as i64, end - self.next))?;
            self.next = end;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SchemaError> {
        if !self.batch.is_empty() {
            let frame = T::to_frame(&self.batch)?;
            let null = |column: &Column| Column::full_null(column.name().clone(), frame.height(), column.dtype());
            let others: Vec<Column> = self.others.iter().map(null).collect();
            self.push(frame.hstack(&others)?)?;
            self.batch.clear();
        }
        Ok(())
    }

    fn push(&mut self, rows: DataFrame) -> Result<(), SchemaError> {
        match &mut self.merged {
            Some(merged) => {
                merged.vstack_mut_owned(rows)?;
            }
            None => self.merged = Some(rows),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{MetricRow, ProbeRow};

    fn row(id: &str, update: u64, value: f64) -> MetricRow {
        MetricRow { trial_id: id.into(), update, split: "test".into(), metric: "loss".into(), value }
    }

    fn merged(stored: &[MetricRow], fresh: &[(&str, Vec<MetricRow>)]) -> Vec<MetricRow> {
        let mut merge = Merge::of(Some(MetricRow::to_frame(stored).unwrap())).unwrap();
        for (id, rows) in fresh {
            merge.replace(id, rows).unwrap();
        }
        MetricRow::from_frame(&merge.finish().unwrap()).unwrap()
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
    fn a_table_in_another_order_is_sorted_first() {
        let stored = [row("b", 1, 0.0), row("a", 2, 0.0), row("a", 1, 0.0)];
        let expected = [row("a", 1, 0.0), row("a", 2, 0.0), row("ab", 0, 1.0), row("b", 1, 0.0)];
        assert_eq!(merged(&stored, &[("ab", vec![row("ab", 0, 1.0)])]), expected);
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
        let by_frame = sorted::<ProbeRow>(&ProbeRow::to_frame(&rows).unwrap()).unwrap();
        assert_eq!(ProbeRow::from_frame(&by_frame).unwrap(), by_rows);
        assert_eq!(by_rows[0], rows[1]);
    }
}
