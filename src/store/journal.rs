//! The journal: finished trials in the order they came, each durable on its own.
//!
//! ```text
//! magic "longlagj" · u32 schema version · its complement · record · record · …
//! ```
//!
//! Integers are little-endian. A process killed while appending leaves a torn tail, which the next process to write cuts off. Damage
//! costs the record it is in: behind it the search goes on at the next record's marker. The next process to write puts the
//! damaged bytes aside and writes the others anew.

mod frame;
mod scan;

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use self::frame::{Frames, Framing, framed};
use self::scan::{Contents, HEADER, Header, header};
use super::atomic::{AtomicFile, sync_folder, write_atomically};
use super::column::SCHEMA_VERSION;
use super::damage::{Damage, put_aside};
use super::digests::Digests;
use super::error::StoreError;
use super::layout::JOURNAL;
use super::lock::leads_to;
use super::record::{Record, TrialRow};
use super::regular::{open_regular, regular_or_absent};

pub(super) use self::frame::Place;

/// The last version whose records, though not their framing, are those of today.
const READABLE: u32 = 4;

/// An open journal.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    path: PathBuf,
    framing: Framing,
    /// The end of the last record.
    end: u64,
    /// Bytes after `end` when the journal was opened: a record that a killed process did not complete.
    dropped: u64,
    /// Whether records may be appended.
    writable: bool,
    /// Whether there may be a part of a record after `end`, which could not be written whole.
    torn: bool,
    /// Whether an empty file has taken its path that could not be opened yet.
    replaced: bool,
}

/// A record's place in the journal, the trial it is of, and the digests of its rows.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) trial: TrialRow,
    pub(super) digests: Digests,
}

/// A journal as it was found.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) journal: Journal,
    pub(super) entries: Vec<Entry>,
    pub(super) damages: Vec<Damage>,
}

impl Journal {
    /// Opens the journal of `dir` for appending, creating it where there is none, cutting off a torn tail and putting damage aside.
    ///
    /// The caller holds the folder's lock.
    pub(super) fn open(dir: &Path) -> Result<Opened, StoreError> {
        let path = dir.join(JOURNAL);
        regular_or_absent(&path).map_err(StoreError::io("open", &path))?;
        if !path.try_exists().map_err(StoreError::io("look for", &path))? {
            create(&path)?;
        }
        let (opened, contents) = Self::scan(open_writable(&path)?, path.clone(), true)?;
        if contents.is_sound() {
            let journal = &opened.journal;
            if journal.dropped > 0 {
                journal.file.set_len(journal.end).map_err(StoreError::io("cut the torn tail of", &path))?;
                journal.file.sync_all().map_err(StoreError::io("sync", &path))?;
            }
            return Ok(opened);
        }
        let damages = opened.put_aside(dir, &contents)?;
        opened.journal.write_anew(&opened.entries)?;
        let (anew, _) = Self::scan(open_writable(&path)?, path, true)?;
        Ok(Opened { damages, ..anew })
    }

    /// Opens the journal of `dir` for reading; `None` where there is none. The file is left as it is.
    pub(super) fn read_only(dir: &Path) -> Result<Option<Opened>, StoreError> {
        let path = dir.join(JOURNAL);
        match open_regular(&path) {
            Ok(file) => Self::scan(file, path, false).map(|(opened, _)| Some(opened)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StoreError::Io { action: "open", path, source }),
        }
    }

