//! The journal: finished trials in the order they came, each durable on its own.
//!
//! ```text
//! magic "longlagj" · u32 schema version · record · record · …
//! record: u64 length of the payload · 16 bytes of BLAKE3(length ‖ payload) · payload: postcard of `Record`
//! ```
//!
//! Integers are little-endian. A process killed while appending leaves a torn tail; reading stops at the first record that
//! is cut short or does not match its checksum, and the next process to write removes what follows.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::atomic::write_atomically;
use super::column::SCHEMA_VERSION;
use super::error::StoreError;
use super::layout::JOURNAL;
use super::record::{Record, TrialRow};
use super::regular::{open_regular, read_regular, regular_or_absent};

const MAGIC: &[u8; 8] = b"longlagj";
const HEADER: usize = MAGIC.len() + 4;
const CHECKSUM: usize = 16;
/// Bytes before a record's payload.
const PREFIX: usize = 8 + CHECKSUM;

/// An open journal.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    path: PathBuf,
    /// The end of the last intact record.
    end: u64,
    /// Bytes after `end` when the journal was opened: a record that a killed process did not complete.
    dropped: u64,
    /// Whether records may be appended.
    writable: bool,
}

/// A record's offset in the journal, and the trial it is of.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) offset: u64,
    pub(super) trial: TrialRow,
}

impl Journal {
    /// Opens the journal of `dir` for appending, creating it where there is none and cutting off a torn tail.
    ///
    /// The caller holds the folder's lock.
    pub(super) fn open(dir: &Path) -> Result<(Self, Vec<Entry>), StoreError> {
        let path = dir.join(JOURNAL);
        regular_or_absent(&path).map_err(StoreError::io("open", &path))?;
        let exists = path.try_exists().map_err(StoreError::io("look for", &path))?;
        if !exists || is_empty_and_older(&path).map_err(StoreError::io("read", &path))? {
            create(&path)?;
        }
        let file = File::options().read(true).write(true).open(&path).map_err(StoreError::io("open", &path))?;
        let (journal, entries) = Self::scan(file, path, true)?;
        if journal.dropped > 0 {
            journal.file.set_len(journal.end).map_err(StoreError::io("cut the torn tail of", &journal.path))?;
            journal.file.sync_all().map_err(StoreError::io("sync", &journal.path))?;
        }
        Ok((journal, entries))
    }

