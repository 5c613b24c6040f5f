//! A results folder: its tables and its journal as one set of trials.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, IntoColumn as _};

use super::atomic::{sweep, sync_folder};
use super::error::{SchemaError, StoreError};
use super::journal::{self, Journal};
use super::lock::Lock;
use super::merge::Merge;
use super::plan_columns::{PLANNED, PlanColumns};
use super::provenance::Provenance;
use super::record::{Link, MetricRow, ProbeRow, Record, RecordRow, TrialRow, tables};
use super::row::Row;
use super::{frames, layout, parquet};

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
    pub fn compact(&mut self, columns: &PlanColumns) -> Result<(), StoreError> {
        self.writer()?;
        self.write_table::<Link>(&self.planned_frame::<Link>(columns)?)?;
        self.write_table::<ProbeRow>(&self.planned_frame::<ProbeRow>(columns)?)?;
        self.write_table::<MetricRow>(&self.planned_frame::<MetricRow>(columns)?)?;
        self.write_table::<TrialRow>(&self.trials_frame(columns)?)?;
        sync_folder(&self.dir).map_err(StoreError::io("sync", &self.dir))?;
        self.writer()?.clear()?;
        self.pending.clear();
        Ok(())
    }

    /// The rows of a table whose trial satisfies `keep`, in the order of [`Row::ORDER`].
    pub fn rows<T: RecordRow>(&self, keep: impl Fn(&str) -> bool) -> Result<Vec<T>, StoreError> {
        let damaged = damaged(self.path::<T>());
        let frame = self.frame::<T>()?;
        let kept = frames::mask(&frame, keep).map_err(&damaged)?;
        let frame = frame.filter(&kept).map_err(|source| damaged(source.into()))?;
        T::from_frame(&frame).map_err(&damaged)
    }

    /// A whole table as a frame, in the order of [`Row::ORDER`].
    ///
    /// `trials` has the plan's columns that the last [`Store::compact`] wrote after those of its schema; they are null for
    /// trials that are still in the journal. [`Store::trials_frame`] has the columns of a given plan instead.
    pub fn frame<T: RecordRow>(&self) -> Result<DataFrame, StoreError> {
        let path = self.path::<T>();
        let stored = parquet::read(&path)?;
        let damaged = damaged(path);
        let mut merge = Merge::<T>::of(stored).map_err(&damaged)?;
        if let Some(journal) = &self.journal {
            for (id, offset) in &self.pending {
                let record = journal.record(*offset)?;
                merge.replace(id, T::of(&record)).map_err(&damaged)?;
            }
        }
        merge.finish().map_err(&damaged)
    }

    /// A table as a frame that says of each row whether its trial is in the plan of these columns.
    pub fn planned_frame<T: RecordRow>(&self, columns: &PlanColumns) -> Result<DataFrame, StoreError> {
        let damaged = damaged(self.path::<T>());
        let frame = frames::schema_only::<T>(&self.frame::<T>()?).map_err(&damaged)?;
        let planned = frames::mask(&frame, |id| columns.arms.contains_key(id)).map_err(&damaged)?;
        let planned = planned.with_name(PLANNED.into()).into_column();
        frame.hstack(&[planned]).map_err(|source| damaged(source.into()))
    }

    /// The trials table as a frame with the columns of a plan in place of those last written.
    pub fn trials_frame(&self, columns: &PlanColumns) -> Result<DataFrame, StoreError> {
        let damaged = damaged(self.path::<TrialRow>());
        let frame = self.planned_frame::<TrialRow>(columns)?;
        let ids = frames::trial_ids(&frame).map_err(&damaged)?;
        frame.hstack(&columns.columns(&ids)).map_err(|source| damaged(source.into()))
    }

    /// The journal of a store that may write.
    fn writer(&mut self) -> Result<&mut Journal, StoreError> {
        match &mut self.journal {
            Some(journal) if self._lock.is_some() => Ok(journal),
            _ => Err(StoreError::NotWritable { dir: self.dir.clone() }),
        }
    }

    fn write_table<T: Row>(&self, frame: &DataFrame) -> Result<(), StoreError> {
        let path = self.path::<T>();
        let mut frame = frames::canonical(frame).map_err(|source| StoreError::Write { path: path.clone(), source })?;
        parquet::write(&path, &mut frame)
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
    let Some(frame) = parquet::read(&path)? else { return Ok(None) };
    TrialRow::from_frame(&frame).map(Some).map_err(|source| StoreError::Table { path, source })
}

