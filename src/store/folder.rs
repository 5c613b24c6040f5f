//! A results folder: its tables and its journal as one set of trials.

mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::atomic::{sweep, sync_folder, syncs_folder};
use super::damage::{Damage, put_aside};
use super::digests::{Digestible, Digests};
use super::error::{SchemaError, StoreError};
use super::journal::{Journal, Opened, Place};
use super::layout;
use super::lock::Lock;
use super::manifest::Manifest;
use super::plan_columns::PlanColumns;
use super::provenance::Provenance;
use super::record::{LINK_DIGITS, Link, MetricRow, ProbeRow, Record, TrialRow, tables};
use super::regular::{open_regular, read_regular, read_regular_text};
use super::row::Row;
use super::shared_trial::SharedTrial;
use super::soundness::{self, PLAN_KEY, Purpose, TABLES_KEY, Tables};
use super::suite_files;
use super::table_writer::{TableWriter, group_of};

/// The most bytes of records that wait in the journal before a run moves them into the tables.
const MOST_PENDING: u64 = if cfg!(test) { 1 << 13 } else { 64 << 20 };

/// The stored trials of a results folder.
///
/// A trial in the journal replaces the one of the same id in all tables. So a process killed between
/// two steps of [`Store::compact`] leaves nothing to repair. A trial of which a table lacks rows counts as not stored.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    /// Held by a store that may write.
    lock: Option<Lock>,
    journal: Option<Journal>,
    /// All stored trials.
    trials: BTreeMap<String, SharedTrial>,
    /// The digests of their rows.
    digests: BTreeMap<String, Digests>,
    /// For each trial in the journal the place of its last record.
    pending: BTreeMap<String, Place>,
    /// The faults that were found when the folder was opened.
    damages: Vec<Damage>,
    /// Files that are no tables, which a reader leaves alone.
    unreadable: BTreeSet<&'static str>,
    /// Whether tables have rows that do not count, or damaged parts.
    doubtful: bool,
    /// The digest of the plan's columns in the tables, where these hold all stored trials and nothing else.
    plan: Option<String>,
}

