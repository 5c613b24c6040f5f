//! Failures of reading and writing stored trials.

use std::io;
use std::path::{Path, PathBuf};

use polars::error::PolarsError;
use thiserror::Error;

/// Why a frame is not a table of this version.
#[derive(Debug, Error)]
pub enum SchemaError {
    /// A column that every row must have is absent.
    #[error("column `{column}` is missing")]
    MissingColumn { column: String },
    /// A column has another type than the schema says.
    #[error("column `{column}` holds {found}, not {expected}")]
    WrongType { column: String, found: String, expected: String },
    /// A column that is never null holds null.
    #[error("column `{column}` is null in row {row}")]
    Null { column: String, row: usize },
    /// A column holds a name that this version does not know.
    #[error("column `{column}` holds `{value}`, which is not one of its values")]
    UnknownValue { column: String, value: String },
    /// A file's bytes are not those that were written.
    #[error("its checksum is wrong, so it was damaged after it was written")]
    Damaged,
    /// polars refused.
    #[error(transparent)]
    Polars(#[from] PolarsError),
}

/// Why the store could not be opened, read or written.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The operating system refused.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
    /// Another process writes to the folder.
    #[error(
        "`{}` is in use by another longlag process; wait for it to end, or write elsewhere with --out",
        dir.display()
    )]
    Locked { dir: PathBuf },
    /// There is nothing to read.
    #[error("`{}` holds no stored trials; run the suite first, or check the path", dir.display())]
    Nothing { dir: PathBuf },
    /// A file comes from a version of longlag that is newer than this one.
    #[error(
        "`{}` has schema version {found}, newer than {known}, the newest this longlag reads; update longlag",
        path.display()
    )]
    Newer { path: PathBuf, found: u32, known: u32 },
    /// A journal comes from an older version, whose records have another layout.
    #[error(
        "`{}` has records of schema version {found}, which this longlag does not read; finish the run with the version \
         that began it, or move the file away to train those trials again",
        path.display()
    )]
    Older { path: PathBuf, found: u32 },
    /// The file is not a journal, or its header is damaged.
    #[error(
        "`{}` is not a journal of longlag; move it away, and the trials that were only there will be trained again",
        path.display()
    )]
    NotAJournal { path: PathBuf },
    /// A record whose checksum is right does not decode.
    #[error(
        "a record of `{}` at byte {offset} cannot be decoded; read it with the version of longlag that wrote it, or move \
         the file away to train its trials again",
        path.display()
    )]
    Undecodable { path: PathBuf, offset: u64 },
    /// A Parquet file cannot be read or is not a table of this version.
    #[error("cannot read table `{}`: {source}; move it away to train its trials again", path.display())]
    Table { path: PathBuf, source: SchemaError },
    /// A Parquet file cannot be written.
    #[error("cannot write table `{}`: {source}", path.display())]
    Write { path: PathBuf, source: SchemaError },
    /// The manifest is not one.
    #[error("cannot read manifest `{}`: {source}; run the suite again to write it anew", path.display())]
    Manifest { path: PathBuf, source: serde_json::Error },
    /// A record could not be encoded.
    #[error("cannot encode the record of trial {trial_id}: {source}")]
    Encode { trial_id: String, source: postcard::Error },
    /// The store was opened for reading only, or an earlier write to the journal failed half-way.
    #[error("`{}` cannot be written through this store; open it anew for writing", dir.display())]
    NotWritable { dir: PathBuf },
}

impl StoreError {
    /// For `map_err`: what was being done to which file.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