#[cfg(test)]
mod tests {
    use super::super::plan_columns::{ARM, Swept, SweptValue};
    use super::super::samples::record;
    use super::*;

    const TABLES: [&str; 4] = ["trials.parquet", "metrics.parquet", "probes.parquet", "chains.parquet"];

    fn columns(count: u64) -> PlanColumns {
        let id = |n| record(n).trial.trial_id;
        let number = |n: u64| SweptValue { text: n.to_string(), number: Some(n as f64) };
        PlanColumns {
            arms: (0..count).map(|n| (id(n), format!("arm {}", n % 2))).collect(),
            swept: vec![Swept {
                path: "task.length".into(),
                values: (0..count).map(|n| (id(n), number(n % 2))).collect(),
            }],
        }
    }

    fn bytes(dir: &Path) -> Vec<Vec<u8>> {
        TABLES.iter().map(|name| fs::read(dir.join(name)).unwrap()).collect()
    }

    /// All that the store holds, as bytes: NaN is not equal to itself.
    fn contents(store: &Store) -> Vec<u8> {
        let trials: Vec<TrialRow> = store.trials().values().cloned().collect();
        assert_eq!(trials, store.rows::<TrialRow>(|_| true).unwrap());
        let rows = (store.rows::<MetricRow>(|_| true).unwrap(), store.rows::<ProbeRow>(|_| true).unwrap());
        postcard::to_stdvec(&(trials, rows, store.rows::<Link>(|_| true).unwrap())).unwrap()
    }

