//! The file of a table, read part by part: decoded and in memory only a row group at a time.

use std::borrow::Cow;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, Cursor, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::DataFrame;
use polars_io::SerReader;
use polars_io::parquet::read::{ParallelStrategy, ParquetReader};
use polars_parquet::read::{FileMetadata, RowGroupMetadata};

use super::checksum;
use super::column::SCHEMA_VERSION;
use super::error::{SchemaError, StoreError};
use super::plausible::is_plausible;
use super::regular::open_regular;
use super::seal::{self, Part};
use super::table_writer::VERSION_KEY;

/// A table's file that is open.
pub(super) struct TableReader {
    path: PathBuf,
    source: Source,
    /// The metadata of the file without its row groups, and those.
    metadata: FileMetadata,
    groups: Vec<RowGroupMetadata>,
    /// Row groups that were read.
    read: usize,
    /// The columns that are wanted; all of them without.
    columns: Option<Vec<String>>,
    /// Whether damaged row groups are left out.
    salvages: bool,
    /// Row groups that were left out.
    pub(super) lost: usize,
    /// Rows that another program's file has more than once.
    pub(super) repeated: usize,
}

/// Where the bytes come from.
enum Source {
    /// A file with a seal: its parts are read and checked when they are wanted.
    Sealed { file: File, length: u64, end: Vec<u8>, parts: Vec<Part>, seal: String },
    /// All bytes of another file, and whether an older version of this program wrote it.
    Whole { bytes: Vec<u8>, own: bool },
}

