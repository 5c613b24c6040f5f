//! A results folder: its tables and its journal as one set of trials.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::DataFrame;

use super::atomic::{sweep, sync_folder};
use super::error::{SchemaError, StoreError};
use super::journal::{self, Journal};
use super::lock::Lock;
use super::merge::Merge;
use super::plan_columns::PlanColumns;
use super::provenance::Provenance;
use super::record::{LINK_DIGITS, Link, MetricRow, ProbeRow, Record, RecordRow, TrialRow, tables};
use super::regular::read_regular;
use super::row::Row;
use super::scores::Scores;
use super::{frames, layout, parquet};

/// Rows that are structs at a time.
const STRUCTS: usize = 1 << 16;

/// The stored trials of a results folder.
///
/// A trial in the journal replaces the one of the same id in all tables. So a process killed between
/// two steps of [`Store::compact`] leaves nothing to repair.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    /// Held by a store that may write.
    _lock: Option<Lock>,
    journal: Option<Journal>,
    /// All stored trials.
    trials: BTreeMap<String, TrialRow>,
    /// For each trial in the journal the offset of its last record.
    pending: BTreeMap<String, u64>,
}

impl Store {
    /// Opens a folder for writing: creates it, takes its lock, reads its tables and what earlier processes, killed or not,
    /// left in the journal.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process writes there; any other where a file cannot be read.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(dir).map_err(StoreError::io("create the folder", dir))?;
        let lock = Lock::take(dir)?;
        let tables = tables()
            .map(|table| layout::table(table.name))
            .into_iter()
            .chain([layout::JOURNAL.to_owned()])
            .collect::<Vec<_>>();
        sweep(dir, &tables).map_err(StoreError::io("remove left-over files of", dir))?;
        // The tables first: a folder that cannot be read is left as it is.
        let stored = read_trials(dir)?.unwrap_or_default();
        let (journal, entries) = Journal::open(dir)?;
        Ok(Self::assemble(dir, Some(lock), stored, Some((journal, entries))))
    }

    /// Opens a folder for reading, also while another process writes to it: what was durable when it was opened is seen.
    ///
    /// # Errors
    /// [`StoreError::Nothing`] where there are neither tables nor a journal; any other where a file cannot be read.
    pub fn read(dir: &Path) -> Result<Self, StoreError> {
        // The journal first: a writer empties it only once the tables hold what was in it.
        let journal = Journal::read_only(dir)?;
        let stored = read_trials(dir)?;
        if stored.is_none() && journal.is_none() {
            return Err(StoreError::Nothing { dir: dir.to_owned() });
        }
        Ok(Self::assemble(dir, None, stored.unwrap_or_default(), journal))
    }

    fn assemble(
        dir: &Path,
        lock: Option<Lock>,
        stored: Vec<TrialRow>,
        journal: Option<(Journal, Vec<journal::Entry>)>,
    ) -> Self {
        let mut trials: BTreeMap<_, _> = stored.into_iter().map(|trial| (trial.trial_id.clone(), trial)).collect();
        let mut pending = BTreeMap::new();
        let journal = journal.map(|(journal, entries)| {
            for entry in entries {
                pending.insert(entry.trial.trial_id.clone(), entry.offset);
                trials.insert(entry.trial.trial_id.clone(), entry.trial);
            }
            journal
        });
        Self { dir: dir.to_owned(), _lock: lock, journal, trials, pending }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// All stored trials by id, those in the journal included.
    pub fn trials(&self) -> &BTreeMap<String, TrialRow> {
        &self.trials
    }

    /// The stored trial of that id, if its provenance is the given one.
    ///
    /// Whatever its status: whether a trial that timed out or failed is run again is for the runner to say.
    pub fn stored(&self, trial_id: &str, provenance: Provenance) -> Option<&TrialRow> {
        self.trials.get(trial_id).filter(|trial| provenance.is_of(trial))
    }

    /// Stores a trial; it is durable when this returns. It replaces an earlier trial of the same id with all its rows.
    ///
    /// # Errors
    ///
    /// When the store is open for reading only, or the journal cannot be written.
    pub fn append(&mut self, record: &Record) -> Result<(), StoreError> {
        let offset = self.writer()?.append(record)?;
        self.pending.insert(record.trial.trial_id.clone(), offset);
        self.trials.insert(record.trial.trial_id.clone(), record.trial.clone());
        Ok(())
    }

    /// Bytes of records that are in the journal and not yet in the tables.
    ///
    /// A long run compacts when this outgrows what it likes to read again; [`Store::compact`] rewrites whole tables.
    pub fn pending_bytes(&self) -> u64 {
        self.journal.as_ref().map_or(0, Journal::bytes)
    }

    /// Bytes of an unfinished record that a killed process left at the journal's end; 0 after a clean end.
    pub fn dropped_bytes(&self) -> u64 {
        self.journal.as_ref().map_or(0, Journal::dropped)
    }

    /// Writes the tables, with the plan's columns in `trials` and whether a row's trial is planned in all, and empties the journal.
    ///
    /// The tables' bytes depend on the stored trials and the plan's columns only. Each table is the old or the new one at any
    /// instant, and the journal is emptied last.
    ///
    /// # Errors
    ///
    /// When the store is open for reading only, or a file cannot be read or written.
    pub fn compact(&mut self, columns: &PlanColumns) -> Result<(), StoreError> {
        self.writer()?;
        self.write_table::<Link>(columns)?;
        self.write_table::<ProbeRow>(columns)?;
        self.write_table::<MetricRow>(columns)?;
        let trials = self.trials_frame(columns)?;
        let mut writer = parquet::Writer::begin(&self.path::<TrialRow>(), &trials)?;
        writer.add(trials)?;
        writer.finish()?;
        sync_folder(&self.dir).map_err(StoreError::io("sync", &self.dir))?;
        self.writer()?.clear()?;
        self.pending.clear();
        Ok(())
    }

    /// The name of each table that the folder has, with the first digits of BLAKE3 over its file.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn digests(&self) -> Result<Vec<(String, String)>, StoreError> {
        let paths = tables().map(|table| (table.name.to_owned(), self.dir.join(layout::table(table.name))));
        let there = paths.into_iter().filter(|(_, path)| path.is_file());
        let digest = |(name, path): (String, PathBuf)| {
            let bytes = read_regular(&path).map_err(StoreError::io("read", &path))?;
            Ok((name, blake3::hash(&bytes).to_hex()[..LINK_DIGITS].to_owned()))
        };
        there.map(digest).collect()
    }

    /// The rows of a table whose trial satisfies `keep`, in the order of [`Row::ORDER`].
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

    /// Hands the rows of a table whose trial satisfies `keep` to `each`, in the order of [`Row::ORDER`]; few are in memory at a
    /// time.
    ///
    /// # Errors
    /// When a file cannot be read, and the first error of `each`.
    pub fn visit<T: RecordRow>(
        &self,
        keep: impl Fn(&str) -> bool,
        mut each: impl FnMut(T) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let damaged = damaged(self.path::<T>());
        self.scan::<T, StoreError>(&mut |part| {
            let kept = frames::mask(&part, &keep).map_err(&damaged)?;
            let part = part.filter(&kept).map_err(|source| damaged(source.into()))?;
            for start in (0..part.height()).step_by(STRUCTS) {
                let rows = T::from_frame(&part.slice(start as i64, STRUCTS)).map_err(&damaged)?;
                rows.into_iter().try_for_each(&mut each)?;
            }
            Ok(())
        })
    }

    /// Hands the rows of the probes whose trial satisfies `keep` to `each`, in the order of [`Row::ORDER`]: those of the first and the
    /// last update of each trial and probe for certain, of those between hardly any.
    ///
    /// # Errors
    /// When a file cannot be read, and the first error of `each`.
    pub fn visit_first_and_last(
        &self,
        keep: impl Fn(&str) -> bool,
        mut each: impl FnMut(ProbeRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let damaged = damaged(self.path::<ProbeRow>());
        self.scan::<ProbeRow, StoreError>(&mut |part| {
            // Structs are made of few rows: a part has all updates of its trials, but for the first one's and the last one's.
            let kept = frames::first_and_last(&part, &keep).map_err(&damaged)?;
            let part = part.filter(&kept).map_err(|source| damaged(source.into()))?;
            ProbeRow::from_frame(&part).map_err(&damaged)?.into_iter().try_for_each(&mut each)
        })
    }

    /// Hands a table to `each` as frames, in the order of [`Row::ORDER`]: one at least, if only for its columns, and none of more
    /// than some hundred thousand rows.
    ///
    /// # Errors
    /// When a file cannot be read, and the first error of `each`.
    pub fn scan<T: RecordRow, E: From<StoreError>>(
        &self,
        each: &mut dyn FnMut(DataFrame) -> Result<(), E>,
    ) -> Result<(), E> {
        let path = self.path::<T>();
        let mut reader = parquet::Reader::open(&path)?;
        let damaged = damaged(path);
        let failed = |source| E::from(damaged(source));
        // Another program may have written it in another order.
        let first = match &mut reader {
            Some(reader) if !reader.is_own() => Some(frames::sorted::<T>(&reader.whole()?).map_err(failed)?),
            Some(reader) => reader.next_part()?,
            None => None,
        };
        let mut parts = reader.filter(parquet::Reader::is_own);
        let mut merge = Merge::<T>::of(first).map_err(failed)?;
        let mut pending = self.pending.iter().peekable();
        loop {
            let last = merge.last().map_err(failed)?;
            let part = parts.as_mut().map(parquet::Reader::next_part).transpose()?.flatten();
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

    /// A whole table as a frame, in the order of [`Row::ORDER`]; [`Store::scan`] needs less memory.
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
            let others: Vec<_> = scores.columns(&ids, &self.trials).into_iter().chain(columns.columns(&ids)).collect();
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

    /// The journal of a store that may write.
    fn writer(&mut self) -> Result<&mut Journal, StoreError> {
        match &mut self.journal {
            Some(journal) if self._lock.is_some() => Ok(journal),
            _ => Err(StoreError::NotWritable { dir: self.dir.clone() }),
        }
    }

    fn write_table<T: RecordRow>(&self, columns: &PlanColumns) -> Result<(), StoreError> {
        let path = self.path::<T>();
        let mut writer: Option<parquet::Writer> = None;
        self.scan_planned::<T, StoreError>(columns, &mut |part| {
            let writer = match &mut writer {
                Some(writer) => writer,
                None => writer.insert(parquet::Writer::begin(&path, &part)?),
            };
            writer.add(part)
        })?;
        writer.map_or(Ok(()), parquet::Writer::finish)
    }

    /// A table that holds a value which this version does not know.
    pub(crate) fn unknown_value<T: Row>(&self, column: &str, value: String) -> StoreError {
        damaged(self.path::<T>())(SchemaError::UnknownValue { column: column.to_owned(), value })
    }

    fn path<T: Row>(&self) -> PathBuf {
        self.dir.join(layout::table(T::TABLE))
    }
}

/// For `map_err`: the table at `path` is not as it should be.
fn damaged(path: PathBuf) -> impl Fn(SchemaError) -> StoreError {
    move |source| StoreError::Table { path: path.clone(), source }
}

/// The trials of the table in `dir`; `None` where there is no table.
fn read_trials(dir: &Path) -> Result<Option<Vec<TrialRow>>, StoreError> {
    let path = dir.join(layout::table(TrialRow::TABLE));
    let Some(reader) = parquet::Reader::open(&path)? else { return Ok(None) };
    TrialRow::from_frame(&reader.whole()?).map(Some).map_err(|source| StoreError::Table { path, source })
}

#[cfg(test)]
mod tests;