    /// Reads all records, keeping only where they are, which trial they are of and what tells their rows from others.
    fn scan(file: File, path: PathBuf, writable: bool) -> Result<(Opened, Contents), StoreError> {
        let mut entries = Vec::new();
        let mut each = |place: Place, payload: Vec<u8>| -> Result<(), Fault> {
            let record = decode(&payload).ok_or(Fault::Undecodable(place))?;
            let digests = Digests::of(&record);
            entries.push(Entry { place, trial: record.trial, digests });
            Ok(())
        };
        let contents = match Contents::of(&file, &mut each) {
            Ok(contents) => contents,
            Err(Fault::Io(source)) => return Err(StoreError::Io { action: "read", path, source }),
            Err(Fault::Undecodable(place)) => return Err(StoreError::Undecodable { path, offset: place.start }),
        };
        let has_records = !contents.places.is_empty() || !contents.damaged.is_empty();
        match contents.header {
            Header::Newer(found) if contents.places.is_empty() => {
                return Err(StoreError::Newer { path, found, known: SCHEMA_VERSION });
            }
            // Without records there is nothing that could be misread.
            Header::Older(found) if found < READABLE && has_records => return Err(StoreError::Older { path, found }),
            _ => {}
        }
        let (framing, end, dropped) = (contents.framing, contents.end, contents.torn);
        let damages = damages(&contents);
        let journal = Self { file, path, framing, end, dropped, writable, torn: false, replaced: false };
        Ok((Opened { journal, entries, damages }, contents))
    }

    /// Appends a record and brings it to disk before returning; returns where it lies.
    ///
    /// # Errors
    /// Where it cannot be written, and [`StoreError::Gone`] where the path is no longer that of the open file. Nothing of the record is
    /// left then, and it can be tried again.
    pub(super) fn append(&mut self, record: &Record) -> Result<Place, StoreError> {
        if !self.writable || self.replaced {
            let dir = self.path.parent().unwrap_or(Path::new(".")).to_owned();
            return Err(StoreError::NotWritable { dir });
        }
        let payload = postcard::to_stdvec(record)
            .map_err(|source| StoreError::Encode { trial_id: record.trial.trial_id.clone(), source })?;
        let bytes = framed(&payload);
        let failed = |source| StoreError::Io { action: "append to", path: self.path.clone(), source };
        if self.torn {
            self.cut().map_err(failed)?;
            self.torn = false;
        }
        let written = (&self.file)
            .seek(SeekFrom::Start(self.end))
            .and_then(|_| (&self.file).write_all(&bytes))
            .and_then(|()| self.file.sync_data());
        if let Err(source) = written {
            // A half-written record (disk full) would stand before those after it; without it the journal goes on as before.
            let failure = failed(source);
            self.torn = self.cut().is_err();
            return Err(failure);
        }
        self.end += bytes.len() as u64;
        Ok(Place { start: self.end - payload.len() as u64, length: payload.len() as u64 })
    }

    /// Takes away what stands after the last record.
    fn cut(&self) -> io::Result<()> {
        self.file.set_len(self.end)?;
        self.file.sync_all()
    }

    /// The record at a place that [`Journal::append`] or an [`Entry`] gave.
    pub(super) fn record(&self, place: Place) -> Result<Record, StoreError> {
        let frames = Frames { file: &self.file, length: self.end, framing: self.framing };
        let payload = frames.payload(place).map_err(StoreError::io("read", &self.path))?;
        let record = payload.as_deref().and_then(decode);
        record.ok_or_else(|| StoreError::Undecodable { path: self.path.clone(), offset: place.start })
    }

    /// Starts an empty journal, once the tables hold what was in it.
    ///
    /// By rename: whoever is reading the old one keeps it.
    ///
    /// # Errors
    /// Where it cannot be made or opened. The records can still be read then, and it can be tried again.
    pub(super) fn clear(&mut self) -> Result<(), StoreError> {
        if !self.replaced
            && let Err(error) = create(&self.path)
        {
            // It may fail after the rename, which a power cut then takes back: the old records say what the tables do.
            self.replaced = !leads_to(&self.path, &self.file).map_err(StoreError::io("look at", &self.path))?;
            if !self.replaced {
                return Err(error);
            }
        }
        self.replaced = true;
        self.file = open_writable(&self.path)?;
        (self.replaced, self.torn, self.framing, self.end) = (false, false, Framing::Marked, HEADER as u64);
        Ok(())
    }

