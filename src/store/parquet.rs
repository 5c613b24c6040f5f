//! One frame, one Parquet file.

use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use polars::prelude::{CompatLevel, DataFrame, SchemaExt};
use polars_io::SerReader;
use polars_io::parquet::read::{ParallelStrategy, ParquetReader};
use polars_io::parquet::write::{BatchedWriter, KeyValueMetadata, ParquetCompression, ParquetWriter};
use polars_io::prelude::FileMetadataRef;
use polars_parquet::write::{KeyValue, schema_to_metadata_key};

use super::atomic::AtomicFile;
use super::checksum;
use super::column::SCHEMA_VERSION;
use super::error::{SchemaError, StoreError};
use super::frames;
use super::regular::read_regular;

/// The key of the schema version in a file's metadata.
const VERSION_KEY: &str = "longlag.schema";

/// Rows of a row group: what is decoded at a time. Few in tests, so that they too meet a group's end.
const GROUP: usize = if cfg!(test) { 4 } else { 1 << 18 };

/// A table's file in the making, which takes the table's place at the end.
pub(super) struct Writer {
    path: PathBuf,
    batches: BatchedWriter<SharedBytes>,
    bytes: SharedBytes,
    /// Rows that do not fill a row group yet.
    rest: DataFrame,
}

impl Writer {
    /// Begins the file at `path` of a table with the columns of `schema`.
    pub(super) fn begin(path: &Path, schema: &DataFrame) -> Result<Self, StoreError> {
        let bytes = SharedBytes::default();
        let batches = ParquetWriter::new(bytes.clone())
            .with_compression(ParquetCompression::Zstd(None))
            .with_key_value_metadata(Some(metadata(schema)))
            .batched(schema.schema())
            .map_err(|source| StoreError::Write { path: path.to_owned(), source: source.into() })?;
        Ok(Self { path: path.to_owned(), batches, bytes, rest: schema.clear() })
    }

    /// Adds rows. The bytes depend on the values of all rows together only, not on how they come.
    pub(super) fn add(&mut self, rows: DataFrame) -> Result<(), StoreError> {
        let failed = self.failed();
        self.rest.vstack_mut_owned(rows).map_err(|source| failed(source.into()))?;
        while self.rest.height() >= GROUP {
            let (group, rest) = self.rest.split_at(GROUP as i64);
            self.write(&group)?;
            self.rest = rest;
        }
        Ok(())
    }

    /// Brings the file to disk, durably but for the folder's own sync. The path holds the old table or the new one, whatever
    /// happens.
    pub(super) fn finish(mut self) -> Result<(), StoreError> {
        let bytes = self.encoded()?;
        let written = AtomicFile::create(&self.path).and_then(|mut file| {
            file.write_all(&bytes)?;
            file.commit()
        });
        written.map_err(StoreError::io("write", &self.path))
    }

    /// The bytes of the file.
    fn encoded(&mut self) -> Result<Vec<u8>, StoreError> {
        let rest = std::mem::take(&mut self.rest);
        if rest.height() > 0 {
            self.write(&rest)?;
        }
        let failed = self.failed();
        self.batches.finish().map_err(|source| failed(source.into()))?;
        let mut bytes = self.bytes.take();
        checksum::write(&mut bytes);
        Ok(bytes)
    }

    fn write(&mut self, group: &DataFrame) -> Result<(), StoreError> {
        let failed = self.failed();
        let group = frames::canonical(group).map_err(&failed)?;
        self.batches.write_batch(&group).map_err(|source| failed(source.into()))
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
    let mut writer = Writer::begin(path, &frame)?;
    writer.add(frame)?;
    writer.encoded()
}

/// Bytes that the Parquet writer, which gives nothing back, writes into and their owner takes out.
#[derive(Clone, Default)]
struct SharedBytes(Arc<Mutex<Vec<u8>>>);

impl SharedBytes {
    fn take(&self) -> Vec<u8> {
        self.0.lock().map(|mut bytes| std::mem::take(&mut *bytes)).unwrap_or_default()
    }
}

impl Write for SharedBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = self.0.lock().map_err(|_| io::Error::other("another thread panicked"))?;
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The metadata of a file: its version, a blank for its checksum, and the Arrow types of its columns.
///
/// Left to itself polars calls text `string_view`, which pyarrow before 15 cannot open and later ones neither filter nor sort.
fn metadata(frame: &DataFrame) -> KeyValueMetadata {
    let pair = |key: &str, value: String| KeyValue { key: key.to_owned(), value: Some(value) };
    KeyValueMetadata::Static(vec![
        schema_to_metadata_key(&frame.schema().to_arrow(CompatLevel::oldest())),
        pair(VERSION_KEY, SCHEMA_VERSION.to_string()),
        pair(checksum::KEY, checksum::blank()),
    ])
}

/// A table's file, read part by part: compressed it is small, and decoded only a row group at a time.
pub(super) struct Reader {
    path: PathBuf,
    bytes: Vec<u8>,
    metadata: FileMetadataRef,
    /// Row groups that were read, and the rows in them.
    groups: usize,
    rows: usize,
}

impl Reader {
    /// Opens the file of a table; `None` where there is none.
    ///
    /// # Errors
    /// Where it is damaged, or written by a newer version. A file without a version, as other programs write it, is read as one
    /// of this version.
    pub(super) fn open(path: &Path) -> Result<Option<Self>, StoreError> {
        let bytes = match read_regular(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StoreError::Io { action: "read", path: path.to_owned(), source }),
        };
        let damaged = |source| StoreError::Table { path: path.to_owned(), source };
        if !checksum::is_intact(&bytes) {
            return Err(damaged(SchemaError::Damaged));
        }
        let mut reader = ParquetReader::new(Cursor::new(bytes.as_slice()));
        let metadata = Arc::clone(reader.get_metadata().map_err(|source| damaged(source.into()))?);
        let reader = Self { path: path.to_owned(), bytes, metadata, groups: 0, rows: 0 };
        match reader.value_of(VERSION_KEY).and_then(|version| version.parse::<u32>().ok()) {
            Some(found) if found > SCHEMA_VERSION => {
                Err(StoreError::Newer { path: path.to_owned(), found, known: SCHEMA_VERSION })
            }
            _ => Ok(Some(reader)),
        }
    }