    /// Opens the journal of `dir` for reading; `None` where there is none. The file is left as it is.
    pub(super) fn read_only(dir: &Path) -> Result<Option<(Self, Vec<Entry>)>, StoreError> {
        let path = dir.join(JOURNAL);
        match open_regular(&path) {
            Ok(file) => Self::scan(file, path, false).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StoreError::Io { action: "open", path, source }),
        }
    }

    /// Reads all records, keeping only where they are and which trial they are of.
    fn scan(file: File, path: PathBuf, writable: bool) -> Result<(Self, Vec<Entry>), StoreError> {
        let read = || StoreError::io("read", &path);
        // Read once: another process may be appending, and what it adds later is none of this reader's.
        let length = file.metadata().map_err(read())?.len();
        let mut reader = BufReader::new(&file);
        check_header(&mut reader, length, &path)?;

        let mut entries = Vec::new();
        let mut end = HEADER as u64;
        while let Some(payload) = next_payload(&mut reader, length - end).map_err(read())? {
            let record = decode(&payload, &path, end)?;
            entries.push(Entry { offset: end, trial: record.trial });
            end += (PREFIX + payload.len()) as u64;
        }
        Ok((Self { file, path, end, dropped: length - end, writable }, entries))
    }

    /// Appends a record and brings it to disk before returning; returns where it lies.
    pub(super) fn append(&mut self, record: &Record) -> Result<u64, StoreError> {
        if !self.writable {
            let dir = self.path.parent().unwrap_or(Path::new(".")).to_owned();
            return Err(StoreError::NotWritable { dir });
        }
        let payload = postcard::to_stdvec(record)
            .map_err(|source| StoreError::Encode { trial_id: record.trial.trial_id.clone(), source })?;
        let length = (payload.len() as u64).to_le_bytes();
        let mut bytes = Vec::with_capacity(PREFIX + payload.len());
        bytes.extend_from_slice(&length);
        bytes.extend_from_slice(&checksum(length, &payload));
        bytes.extend_from_slice(&payload);

        let offset = self.end;
        let written = self
            .file
            .seek(SeekFrom::Start(offset))
            .and_then(|_| self.file.write_all(&bytes))
            .and_then(|()| self.file.sync_data());
        if let Err(source) = written {
            // A half-written record (disk full) would hide those after it; without it the journal goes on as before.
            self.writable = self.file.set_len(offset).and_then(|()| self.file.sync_all()).is_ok();
            return Err(StoreError::Io { action: "append to", path: self.path.clone(), source });
        }
        self.end += bytes.len() as u64;
        Ok(offset)
    }

    /// The record at an offset that [`Journal::append`] or an [`Entry`] gave.
    pub(super) fn record(&self, offset: u64) -> Result<Record, StoreError> {
        let read = || StoreError::io("read", &self.path);
        let mut reader = BufReader::new(&self.file);
        reader.seek(SeekFrom::Start(offset)).map_err(read())?;
        let payload = next_payload(&mut reader, self.end.saturating_sub(offset)).map_err(read())?;
        let payload = payload.ok_or_else(|| StoreError::Undecodable { path: self.path.clone(), offset })?;
        decode(&payload, &self.path, offset)
    }

    /// Starts an empty journal, once the tables hold what was in it.
    ///
    /// By rename: whoever is reading the old one keeps it.
    pub(super) fn clear(&mut self) -> Result<(), StoreError> {
        create(&self.path)?;
        // If the new file cannot be opened, appending to the old one would lose records.
        self.writable = false;
        self.file =
            File::options().read(true).write(true).open(&self.path).map_err(StoreError::io("open", &self.path))?;
        self.writable = true;
        self.end = HEADER as u64;
        Ok(())
    }

    /// Bytes of intact records.
    pub(super) fn bytes(&self) -> u64 {
        self.end - HEADER as u64
    }

    /// Bytes of a torn tail found on opening.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }
}

/// Creates an empty journal; atomically, so that a header is there whole or not at all.
fn create(path: &Path) -> Result<(), StoreError> {
    let header = [MAGIC.as_slice(), &SCHEMA_VERSION.to_le_bytes()].concat();
    write_atomically(path, &header).map_err(StoreError::io("create", path))
}

/// Whether the journal at `path` has a header of an older schema and no record, as the last run by that version left it.
fn is_empty_and_older(path: &Path) -> io::Result<bool> {
    if fs::metadata(path)?.len() != HEADER as u64 {
        return Ok(false);
    }
    let header = read_regular(path)?;
    let version = header.strip_prefix(MAGIC.as_slice()).and_then(|version| version.try_into().ok());
    Ok(version.map(u32::from_le_bytes).is_some_and(|version| version < SCHEMA_VERSION))
}

fn check_header(reader: &mut impl Read, length: u64, path: &Path) -> Result<(), StoreError> {
    let mut header = [0; HEADER];
    let damaged = || StoreError::NotAJournal { path: path.to_owned() };
    if length < HEADER as u64 {
        return Err(damaged());
    }
    reader.read_exact(&mut header).map_err(StoreError::io("read", path))?;
    let (magic, version) = header.split_at(MAGIC.len());
    if magic != MAGIC {
        return Err(damaged());
    }
    let found = u32::from_le_bytes(version.try_into().map_err(|_| damaged())?);
    match found.cmp(&SCHEMA_VERSION) {
        std::cmp::Ordering::Equal => Ok(()),
        // Without records there is nothing that could be misread.
        std::cmp::Ordering::Less if length == HEADER as u64 => Ok(()),
        std::cmp::Ordering::Less => Err(StoreError::Older { path: path.to_owned(), found }),
        std::cmp::Ordering::Greater => Err(StoreError::Newer { path: path.to_owned(), found, known: SCHEMA_VERSION }),
    }
}

