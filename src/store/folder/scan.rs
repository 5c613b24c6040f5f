//! The rows of the stored trials, part by part.

use std::collections::BTreeMap;

use polars::prelude::{BooleanChunked, DataFrame, IntoColumn, NewChunkedArray, StringChunked};

use super::{Store, damaged};
use crate::store::digests::{CONTENTS, Digests, TableDigests};
use crate::store::error::{SchemaError, StoreError};
use crate::store::frames;
use crate::store::merge::Merge;
use crate::store::plan_columns::PlanColumns;
use crate::store::record::{MetricRow, ProbeRow, RecordRow, TrialRow};
use crate::store::scores::Scores;
use crate::store::table_reader::TableReader;

/// Rows that are structs at a time.
const STRUCTS: usize = 1 << 16;

impl Store {
    /// The rows of a table whose trial satisfies `keep`, in the order of `Row::ORDER`.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn rows<T: RecordRow>(&self, keep: impl Fn(&str) -> bool) -> Result<Vec<T>, StoreError> {
        let mut rows = Vec::new();
        self.visit(keep, |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Hands the rows of a table whose trial satisfies `keep` to `each`, in the order of `Row::ORDER`; few are in memory at a
    /// time.
    ///
    /// # Errors
    /// When a file cannot be read, and the first error of `each`.
    pub fn visit<T: RecordRow>(
        &self,
        keep: impl Fn(&str) -> bool,
        mut each: impl FnMut(T) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.visit_where(|part| frames::mask(part, &keep), &mut each)
    }

    /// Hands the rows of a table that `mask` keeps of each part to `each`.
    fn visit_where<T: RecordRow>(
        &self,
        mask: impl Fn(&DataFrame) -> Result<BooleanChunked, SchemaError>,
        each: &mut impl FnMut(T) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let damaged = damaged(self.path::<T>());
        self.scan::<T, StoreError>(&mut |part| {
            let kept = mask(&part).map_err(&damaged)?;
            let part = part.filter(&kept).map_err(|source| damaged(source.into()))?;
            for start in (0..part.height()).step_by(STRUCTS) {
                let rows = T::from_frame(&part.slice(start as i64, STRUCTS)).map_err(&damaged)?;
                rows.into_iter().try_for_each(&mut *each)?;
            }
            Ok(())
        })
    }

    /// The digest of each trial's probes, of those that satisfy `keep` and have any.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn probe_digests(&self, keep: impl Fn(&str) -> bool) -> Result<BTreeMap<String, u32>, StoreError> {
        let mut digests = TableDigests::default();
        self.visit(keep, |row: ProbeRow| {
            digests.add(&row.trial_id, &row);
            Ok(())
        })?;
        digests.close();
        Ok(digests.of)
    }