    /// Whether this program wrote the file, so that its rows are in the table's order.
    pub(super) fn is_own(&self) -> bool {
        self.value_of(checksum::KEY).is_some()
    }

    /// The rows of the next row group; nothing after the last. The first part is there even if it has no rows.
    pub(super) fn next_part(&mut self) -> Result<Option<DataFrame>, StoreError> {
        let groups = &self.metadata.row_groups;
        if self.groups > 0 && self.groups >= groups.len() {
            return Ok(None);
        }
        let rows = groups.get(self.groups).map_or(0, |group| group.num_rows());
        let part = self.slice(Some((self.rows, rows)))?;
        (self.groups, self.rows) = (self.groups + 1, self.rows + rows);
        Ok(Some(part))
    }

    /// All rows.
    pub(super) fn whole(&self) -> Result<DataFrame, StoreError> {
        self.slice(None)
    }

    fn slice(&self, rows: Option<(usize, usize)>) -> Result<DataFrame, StoreError> {
        let mut reader = ParquetReader::new(Cursor::new(self.bytes.as_slice()))
            .read_parallel(ParallelStrategy::None)
            .with_slice(rows)
            .set_rechunk(true);
        reader.set_metadata(Arc::clone(&self.metadata));
        reader.finish().map_err(|source| StoreError::Table { path: self.path.clone(), source: source.into() })
    }

    fn value_of(&self, key: &str) -> Option<&str> {
        let pairs = self.metadata.key_value_metadata().as_ref()?;
        pairs.iter().find(|pair| pair.key == key)?.value.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use polars::prelude::{Column, NamedFrom, Series};

    use super::*;

    fn write(path: &Path, frame: &DataFrame) {
        let mut writer = Writer::begin(path, frame).unwrap();
        writer.add(frame.clone()).unwrap();
        writer.finish().unwrap();
    }

    fn read(path: &Path) -> Result<Option<DataFrame>, StoreError> {
        Reader::open(path)?.map(|reader| reader.whole()).transpose()
    }

    /// However the rows come, the bytes are the same, and the parts are the table.
    #[test]
    fn rows_come_and_go_in_parts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("trials.parquet");
        for rows in [0, 1, GROUP - 1, GROUP, GROUP + 1, 3 * GROUP + 2] {
            let values: Vec<f64> = (0..rows).map(|x| x as f64).collect();
            let frame = DataFrame::new(rows, vec![Series::new("x".into(), values).into()]).unwrap();
            write(&path, &frame);
            let whole = std::fs::read(&path).unwrap();
            let mut writer = Writer::begin(&path, &frame).unwrap();
            (0..rows).for_each(|row| writer.add(frame.slice(row as i64, 1)).unwrap());
            writer.finish().unwrap();
            assert!(std::fs::read(&path).unwrap() == whole, "{rows} rows");
            let mut reader = Reader::open(&path).unwrap().unwrap();
            assert!(reader.is_own());
            let mut read = reader.next_part().unwrap().unwrap();
            while let Some(part) = reader.next_part().unwrap() {
                assert!((1..=GROUP).contains(&part.height()));
                read.vstack_mut(&part).unwrap();
            }
            assert!(read.equals(&frame), "{rows} rows");
        }
    }

    #[test]
    fn a_file_that_is_not_parquet_or_is_cut_short_is_an_error_that_names_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("trials.parquet");
        assert!(read(&path).unwrap().is_none());
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        let column: Column = Series::new("x".into(), values).into();
        write(&path, &DataFrame::new(50, vec![column]).unwrap());
        let whole = std::fs::read(&path).unwrap();
        assert_eq!(read(&path).unwrap().unwrap().height(), 50);
        for cut in 0..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let error = read(&path).unwrap_err();
            assert!(error.to_string().contains("trials.parquet"), "cut at {cut}: {error}");
        }
        // Damaged pages must not reach polars, which may abort on them.
        for at in 4..whole.len() / 2 {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            std::fs::write(&path, &bytes).unwrap();
            let error = read(&path).unwrap_err();
            assert!(matches!(error, StoreError::Table { source: SchemaError::Damaged, .. }), "byte {at}: {error}");
        }
    }

    #[test]
    fn a_newer_table_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("trials.parquet");
        let column: Column = Series::new("x".into(), vec![1.0]).into();
        let newer = vec![(VERSION_KEY.to_owned(), (SCHEMA_VERSION + 1).to_string())];
        ParquetWriter::new(File::create(&path).unwrap())
            .with_key_value_metadata(Some(KeyValueMetadata::from_static(newer)))
            .finish(&mut DataFrame::new(1, vec![column]).unwrap())
            .unwrap();
        assert!(matches!(read(&path), Err(StoreError::Newer { found, .. }) if found == SCHEMA_VERSION + 1));
    }
}
