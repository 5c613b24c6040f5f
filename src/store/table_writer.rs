//! The file of a table in the making.

use std::io::{self, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use polars::prelude::{CompatLevel, DataFrame, SchemaExt};
use polars_io::parquet::write::{BatchedWriter, KeyValueMetadata, ParquetCompression, ParquetWriter};
use polars_parquet::write::{KeyValue, schema_to_metadata_key};

use super::atomic::AtomicFile;
use super::column::SCHEMA_VERSION;
use super::error::{SchemaError, StoreError};
use super::frames;
use super::record::{ProbeRow, TrialRow};
use super::row::Row;
use super::seal::{self, Part};

/// The key of the schema version in a file's metadata.
pub(super) const VERSION_KEY: &str = "longlag.schema";

/// Rows of a row group of table `name`: what is decoded at a time, and what one damaged byte costs. Few in tests, so that they too meet
/// a group's end.
pub(super) fn group_of(name: &str) -> usize {
    match name {
        _ if cfg!(test) => 4,
        // A row is a trial.
        TrialRow::TABLE => 1 << 10,
        ProbeRow::TABLE => 1 << 16,
        _ => 1 << 14,
    }
}

/// A table's file in the making, which takes the table's place at the end.
pub(super) struct TableWriter {
    path: PathBuf,
    batches: BatchedWriter<Shared>,
    shared: Shared,
    group: usize,
    /// Rows that do not fill a row group yet.
    rest: DataFrame,
}

impl TableWriter {
    /// Begins the file at `path` of a table with the columns of `schema`, in groups of so many rows; `more` is for its metadata.
    pub(super) fn begin(
        path: &Path,
        schema: &DataFrame,
        group: usize,
        more: Vec<(&'static str, String)>,
    ) -> Result<Self, StoreError> {
        let file = AtomicFile::create(path).map_err(StoreError::io("write", path))?;
        Self::into(Target::File(file), path, schema, group, more)
    }

    fn into(
        target: Target,
        path: &Path,
        schema: &DataFrame,
        group: usize,
        more: Vec<(&'static str, String)>,
    ) -> Result<Self, StoreError> {
        let sink = Sink { target, buffer: vec![], part: blake3::Hasher::new(), written: 0, parts: vec![] };
        let shared = Shared(Arc::new(Mutex::new(sink)));
        let batches = ParquetWriter::new(shared.clone())
            .with_compression(ParquetCompression::Zstd(None))
            .with_key_value_metadata(Some(metadata(schema, more)))
            .batched(schema.schema())
            .map_err(|source| StoreError::Write { path: path.to_owned(), source: source.into() })?;
        Ok(Self { path: path.to_owned(), batches, shared, group, rest: schema.clear() })
    }

    /// Adds rows. The bytes depend on the values of all rows together only, not on how they come.
    pub(super) fn add(&mut self, rows: DataFrame) -> Result<(), StoreError> {
        let failed = self.failed();
        self.rest.vstack_mut_owned(rows).map_err(|source| failed(source.into()))?;
        while self.rest.height() >= self.group {
            let (group, rest) = self.rest.split_at(self.group as i64);
            self.write(&group)?;
            self.rest = rest;
        }
        Ok(())
    }

    /// Brings the file to disk, durably but for the folder's own sync, and gives its seal. The path holds the old table or the new one,
    /// whatever happens.
    pub(super) fn finish(self) -> Result<String, StoreError> {
        let path = self.path.clone();
        let (target, seal) = self.sealed()?;
        match target {
            Target::File(file) => file.commit().map_err(StoreError::io("write", &path))?,
            Target::Bytes(_) => {}
        }
        Ok(seal)
    }

    /// Writes the footer and its seal.
    fn sealed(mut self) -> Result<(Target, String), StoreError> {
        let rest = std::mem::take(&mut self.rest);
        if rest.height() > 0 {
            self.write(&rest)?;
        }
        let failed = self.failed();
        self.batches.finish().map_err(|source| failed(source.into()))?;
        let write = || -> io::Result<(Target, String)> {
            let mut sink = self.shared.lock()?;
            // What is left is the page index and the footer.
            let mut rest = std::mem::take(&mut sink.buffer);
            let tail = rest.len().saturating_sub(seal::TAIL);
            let footer = seal::footer_length(&rest[tail..], rest.len() as u64).ok_or(io::ErrorKind::InvalidData)?;
            let footer = rest.split_off(rest.len() - footer as usize);
            sink.buffer = rest;
            sink.end_part()?;
            let end = [seal::spelled(&sink.parts), footer].concat();
            let seal = seal::seal(&end);
            let at = seal::digits(&end).ok_or_else(|| io::Error::other("the footer has no place for its checksum"))?;
            let start = sink.written;
            sink.target.put(&end)?;
            sink.target.over(start + at as u64, seal.as_bytes())?;
            Ok((std::mem::replace(&mut sink.target, Target::Bytes(vec![])), seal))
        };
        write().map_err(StoreError::io("write", &self.path))
    }

    fn write(&mut self, group: &DataFrame) -> Result<(), StoreError> {
        let failed = self.failed();
        let group = frames::canonical(group).map_err(&failed)?;
        self.batches.write_batch(&group).map_err(|source| failed(source.into()))?;
        self.shared.lock().and_then(|mut sink| sink.end_part()).map_err(StoreError::io("write", &self.path))
    }

    fn failed(&self) -> impl Fn(SchemaError) -> StoreError + use<> {
        let path = self.path.clone();
        move |source| StoreError::Write { path: path.clone(), source }
    }
}

/// The file of a table that is made of the stored ones, for its `path`: of plain types, as the store's own.
///
/// # Errors
/// When it cannot be encoded.
pub fn derived_table(path: &Path, frame: DataFrame) -> Result<Vec<u8>, StoreError> {
    let mut writer = TableWriter::into(Target::Bytes(vec![]), path, &frame, group_of(TrialRow::TABLE), vec![])?;
    writer.add(frame)?;
    match writer.sealed()?.0 {
        Target::Bytes(bytes) => Ok(bytes),
        Target::File(_) => Ok(vec![]),
    }
}

/// Where a table is written.
enum Target {
    File(AtomicFile),
    Bytes(Vec<u8>),
}

impl Target {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::File(file) => file.write_all(bytes),
            Self::Bytes(all) => all.write_all(bytes),
        }
    }

    /// Writes over what stands at `offset`.
    fn over(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::File(file) => {
                file.seek(SeekFrom::Start(offset))?;
                file.write_all(bytes)
            }
            Self::Bytes(all) => {
                let start = usize::try_from(offset).map_err(io::Error::other)?;
                all.get_mut(start..start + bytes.len()).ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(bytes);
                Ok(())
            }
        }
    }
}