    /// Hands the rows of the probes whose trial satisfies `keep` to `each`, in the order of `Row::ORDER`: those of the first and the
    /// last update of each trial and probe for certain, of those between hardly any.
    ///
    /// # Errors
    /// When a file cannot be read, and the first error of `each`.
    pub fn visit_first_and_last(
        &self,
        keep: impl Fn(&str) -> bool,
        mut each: impl FnMut(ProbeRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // Structs are made of few rows: a part has all updates of its trials, but for the first one's and the last one's.
        self.visit_where(|part| frames::first_and_last(part, &keep), &mut each)
    }

    /// Hands a table to `each` as frames, in the order of `Row::ORDER`: one at least, if only for its columns, and none of more
    /// than some hundred thousand rows.
    ///
    /// # Errors
    /// When a file cannot be read, and the first error of `each`.
    pub fn scan<T: RecordRow, E: From<StoreError>>(
        &self,
        each: &mut dyn FnMut(DataFrame) -> Result<(), E>,
    ) -> Result<(), E> {
        let path = self.path::<T>();
        let reader = if self.unreadable.contains(T::TABLE) { None } else { TableReader::open(&path)? };
        // What cannot be had was noticed when the folder was opened, and the trials that it cost do not count.
        let mut reader = if self.doubtful { reader.map(TableReader::salvaging) } else { reader };
        let damaged = damaged(path);
        let failed = |source| E::from(damaged(source));
        let counting = |part: DataFrame| -> Result<DataFrame, E> {
            if !self.doubtful {
                return Ok(part);
            }
            let counts = frames::mask(&part, |id| self.trials.contains_key(id)).map_err(failed)?;
            part.filter(&counts).map_err(|source| failed(source.into()))
        };
        // Another program may have written it in another order.
        let first = match &mut reader {
            Some(reader) if !reader.is_own() => Some(frames::sorted_once::<T>(&reader.whole()?).map_err(failed)?.0),
            Some(reader) => reader.next_part()?,
            None => None,
        };
        let first = first.map(counting).transpose()?;
        let mut parts = reader.filter(TableReader::is_own);
        let mut merge = Merge::<T>::of(first).map_err(failed)?;
        let mut pending = self.pending.iter().peekable();
        loop {
            let last = merge.last().map_err(failed)?;
            let part = parts.as_mut().map(TableReader::next_part).transpose()?.flatten().map(counting).transpose()?;
            // After the last part come all that are left.
            while let Some((id, offset)) = pending.next_if(|(id, _)| part.is_none() || Some(*id) <= last.as_ref()) {
                let Some(journal) = &self.journal else { continue };
                merge.replace(id, T::of(&journal.record(*offset)?)).map_err(failed)?;
                merge.take(false).map_err(failed)?.map_or(Ok(()), &mut *each)?;
            }
            let Some(part) = part else { break };
            merge.go_on(&part).map_err(failed)?;
            merge.take(false).map_err(failed)?.map_or(Ok(()), &mut *each)?;
        }
        merge.take(true).map_err(failed)?.map_or(Ok(()), each)
    }

    /// A whole table as a frame, in the order of `Row::ORDER`; [`Store::scan`] needs less memory.
    ///
    /// `trials` has the plan's columns that the last [`Store::compact`] wrote after those of its schema; they are null for
    /// trials that are still in the journal. [`Store::trials_frame`] has the columns of a given plan instead.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn frame<T: RecordRow>(&self) -> Result<DataFrame, StoreError> {
        let damaged = damaged(self.path::<T>());
        let mut frame: Option<DataFrame> = None;
        self.scan::<T, StoreError>(&mut |part| {
            match &mut frame {
                Some(frame) => frame.vstack_mut_owned(part).map(|_| ()).map_err(|source| damaged(source.into()))?,
                None => frame = Some(part),
            }
            Ok(())
        })?;
        Ok(frame.unwrap_or_default())
    }

    /// Hands a table to `each` as [`Store::scan`] does, with a column that says of each row whether its trial is in the plan of
    /// these columns.
    ///
    /// # Errors
    /// When a file cannot be read, and the first error of `each`.
    pub fn scan_planned<T: RecordRow, E: From<StoreError>>(
        &self,
        columns: &PlanColumns,
        each: &mut dyn FnMut(DataFrame) -> Result<(), E>,
    ) -> Result<(), E> {
        let damaged = damaged(self.path::<T>());
        self.scan::<T, E>(&mut |part| each(frames::planned::<T>(&part, columns).map_err(&damaged)?))
    }

    /// Hands the trials table to `each` as [`Store::scan`] does, with final scores and the columns of a plan in place of those last
    /// written.
    ///
    /// # Errors
    /// When a file cannot be read, and the first error of `each`.
    pub fn scan_trials<E: From<StoreError>>(
        &self,
        columns: &PlanColumns,
        each: &mut dyn FnMut(DataFrame) -> Result<(), E>,
    ) -> Result<(), E> {
        let damaged = damaged(self.path::<TrialRow>());
        let scores = self.scores()?;
        self.scan_planned::<TrialRow, E>(columns, &mut |part| {
            let ids = frames::trial_ids(&part).map_err(&damaged)?;
            let contents = ids.iter().map(|id| self.digests.get(id).map(Digests::cell));
            let contents = StringChunked::from_iter_options(CONTENTS.name.into(), contents).into_column();
            let others = scores.columns(&ids, &self.trials).into_iter().chain([contents]);
            let others: Vec<_> = others.chain(columns.columns(&ids)).collect();
            each(part.hstack(&others).map_err(|source| damaged(source.into()))?)
        })
    }

    /// The trials table as a frame with the columns of a plan in place of those last written.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn trials_frame(&self, columns: &PlanColumns) -> Result<DataFrame, StoreError> {
        let damaged = damaged(self.path::<TrialRow>());
        let mut frame: Option<DataFrame> = None;
        self.scan_trials::<StoreError>(columns, &mut |part| {
            match &mut frame {
                Some(frame) => frame.vstack_mut_owned(part).map(|_| ()).map_err(|source| damaged(source.into()))?,
                None => frame = Some(part),
            }
            Ok(())
        })?;
        Ok(frame.unwrap_or_default())
    }

    /// The trials' scores at their last evaluations.
    fn scores(&self) -> Result<Scores, StoreError> {
        let damaged = damaged(self.path::<MetricRow>());
        let mut scores = Scores::default();
        self.scan::<MetricRow, StoreError>(&mut |part| scores.add(&part).map_err(&damaged))?;
        Ok(scores)
    }
}