impl Store {
    /// Opens a folder for writing: creates it, takes its lock, looks at every byte of its tables and at what earlier processes, killed or
    /// not, left in the journal. What is damaged is put aside.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process writes there; any other where a file cannot be read.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(dir).map_err(StoreError::io("create the folder", dir))?;
        let lock = Lock::take(dir)?;
        sweep(dir, &[layout::MODELS, layout::FIGURES, layout::TABLES, layout::DAMAGED])
            .map_err(StoreError::io("remove left-over files of", dir))?;
        let lost = suite_files::lost_journal(dir);
        // Looked at first: a journal of another version leaves all as it is.
        let journal = Journal::open(dir)?;
        let mut store = Self::assemble(dir, Some(lock), Some(journal), Purpose::Whole)?.0;
        store.damages.extend(lost);
        store.put_aside()?;
        Ok(store)
    }

    /// Opens a folder for reading, also while another process writes to it: what was durable when it was opened is seen.
    ///
    /// # Errors
    /// [`StoreError::Nothing`] where there are neither tables nor a journal; any other where a file cannot be read.
    pub fn read(dir: &Path) -> Result<Self, StoreError> {
        Self::read_for(dir, Purpose::Read)
    }

    fn read_for(dir: &Path, purpose: Purpose) -> Result<Self, StoreError> {
        // The journal first: a writer empties it only once the tables hold what was in it.
        let journal = Journal::read_only(dir)?;
        let has_journal = journal.is_some();
        match Self::assemble(dir, None, journal, purpose)? {
            (_, false) if !has_journal => Err(StoreError::Nothing { dir: dir.to_owned() }),
            (mut store, _) => {
                store.damages.extend(suite_files::lost_journal(dir));
                Ok(store)
            }
        }
    }

    /// Opens a folder as [`Store::read`] does, but looks at every byte, so that all that is damaged is told.
    ///
    /// # Errors
    /// As of [`Store::read`].
    pub fn read_whole(dir: &Path) -> Result<Self, StoreError> {
        Self::read_for(dir, Purpose::Whole)
    }

    /// The store of what was found, and whether there is a table of trials.
    fn assemble(
        dir: &Path,
        lock: Option<Lock>,
        journal: Option<Opened>,
        purpose: Purpose,
    ) -> Result<(Self, bool), StoreError> {
        let (journal, entries, mut damages) = match journal {
            Some(Opened { journal, entries, damages }) => (Some(journal), entries, damages),
            None => (None, vec![], vec![]),
        };
        let ids: BTreeSet<&str> = entries.iter().map(|entry| entry.trial.trial_id.as_str()).collect();
        let found = soundness::read(dir, purpose, &ids)?;
        let Tables { there, mut trials, mut digests, unreadable, doubtful, plan, .. } = found;
        damages.extend(found.damages);
        let mut pending = BTreeMap::new();
        for entry in entries {
            let id = entry.trial.trial_id.clone();
            pending.insert(id.clone(), entry.place);
            digests.insert(id.clone(), entry.digests);
            trials.insert(id, entry.trial.into());
        }
        damages.extend(suite_files::faults(dir, !trials.is_empty()));
        let dir = dir.to_owned();
        Ok((Self { dir, lock, journal, trials, digests, pending, damages, unreadable, doubtful, plan }, there))
    }

    /// Keeps a copy of each damaged table, and clears those away that are none: they count as missing.
    fn put_aside(&mut self) -> Result<(), StoreError> {
        for damage in self.damages.iter_mut().filter(|damage| damage.file != layout::JOURNAL) {
            let path = self.dir.join(&damage.file);
            let failed = |source| StoreError::Io { action: "put aside the damaged", path: path.clone(), source };
            match read_regular(&path) {
                Ok(bytes) => {
                    damage.aside = Some(put_aside(&self.dir, &damage.file, &bytes).map_err(failed)?);
                    if damage.file == layout::MANIFEST {
                        fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(failed(source)),
            }
        }
        for table in std::mem::take(&mut self.unreadable) {
            let path = self.dir.join(layout::table(table));
            fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
        }
        Ok(())
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The faults that were found when the folder was opened, in a line each. The trials that it cost count as not stored.
    pub fn damages(&self) -> &[Damage] {
        &self.damages
    }

    /// Whether a file was found to have a fault when the folder was opened.
    fn has_fault(&self, file: &str) -> bool {
        self.damages.iter().any(|damage| damage.file == file)
    }

    /// The circumstances of the run, of which nothing is believed where the manifest has a fault.
    ///
    /// # Errors
    /// Where it has one, is missing, or from a newer version of longlag.
    pub fn manifest(&self) -> Result<Manifest, StoreError> {
        if self.lock.is_none() && self.has_fault(layout::MANIFEST) && self.dir.join(layout::MANIFEST).is_file() {
            return Err(StoreError::Changed { path: self.dir.join(layout::MANIFEST) });
        }
        Manifest::read(&self.dir)
    }

    /// The path of the suite as it was run.
    ///
    /// # Errors
    /// Where it is not the one that was written.
    pub fn resolved_suite(&self) -> Result<PathBuf, StoreError> {
        let path = self.dir.join(layout::RESOLVED);
        if self.has_fault(layout::RESOLVED) { Err(StoreError::Changed { path }) } else { Ok(path) }
    }

    /// The suite as its author wrote it; nothing where it is missing, or not what was written.
    pub fn written_suite(&self) -> Option<String> {
        let path = self.dir.join(layout::SUITE);
        if self.has_fault(layout::SUITE) { None } else { read_regular_text(&path).ok() }
    }

    /// A doubt about the folder's file system, in a line.
    pub fn caution(&self) -> Option<String> {
        (!syncs_folder(&self.dir)).then(|| {
            format!(
                "the file system of `{}` cannot sync folders: after a power cut its tables may be those of before, and trials in none of \
                 them run again; keep results that matter on a local disk, by `--out`",
                self.dir.display()
            )
        })
    }

    /// All stored trials by id, those in the journal included.
    pub fn trials(&self) -> &BTreeMap<String, SharedTrial> {
        &self.trials
    }

    /// The stored trial of that id, if its provenance is the given one.
    ///
    /// Whatever its status: whether a trial that timed out or failed is run again is for the runner to say.
    pub fn stored(&self, trial_id: &str, provenance: Provenance) -> Option<&TrialRow> {
        self.trials.get(trial_id).map(|trial| &**trial).filter(|trial| provenance.is_of(trial))
    }

    /// Stores a trial; it is durable when this returns. It replaces an earlier trial of the same id with all its rows.
    ///
    /// # Errors
    ///
    /// When the store is open for reading only, the folder is no longer there or another process's, or the journal cannot be written.
    /// It can be tried again after an error.
    pub fn append(&mut self, record: &Record) -> Result<(), StoreError> {
        let place = self.writer()?.append(record)?;
        self.pending.insert(record.trial.trial_id.clone(), place);
        self.digests.insert(record.trial.trial_id.clone(), Digests::of(record));
        self.trials.insert(record.trial.trial_id.clone(), record.trial.clone().into());
        Ok(())
    }

    /// Bytes of records that are in the journal and not yet in the tables.
    pub fn pending_bytes(&self) -> u64 {
        self.journal.as_ref().map_or(0, Journal::bytes)
    }

    /// Whether a run that goes on should [`Store::compact`]: the journal is read whole when a folder is opened, and so should not hold a
    /// whole run. A large store waits longer, as its tables are written anew each time.
    pub fn is_full(&self) -> bool {
        let tables = tables().map(|table| self.dir.join(layout::table(table.name)));
        let size: u64 = tables.iter().filter_map(|path| fs::metadata(path).ok()).map(|file| file.len()).sum();
        self.pending_bytes() > MOST_PENDING.max(size)
    }

    /// Bytes of an unfinished record that a killed process left at the journal's end; 0 after a clean end.
    pub fn dropped_bytes(&self) -> u64 {
        self.journal.as_ref().map_or(0, Journal::dropped)
    }

    /// Writes the tables, with the plan's columns in `trials` and whether a row's trial is planned in all, and empties the journal.
    /// Where the tables hold all stored trials with these columns, nothing is written.
    ///
    /// The tables' bytes depend on the stored trials and the plan's columns only. Each table is the old or the new one at any
    /// instant, and the journal is emptied last.
    ///
    /// # Errors
    ///
    /// When the store is open for reading only, or a file cannot be read or written.
    pub fn compact(&mut self, columns: &PlanColumns) -> Result<(), StoreError> {
        self.writer()?;
        let plan = columns.digest();
        if self.pending.is_empty() && !self.doubtful && self.plan.as_ref() == Some(&plan) {
            return Ok(());
        }
        let mut seals = vec![
            (Link::TABLE, self.write_table::<Link>(columns)?),
            (ProbeRow::TABLE, self.write_table::<ProbeRow>(columns)?),
            (MetricRow::TABLE, self.write_table::<MetricRow>(columns)?),
        ];
        seals.reverse();
        let more = vec![(TABLES_KEY, soundness::spelled(&seals)), (PLAN_KEY, plan.clone())];
        let mut writer: Option<TableWriter> = None;
        let path = self.path::<TrialRow>();
        self.scan_trials::<StoreError>(columns, &mut |part| {
            let writer = match &mut writer {
                Some(writer) => writer,
                None => {
                    let group = group_of(TrialRow::TABLE);
                    writer.insert(TableWriter::begin(&path, &part, group, more.clone())?)
                }
            };
            writer.add(part)
        })?;
        writer.map_or(Ok(String::new()), TableWriter::finish)?;
        sync_folder(&self.dir).map_err(StoreError::io("sync", &self.dir))?;
        self.writer()?.clear()?;
        self.pending.clear();
        (self.doubtful, self.plan) = (false, Some(plan));
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
            let mut hasher = blake3::Hasher::new();
            let copied = open_regular(&path).and_then(|mut file| io::copy(&mut file, &mut hasher));
            copied.map_err(StoreError::io("read", &path))?;
            Ok((name, hasher.finalize().to_hex()[..LINK_DIGITS].to_owned()))
        };
        there.map(digest).collect()
    }

    /// The journal of a store that may write, if the folder is still this process's.
    fn writer(&mut self) -> Result<&mut Journal, StoreError> {
        let (Some(journal), Some(lock)) = (&mut self.journal, &mut self.lock) else {
            return Err(StoreError::NotWritable { dir: self.dir.clone() });
        };
        lock.keep()?;
        if !journal.is_in_place()? {
            return Err(StoreError::Gone { path: journal.path().to_owned() });
        }
        Ok(journal)
    }

    fn write_table<T: Digestible>(&self, columns: &PlanColumns) -> Result<String, StoreError> {
        let path = self.path::<T>();
        let mut writer: Option<TableWriter> = None;
        self.scan_planned::<T, StoreError>(columns, &mut |part| {
            let writer = match &mut writer {
                Some(writer) => writer,
                None => writer.insert(TableWriter::begin(&path, &part, group_of(T::TABLE), vec![])?),
            };
            writer.add(part)
        })?;
        writer.map_or(Ok(String::new()), TableWriter::finish)
    }

    /// A table that holds a value which this version does not know.
    pub(crate) fn unknown_value<T: Row>(&self, column: &str, value: String) -> StoreError {
        damaged(self.path::<T>())(SchemaError::UnknownValue { column: column.to_owned(), value })
    }

    /// A table that is not as it should be.
    pub(super) fn cannot_read<T: Row>(&self, source: SchemaError) -> StoreError {
        damaged(self.path::<T>())(source)
    }

    fn path<T: Row>(&self) -> PathBuf {
        self.dir.join(layout::table(T::TABLE))
    }
}

/// For `map_err`: the table at `path` is not as it should be.
fn damaged(path: PathBuf) -> impl Fn(SchemaError) -> StoreError {
    move |source| StoreError::Table { path: path.clone(), source }
}

#[cfg(test)]
mod tests;