    /// Whether its path still leads to the file that is open, or to the empty one that was to take its place.
    pub(super) fn is_in_place(&self) -> Result<bool, StoreError> {
        Ok(self.replaced || leads_to(&self.path, &self.file).map_err(StoreError::io("look at", &self.path))?)
    }

    /// Its path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the intact records into a journal of this version, which takes the place of this one.
    fn write_anew(&self, entries: &[Entry]) -> Result<(), StoreError> {
        let frames = Frames { file: &self.file, length: self.end, framing: self.framing };
        let write = || -> io::Result<()> {
            let mut file = AtomicFile::create(&self.path)?;
            file.write_all(&header())?;
            for entry in entries {
                let payload = frames.payload(entry.place)?.ok_or(io::ErrorKind::InvalidData)?;
                file.write_all(&framed(&payload))?;
            }
            file.commit()?;
            self.path.parent().map_or(Ok(()), sync_folder)
        };
        write().map_err(StoreError::io("write anew", &self.path))
    }

    /// Bytes of intact records.
    pub(super) fn bytes(&self) -> u64 {
        self.end.saturating_sub(HEADER as u64)
    }

    /// Bytes of a torn tail found on opening.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }
}

impl Opened {
    /// Copies what is damaged to where damage is kept, and says so.
    fn put_aside(&self, dir: &Path, contents: &Contents) -> Result<Vec<Damage>, StoreError> {
        let path = &self.journal.path;
        let failed = |source| StoreError::Io { action: "put aside the damaged bytes of", path: path.clone(), source };
        let mut damages = self.damages.clone();
        if contents.damaged.is_empty() && contents.header != Header::Unknown {
            return Ok(damages);
        }
        let frames =
            Frames { file: &self.journal.file, length: contents.end + contents.torn, framing: contents.framing };
        let parts = match contents.places.is_empty() {
            // What has nothing of a journal may be anything, and is kept whole.
            true => std::iter::once(0..frames.length).collect(),
            false => contents.damaged.clone(),
        };
        let bytes: io::Result<Vec<Vec<u8>>> = parts.into_iter().map(|part| frames.read(part)).collect();
        let bytes = bytes.map_err(failed)?.concat();
        if !bytes.is_empty() {
            let aside = put_aside(dir, JOURNAL, &bytes).map_err(failed)?;
            damages.iter_mut().for_each(|damage| damage.aside = Some(aside.clone()));
        }
        Ok(damages)
    }
}

/// The faults that were found, in a line at most.
fn damages(contents: &Contents) -> Vec<Damage> {
    let bytes: u64 = contents.damaged.iter().map(|part| part.end - part.start).sum();
    let fault = match contents.damaged.len() {
        _ if contents.header == Header::Unknown && contents.places.is_empty() => {
            return vec![Damage::new(JOURNAL, "is not a journal of longlag, or all of it is damaged", None)];
        }
        0 if contents.mended > 0 || contents.header == Header::Unknown => {
            return vec![Damage::new(JOURNAL, "had damage, which its checksums made good", Some(0))];
        }
        0 => return vec![],
        1 => format!("is damaged from byte {} to {}", contents.damaged[0].start, contents.damaged[0].end),
        places => format!("is damaged in {places} places, {bytes} bytes together"),
    };
    vec![Damage::new(JOURNAL, fault, None)]
}

/// Why a journal was not read to its end.
enum Fault {
    Io(io::Error),
    Undecodable(Place),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Creates an empty journal; atomically, so that a header is there whole or not at all.
fn create(path: &Path) -> Result<(), StoreError> {
    write_atomically(path, &header()).map_err(StoreError::io("create", path))
}

fn open_writable(path: &Path) -> Result<File, StoreError> {
    File::options().read(true).write(true).open(path).map_err(StoreError::io("open", path))
}

/// The record of a payload whose checksum is right; nothing where it has another layout, which is no damage.
fn decode(payload: &[u8]) -> Option<Record> {
    match postcard::take_from_bytes(payload) {
        Ok((record, [])) => Some(record),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