    #[test]
    fn a_trial_is_there_for_the_next_process_whether_or_not_the_run_ended() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("deep/results");
        let mut store = Store::open(&dir).unwrap();
        store.append(&record(2)).unwrap();
        store.append(&record(1)).unwrap();
        let before = contents(&store);
        drop(store);
        let mut store = Store::open(&dir).unwrap();
        assert_eq!(contents(&store), before);
        assert!(store.pending_bytes() > 0);
        store.compact(&PlanColumns::default()).unwrap();
        assert_eq!((contents(&store), store.pending_bytes()), (before.clone(), 0));
        drop(store);
        assert_eq!(contents(&Store::read(&dir).unwrap()), before);
    }

    #[test]
    fn the_tables_bytes_do_not_depend_on_how_the_run_went() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut store = Store::open(one.path()).unwrap();
        for n in 0..8 {
            store.append(&record(n)).unwrap();
        }
        store.compact(&columns(8)).unwrap();

        let mut store = Store::open(two.path()).unwrap();
        for n in [5, 0, 7, 3, 1, 5, 6, 2, 4] {
            store.append(&record(n)).unwrap();
            if n % 3 == 0 {
                store.compact(&columns(4)).unwrap();
            }
        }
        drop(store);
        let mut store = Store::open(two.path()).unwrap();
        store.compact(&columns(8)).unwrap();
        assert_eq!(bytes(one.path()), bytes(two.path()));
        store.compact(&columns(8)).unwrap();
        assert_eq!(bytes(one.path()), bytes(two.path()));
    }

    #[test]
    fn a_trial_that_is_run_again_replaces_its_rows_in_all_tables() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        store.append(&record(1)).unwrap();
        store.append(&record(2)).unwrap();
        store.compact(&PlanColumns::default()).unwrap();
        let id = record(1).trial.trial_id;
        let mut again = record(1);
        again.trial.updates = 7;
        again.metrics.truncate(1);
        again.probes.clear();
        again.chain.truncate(2);
        for compacted in [false, true] {
            if compacted {
                store.compact(&PlanColumns::default()).unwrap();
            } else {
                store.append(&again).unwrap();
            }
            assert_eq!(store.rows::<TrialRow>(|row| row == id).unwrap(), [again.trial.clone()]);
            assert_eq!(store.rows::<MetricRow>(|row| row == id).unwrap().len(), 1);
            assert!(store.rows::<ProbeRow>(|row| row == id).unwrap().is_empty());
            assert_eq!(store.rows::<Link>(|row| row == id).unwrap(), again.chain);
            assert_eq!(store.rows::<ProbeRow>(|_| true).unwrap().len(), record(2).probes.len());
        }
    }

    #[test]
    fn killed_between_any_two_steps_of_compaction_it_loses_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        (0..3).for_each(|n| store.append(&record(n)).unwrap());
        store.compact(&columns(3)).unwrap();
        let mut again = record(1);
        again.probes.pop();
        store.append(&again).unwrap();
        store.append(&record(4)).unwrap();
        let expected = contents(&store);
        drop(store);
        let names: Vec<_> = TABLES.into_iter().chain([layout::JOURNAL]).collect();
        let before: Vec<_> = names.iter().map(|name| fs::read(dir.path().join(name)).unwrap()).collect();
        Store::open(dir.path()).unwrap().compact(&columns(3)).unwrap();
        let after: Vec<_> = names.iter().map(|name| fs::read(dir.path().join(name)).unwrap()).collect();

        // Any of the tables may have been renamed, in any order; the journal is emptied after all of them.
        for renamed in 0..16_usize {
            for (index, name) in names.iter().enumerate() {
                let source = if renamed >> index & 1 == 1 { &after } else { &before };
                fs::write(dir.path().join(name), &source[index]).unwrap();
            }
            fs::write(dir.path().join(".metrics.parquet.1.tmp"), "half").unwrap();
            assert_eq!(contents(&Store::read(dir.path()).unwrap()), expected, "{renamed:04b}");
            let mut store = Store::open(dir.path()).unwrap();
            assert_eq!(contents(&store), expected, "{renamed:04b}");
            store.compact(&columns(3)).unwrap();
            assert_eq!(bytes(dir.path()), after[..4], "{renamed:04b}");
            assert!(!dir.path().join(".metrics.parquet.1.tmp").exists());
        }
    }

    #[test]
    fn a_second_writer_is_told_and_readers_are_let_in() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let error = Store::open(dir.path()).unwrap_err();
        assert!(matches!(error, StoreError::Locked { .. }));
        assert!(error.to_string().contains("in use"), "{error}");
        store.append(&record(1)).unwrap();
        let mut reader = Store::read(dir.path()).unwrap();
        assert_eq!(reader.trials().len(), 1);
        // Compacted under the reader, which still sees what it opened.
        store.compact(&PlanColumns::default()).unwrap();
        assert_eq!(contents(&reader), contents(&store));
        assert!(matches!(reader.append(&record(2)), Err(StoreError::NotWritable { .. })));
        assert!(matches!(reader.compact(&PlanColumns::default()), Err(StoreError::NotWritable { .. })));
        drop(store);
        Store::open(dir.path()).unwrap();
    }

    #[test]
    fn reading_where_nothing_is_says_so_and_creates_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("missing");
        assert!(matches!(Store::read(&missing), Err(StoreError::Nothing { .. })));
        assert!(matches!(Store::read(dir.path()), Err(StoreError::Nothing { .. })));
        assert!(!missing.exists());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_trial_is_reused_only_from_the_same_engine_device_and_numerics() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        store.append(&record(1)).unwrap();
        let id = record(1).trial.trial_id;
        assert!(store.stored(&id, Provenance { engine: "fused", device: "cpu", numerics: 1 }).is_some());
        for (engine, device, numerics) in [("dfdx", "cpu", 1), ("fused", "cuda", 1), ("fused", "cpu", 2)] {
            assert!(store.stored(&id, Provenance { engine, device, numerics }).is_none());
        }
        assert!(store.stored("none", Provenance { engine: "fused", device: "cpu", numerics: 1 }).is_none());
    }

    #[test]
    fn the_plans_columns_are_shown_and_trials_of_other_plans_stay() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        (0..3).for_each(|n| store.append(&record(n)).unwrap());
        store.compact(&columns(2)).unwrap();
        store.append(&record(0)).unwrap();
        let frame = store.frame::<TrialRow>().unwrap();
        let lengths: Vec<_> = frame.column("task.length").unwrap().i64().unwrap().iter().collect();
        // By id: 1, 0, 2.
        assert_eq!(lengths, [Some(1), None, None], "0 is in the journal, 2 is not in the plan");
        let arms = store.trials_frame(&columns(2)).unwrap();
        let arms: Vec<_> = arms.column(ARM).unwrap().str().unwrap().iter().collect();
        assert_eq!(arms, [Some("arm 1"), Some("arm 0"), None]);
        assert_eq!(store.trials().len(), 3);
    }

    #[test]
    fn a_damaged_table_is_named_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("trials.parquet"), "not a table").unwrap();
        for error in [Store::open(dir.path()).unwrap_err(), Store::read(dir.path()).unwrap_err()] {
            assert!(error.to_string().contains("trials.parquet"), "{error}");
        }
        assert!(!dir.path().join(layout::JOURNAL).exists());
    }
}
