//! One frame, one Parquet file.

use std::io::{self, Cursor, Write};
use std::path::Path;

use polars::prelude::{
    DataFrame, KeyValueMetadata, ParallelStrategy, ParquetCompression, ParquetReader, ParquetWriter, SerReader,
};

use super::atomic::AtomicFile;
use super::checksum;
use super::column::SCHEMA_VERSION;
use super::error::{SchemaError, StoreError};

/// The key of the schema version in a file's metadata.
const VERSION_KEY: &str = "longlag.schema";

/// Writes a frame to the file at `path`, durably but for the folder's own sync.
///
/// The bytes depend on the frame's values only. `path` holds the old table or the new one, whatever happens.
pub(super) fn write(path: &Path, frame: &mut DataFrame) -> Result<(), StoreError> {
    let metadata =
        vec![(VERSION_KEY.to_owned(), SCHEMA_VERSION.to_string()), (checksum::KEY.to_owned(), checksum::blank())];
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(metadata)))
        .finish(frame)
        .map_err(|source| StoreError::Write { path: path.to_owned(), source: source.into() })?;
    checksum::write(&mut bytes);
    let written = AtomicFile::create(path).and_then(|mut file| {
        file.write_all(&bytes)?;
        file.commit()
    });
    written.map_err(StoreError::io("write", path))
}

/// Reads the frame of a file; `None` where there is none.
///
/// # Errors
/// Where it is damaged, or written by a newer version. A file without a version, as other programs write it, is read as one
/// of this version.
pub(super) fn read(path: &Path) -> Result<Option<DataFrame>, StoreError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(StoreError::Io { action: "read", path: path.to_owned(), source }),
    };
    let damaged = |source| StoreError::Table { path: path.to_owned(), source };
    if !checksum::is_intact(&bytes) {
        return Err(damaged(SchemaError::Damaged));
    }
    let damaged = |source| damaged(SchemaError::Polars(source));
    let mut reader = ParquetReader::new(Cursor::new(bytes)).read_parallel(ParallelStrategy::None).set_rechunk(true);
    let found = reader.get_metadata().map_err(damaged)?.key_value_metadata().as_ref().and_then(|pairs| {
        let pair = pairs.iter().find(|pair| pair.key == VERSION_KEY)?;
        pair.value.as_ref()?.parse::<u32>().ok()
    });
    match found {
        Some(found) if found > SCHEMA_VERSION => {
            Err(StoreError::Newer { path: path.to_owned(), found, known: SCHEMA_VERSION })
        }
        _ => reader.finish().map(Some).map_err(damaged),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use polars::prelude::{Column, NamedFrom, Series};

    use super::*;

    #[test]
    fn a_file_that_is_not_parquet_or_is_cut_short_is_an_error_that_names_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("trials.parquet");
        assert!(read(&path).unwrap().is_none());
        let values: Vec<f64> = (0..50).map(f64::from).collect();
        let column: Column = Series::new("x".into(), values).into();
        write(&path, &mut DataFrame::new(50, vec![column]).unwrap()).unwrap();
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