/// The target of the Parquet writer: the current part in memory, those before it at their target.
struct Sink {
    target: Target,
    buffer: Vec<u8>,
    part: blake3::Hasher,
    written: u64,
    parts: Vec<Part>,
}

impl Sink {
    /// Ends a part of the file, if there is anything of it.
    fn end_part(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        self.part.update(&self.buffer);
        self.written += self.buffer.len() as u64;
        self.parts.push(Part::new(self.written, &self.part));
        self.part.reset();
        let bytes = std::mem::take(&mut self.buffer);
        self.target.put(&bytes)
    }
}

/// A sink that the Parquet writer, which gives nothing back, shares with its owner.
#[derive(Clone)]
struct Shared(Arc<Mutex<Sink>>);

impl Shared {
    fn lock(&self) -> io::Result<MutexGuard<'_, Sink>> {
        self.0.lock().map_err(|_| io::Error::other("another thread panicked"))
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock()?.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The metadata of a file: its version, a blank for its seal, and the Arrow types of its columns.
///
/// Left to itself polars calls text `string_view`, which pyarrow before 15 cannot open and later ones neither filter nor sort.
fn metadata(frame: &DataFrame, more: Vec<(&'static str, String)>) -> KeyValueMetadata {
    let pair = |key: &str, value: String| KeyValue { key: key.to_owned(), value: Some(value) };
    let mut pairs = vec![
        schema_to_metadata_key(&frame.schema().to_arrow(CompatLevel::oldest())),
        pair(VERSION_KEY, SCHEMA_VERSION.to_string()),
    ];
    pairs.extend(more.into_iter().map(|(key, value)| pair(key, value)));
    pairs.push(pair(seal::KEY, seal::blank()));
    KeyValueMetadata::Static(pairs)
}