/// The next record's payload; `None` at the end of the intact records. `left` is how many bytes there are.
fn next_payload(reader: &mut impl Read, left: u64) -> io::Result<Option<Vec<u8>>> {
    let Some(room) = left.checked_sub(PREFIX as u64) else { return Ok(None) };
    let (mut length, mut expected) = ([0; 8], [0; CHECKSUM]);
    reader.read_exact(&mut length)?;
    reader.read_exact(&mut expected)?;
    // Compared before anything is allocated: a damaged length may be anything.
    let size = u64::from_le_bytes(length);
    if size > room {
        return Ok(None);
    }
    let Ok(size) = usize::try_from(size) else { return Ok(None) };
    let mut payload = vec![0; size];
    reader.read_exact(&mut payload)?;
    Ok((checksum(length, &payload) == expected).then_some(payload))
}

fn checksum(length: [u8; 8], payload: &[u8]) -> [u8; CHECKSUM] {
    let hash = blake3::Hasher::new().update(&length).update(payload).finalize();
    std::array::from_fn(|index| hash.as_bytes()[index])
}

fn decode(payload: &[u8], path: &Path, offset: u64) -> Result<Record, StoreError> {
    match postcard::take_from_bytes(payload) {
        Ok((record, [])) => Ok(record),
        // The checksum was right, so this is another layout and not damage: dropping it would lose a finished trial.
        _ => Err(StoreError::Undecodable { path: path.to_owned(), offset }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples;

    /// Short, because some tests do something for each of its bytes; with NaN in the last.
    fn record(n: u64) -> Record {
        let mut record = samples::record(n);
        record.trial.config.clear();
        record.trial.hash.clear();
        record.metrics.retain(|row| row.metric == "loss" && row.split == "test");
        record.probes.truncate(1);
        record
    }

    fn written(count: usize) -> (tempfile::TempDir, Vec<u64>) {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, entries) = Journal::open(dir.path()).unwrap();
        assert!(entries.is_empty());
        let offsets = (0..count).map(|n| journal.append(&record(n as u64)).unwrap()).collect();
        (dir, offsets)
    }

    /// NaN is not equal to itself, so records are compared by their bytes.
    fn same(left: &Record, right: &Record) -> bool {
        postcard::to_stdvec(left).unwrap() == postcard::to_stdvec(right).unwrap()
    }

    #[test]
    fn what_is_appended_is_read_to_the_bit_by_the_next_process() {
        let (dir, offsets) = written(3);
        let (journal, entries) = Journal::open(dir.path()).unwrap();
        assert_eq!(entries.iter().map(|entry| entry.offset).collect::<Vec<_>>(), offsets);
        for (n, offset) in offsets.iter().enumerate() {
            assert!(same(&journal.record(*offset).unwrap(), &record(n as u64)));
        }
        assert_eq!(journal.dropped(), 0);
    }

    #[test]
    fn cut_at_any_byte_it_keeps_every_record_written_before() {
        let (dir, offsets) = written(3);
        let path = dir.path().join(JOURNAL);
        let whole = fs::read(&path).unwrap();
        for cut in HEADER..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let complete = offsets.iter().skip(1).filter(|&&end| end <= cut as u64).count();
            let (mut journal, entries) = Journal::open(dir.path()).unwrap();
            assert_eq!(entries.len(), complete, "cut at {cut}");
            for (n, entry) in entries.iter().enumerate() {
                assert!(same(&journal.record(entry.offset).unwrap(), &record(n as u64)), "cut at {cut}");
            }
            // The torn tail is counted and gone, and the journal goes on after the last intact record.
            let intact = offsets[complete];
            assert_eq!(journal.dropped(), cut as u64 - intact, "cut at {cut}");
            assert_eq!(fs::metadata(&path).unwrap().len(), intact, "cut at {cut}");
            let offset = journal.append(&record(9)).unwrap();
            let (journal, entries) = Journal::open(dir.path()).unwrap();
            assert_eq!((entries.len(), journal.dropped()), (complete + 1, 0), "cut at {cut}");
            assert!(same(&journal.record(offset).unwrap(), &record(9)));
        }
    }

    #[test]
    fn a_flipped_bit_anywhere_costs_that_record_and_no_earlier_one() {
        let (dir, offsets) = written(3);
        let path = dir.path().join(JOURNAL);
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            fs::write(&path, &bytes).unwrap();
            if at < HEADER {
                assert!(Journal::read_only(dir.path()).is_err(), "flipped {at}");
                continue;
            }
            let intact = offsets.iter().skip(1).filter(|&&end| end <= at as u64).count();
            let (journal, entries) = Journal::read_only(dir.path()).unwrap().unwrap();
            assert_eq!(entries.len(), intact, "flipped {at}");
            for (n, entry) in entries.iter().enumerate() {
                assert!(same(&journal.record(entry.offset).unwrap(), &record(n as u64)));
            }
            // A reader repairs nothing.
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
    }

    #[test]
    fn garbage_is_an_error_or_dropped_and_never_a_panic() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(JOURNAL);
        for garbage in [&b""[..], b"longlag", b"PAR1PAR1PAR1PAR1PAR1"] {
            fs::write(&path, garbage).unwrap();
            let error = Journal::open(dir.path()).unwrap_err();
            assert!(matches!(error, StoreError::NotAJournal { .. }), "{error}");
            assert_eq!(fs::read(&path).unwrap(), garbage, "a file that is not ours is left alone");
        }
        fs::remove_file(&path).unwrap();
        drop(Journal::open(dir.path()).unwrap());
        for tail in [vec![0; 100], vec![0xff; 100], (0..255).collect::<Vec<u8>>()] {
            let mut bytes = fs::read(&path).unwrap();
            bytes.extend(&tail);
            fs::write(&path, bytes).unwrap();
            let (journal, entries) = Journal::open(dir.path()).unwrap();
            assert!(entries.is_empty());
            assert_eq!(journal.dropped(), tail.len() as u64);
        }
    }

    /// As a run that ended under an older version leaves it.
    #[test]
    fn an_empty_journal_of_an_older_schema_is_taken_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(JOURNAL);
        fs::write(&path, [MAGIC.as_slice(), &(SCHEMA_VERSION - 1).to_le_bytes()].concat()).unwrap();
        assert!(Journal::read_only(dir.path()).unwrap().unwrap().1.is_empty());
        let (mut journal, entries) = Journal::open(dir.path()).unwrap();
        assert!(entries.is_empty());
        journal.append(&record(1)).unwrap();
        drop(journal);
        assert_eq!(Journal::open(dir.path()).unwrap().1.len(), 1);
    }

    #[test]
    fn another_schema_version_is_named_and_left_alone() {
        let (dir, _) = written(1);
        let path = dir.path().join(JOURNAL);
        let mut bytes = fs::read(&path).unwrap();
        bytes[MAGIC.len()..HEADER].copy_from_slice(&(SCHEMA_VERSION + 1).to_le_bytes());
        fs::write(&path, &bytes).unwrap();
        assert!(matches!(Journal::open(dir.path()), Err(StoreError::Newer { .. })));
        bytes[MAGIC.len()..HEADER].copy_from_slice(&0_u32.to_le_bytes());
        fs::write(&path, &bytes).unwrap();
        assert!(matches!(Journal::open(dir.path()), Err(StoreError::Older { .. })));
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }

    #[test]
    fn a_reader_keeps_the_journal_it_opened_when_a_writer_clears_it() {
        let (dir, offsets) = written(2);
        let (reader, _) = Journal::read_only(dir.path()).unwrap().unwrap();
        let (mut writer, _) = Journal::open(dir.path()).unwrap();
        writer.clear().unwrap();
        writer.append(&record(7)).unwrap();
        assert!(same(&reader.record(offsets[1]).unwrap(), &record(1)));
        assert_eq!(Journal::open(dir.path()).unwrap().1.len(), 1);
    }
}