impl TableReader {
    /// Opens the file of a table; `None` where there is none.
    ///
    /// # Errors
    /// Where its end is damaged, or all of it by an older version's checksum, or it was written by a newer version. A file without a
    /// version, as other programs write it, is read as one of this version.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, StoreError> {
        let failed = |source| StoreError::Io { action: "read", path: path.to_owned(), source };
        let damaged = |source| StoreError::Table { path: path.to_owned(), source };
        let file = match open_regular(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(failed(source)),
        };
        let source = Source::of(file).map_err(failed)?.map_err(damaged)?;
        let bytes = source.end().map_err(failed)?;
        let metadata = guarded(|| {
            let mut reader = ParquetReader::new(Cursor::new(&*bytes));
            Ok(Arc::clone(reader.get_metadata()?))
        });
        let mut metadata = FileMetadata::clone(&*metadata.map_err(damaged)?);
        let groups = std::mem::take(&mut metadata.row_groups);
        let (path_of, salvages, lost, repeated) = (path.to_owned(), false, 0, 0);
        let reader = Self { path: path_of, source, metadata, groups, read: 0, columns: None, salvages, lost, repeated };
        match reader.value_of(VERSION_KEY).and_then(|version| version.parse::<u32>().ok()) {
            Some(found) if found > SCHEMA_VERSION => {
                Err(StoreError::Newer { path: path.to_owned(), found, known: SCHEMA_VERSION })
            }
            _ => Ok(Some(reader)),
        }
    }

    /// Leaves damaged row groups out in place of ending there.
    pub(super) fn salvaging(mut self) -> Self {
        self.salvages = true;
        self
    }

    /// Decodes those of these columns that the file has, and no others.
    pub(super) fn of_columns<'a>(mut self, columns: impl IntoIterator<Item = &'a str>) -> Self {
        let schema = &self.metadata.schema_descr;
        let has = |name: &&str| schema.fields().iter().any(|field| field.name() == *name);
        self.columns = Some(columns.into_iter().filter(has).map(str::to_owned).collect());
        self
    }

    /// Whether this program wrote the file, so that its rows are in the table's order.
    pub(super) fn is_own(&self) -> bool {
        match &self.source {
            Source::Sealed { .. } => true,
            Source::Whole { own, .. } => *own,
        }
    }

    /// The seal, which stands for the contents of the file, of one that this version wrote.
    pub(super) fn seal(&self) -> Option<&str> {
        match &self.source {
            Source::Sealed { seal, .. } => Some(seal),
            Source::Whole { .. } => None,
        }
    }

    /// The number of row groups.
    pub(super) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Whether all bytes are those that were written.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn is_intact(&self) -> Result<bool, StoreError> {
        let Source::Sealed { parts, .. } = &self.source else { return Ok(true) };
        for number in 0..parts.len() {
            if self.source.part(Some(number)).map_err(StoreError::io("read", &self.path))?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The rows of the next row group; nothing after the last. The first part is there even if it has no rows.
    ///
    /// # Errors
    /// When it cannot be read or decoded, and unless they are left out, when it is damaged.
    pub(super) fn next_part(&mut self) -> Result<Option<DataFrame>, StoreError> {
        loop {
            if self.read > 0 && self.read >= self.groups.len() {
                return Ok(None);
            }
            let group = self.read;
            self.read += 1;
            match self.decoded(group) {
                Err(StoreError::Table { source: SchemaError::Damaged, .. }) if self.salvages => {
                    self.lost += 1;
                    if group == 0 {
                        // For its columns.
                        let nothing = self.source.part(None).map_err(StoreError::io("read", &self.path))?;
                        return self.decode(nothing.as_deref().unwrap_or_default(), None).map(Some);
                    }
                }
                part => return part.map(Some),
            }
        }
    }

    /// All rows.
    ///
    /// # Errors
    /// As of [`TableReader::next_part`].
    pub(super) fn whole(&mut self) -> Result<DataFrame, StoreError> {
        let mut whole = DataFrame::default();
        while let Some(part) = self.next_part()? {
            let damaged = |source| StoreError::Table { path: self.path.clone(), source };
            if whole.width() == 0 {
                whole = part;
            } else {
                whole.vstack_mut_owned(part).map_err(|source| damaged(source.into()))?;
            }
        }
        Ok(whole)
    }

    /// A value of the file's metadata.
    pub(super) fn value_of(&self, key: &str) -> Option<&str> {
        let pairs = self.metadata.key_value_metadata().as_ref()?;
        pairs.iter().find(|pair| pair.key == key)?.value.as_deref()
    }

    /// The rows of one row group, whose checksum is looked at first.
    fn decoded(&self, group: usize) -> Result<DataFrame, StoreError> {
        match self.source.part(Some(group)).map_err(StoreError::io("read", &self.path))? {
            Some(bytes) => self.decode(&bytes, self.groups.get(group)),
            None => Err(StoreError::Table { path: self.path.clone(), source: SchemaError::Damaged }),
        }
    }

    /// The rows of a row group among the bytes of a file.
    fn decode(&self, bytes: &[u8], group: Option<&RowGroupMetadata>) -> Result<DataFrame, StoreError> {
        if let (Source::Whole { .. }, Some(group)) = (&self.source, group)
            && !guarded(|| Ok(is_plausible(bytes, group))).unwrap_or(false)
        {
            return Err(StoreError::Table { path: self.path.clone(), source: SchemaError::Unreadable });
        }
        let mut metadata = self.metadata.clone();
        // To polars it is the only one: it would decode something of each group before the one that is wanted.
        metadata.row_groups.extend(group.cloned());
        metadata.num_rows = group.map_or(0, RowGroupMetadata::num_rows);
        metadata.max_row_group_height = metadata.num_rows;
        let decoded = guarded(|| {
            let mut reader =
                ParquetReader::new(Cursor::new(bytes)).read_parallel(ParallelStrategy::None).set_rechunk(true);
            reader.set_metadata(Arc::new(metadata));
            Ok(reader.with_columns(self.columns.clone()).finish()?)
        });
        decoded.map_err(|source| StoreError::Table { path: self.path.clone(), source })
    }
}

impl Source {
    /// Looks at the end of a file; of one without a seal at all of it.
    fn of(mut file: File) -> io::Result<Result<Self, SchemaError>> {
        let length = file.metadata()?.len();
        let read = |file: &File, range: Range<u64>| read(file, range);
        let mut sealed = None;
        if let Some(tail) = length.checked_sub(seal::TAIL as u64)
            && let Some(footer) = seal::footer_length(&read(&file, tail..length)?, length)
            && let Some(at) = (length - footer).checked_sub(seal::LENGTH as u64)
        {
            let mut size = [0; seal::LENGTH];
            size.copy_from_slice(&read(&file, at..length - footer)?);
            // Another program's file has anything there.
            let start = at.checked_sub(u64::from_le_bytes(size)).unwrap_or(length - footer);
            let end = read(&file, start..length)?;
            if let Some((seal, intact)) = seal::sealed(&end) {
                let text = usize::try_from(at.saturating_sub(start)).ok().and_then(|size| end.get(..size));
                let parts = text.filter(|_| intact).and_then(|text| seal::parts(text, start));
                let Some(parts) = parts else { return Ok(Err(SchemaError::Damaged)) };
                sealed = Some((end, parts, seal));
            }
        }
        if let Some((end, parts, seal)) = sealed {
            return Ok(Ok(Self::Sealed { file, length, end, parts, seal }));
        }
        let mut bytes = vec![];
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(&mut bytes)?;
        Ok(match checksum::is_intact(&bytes) {
            Some(false) => Err(SchemaError::Damaged),
            intact => Ok(Self::Whole { bytes, own: intact.is_some() }),
        })
    }

    /// The place of a part.
    fn range(&self, number: usize) -> Range<u64> {
        match self {
            Self::Sealed { parts, .. } => {
                let start = number.checked_sub(1).and_then(|before| parts.get(before)).map_or(0, |part| part.end);
                start..parts.get(number).map_or(start, |part| part.end)
            }
            Self::Whole { .. } => 0..0,
        }
    }

    /// The bytes of the file, of which only a part's, or none, are read; in place of all others are zeros, which take no memory. Nothing
    /// where the part is not as it was written. There may be none of that number.
    fn part(&self, number: Option<usize>) -> io::Result<Option<Cow<'_, [u8]>>> {
        let (file, length, parts) = match self {
            Self::Sealed { file, length, parts, .. } => (file, *length, parts),
            Self::Whole { bytes, .. } => return Ok(Some(Cow::Borrowed(bytes))),
        };
        let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        let Some((number, part)) = number.and_then(|number| Some((number, parts.get(number)?))) else {
            return Ok(Some(Cow::Owned(bytes)));
        };
        let range = self.range(number);
        let Some(place) = bytes.get_mut(range.start as usize..range.end as usize) else { return Ok(None) };
        read_into(file, range.start, place)?;
        Ok(part.is_of(place).then_some(Cow::Owned(bytes)))
    }

    /// The bytes of the file, of which only those of its end are read, where its metadata is.
    fn end(&self) -> io::Result<Cow<'_, [u8]>> {
        match self {
            Self::Sealed { length, end, .. } => {
                let mut bytes = vec![0; usize::try_from(*length).map_err(io::Error::other)?];
                let start = bytes.len() - end.len();
                bytes[start..].copy_from_slice(end);
                Ok(Cow::Owned(bytes))
            }
            Self::Whole { bytes, .. } => Ok(Cow::Borrowed(bytes)),
        }
    }
}

fn read(file: &File, range: Range<u64>) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(range.end - range.start).map_err(io::Error::other)?];
    read_into(file, range.start, &mut bytes)?;
    Ok(bytes)
}

fn read_into(mut file: &File, start: u64, bytes: &mut [u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(start))?;
    file.read_exact(bytes)
}

/// Lets polars work on bytes that it may panic on: those that other programs wrote.
fn guarded<R>(work: impl FnOnce() -> Result<R, SchemaError>) -> Result<R, SchemaError> {
    GUARDED.set(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(false);
    done.unwrap_or(Err(SchemaError::Unreadable))
}

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread decodes a table: a panic there is an error that is told, and not a crash.
pub(crate) fn decodes_table() -> bool {
    GUARDED.get()
}

#[cfg(test)]
mod tests;
