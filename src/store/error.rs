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
    MissingColumn {
        /// The column's name.
        column: String,
    },
    /// A column has another type than the schema says.
    #[error("column `{column}` holds {found}, not {expected}")]
    WrongType {
        /// The column's name.
        column: String,
        /// The type in the file, as polars names it.
        found: String,
        /// The type in the schema, as polars names it.
        expected: String,
    },
    /// A column that is never null holds null.
    #[error("column `{column}` is null in row {row}")]
    Null {
        /// The column's name.
        column: String,
        /// The first such row, from 0.
        row: usize,
    },
    /// A column holds a name that this version does not know.
    #[error("column `{column}` holds `{value}`, which is not one of its values")]
    UnknownValue {
        /// The column's name.
        column: String,
        /// The text in the file.
        value: String,
    },
    /// A file's bytes are not those that were written.
    #[error("its checksum is wrong, so it was damaged after it was written")]
    Damaged,
    /// polars panicked.
    #[error("it is not a Parquet file, or another program's that is damaged")]
    Unreadable,
    /// polars refused.
    #[error(transparent)]
    Polars(#[from] PolarsError),
}

/// Why the store could not be opened, read or written.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The operating system refused.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// The attempt in words that follow “cannot”, such as `write`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The answer of the operating system.
        source: io::Error,
    },
    /// Another process writes to the folder.
    #[error(
        "`{}` is in use by another longlag process{}; wait for it to end, or write elsewhere with --out",
        dir.display(),
        holder.as_ref().map(|holder| format!(" ({holder})")).unwrap_or_default()
    )]
    Locked {
        /// The folder of the run.
        dir: PathBuf,
        /// The process, its machine and when it began, where it is known.
        holder: Option<String>,
    },
    /// The file system has no locks, and a process that cannot be looked at may write to the folder.
    #[error(
        "`{}` says that {holder} writes to its folder, on a file system without locks; remove that file if the process has ended",
        path.display()
    )]
    MaybeLocked {
        /// The file that stands for the lock.
        path: PathBuf,
        /// The process, its machine and when it began.
        holder: String,
    },
    /// A file of the folder is no longer where it was when the run began.
    #[error(
        "`{}` was removed, renamed or replaced while the run wrote to it, so that what is finished can no longer be stored there; put the folder back if it was moved, and give the same command again",
        path.display()
    )]
    Gone {
        /// The file.
        path: PathBuf,
    },
    /// There is nothing to read.
    #[error("`{}` holds no stored trials; run the suite first, or check the path", dir.display())]
    Nothing {
        /// The folder of the run.
        dir: PathBuf,
    },
    /// A file comes from a version of longlag that is newer than this one.
    #[error(
        "`{}` has schema version {found}, newer than {known}, the newest this longlag reads; update longlag",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The schema version in the file.
        found: u32,
        /// [`SCHEMA_VERSION`](super::SCHEMA_VERSION) of this program.
        known: u32,
    },
    /// A journal comes from an older version, whose records have another layout.
    #[error(
        "`{}` has records of schema version {found}, which this longlag does not read; finish the run with the version \
         that began it, or move the file away to train those trials again",
        path.display()
    )]
    Older {
        /// The journal.
        path: PathBuf,
        /// The schema version in its head.
        found: u32,
    },
    /// A record whose checksum is right does not decode.
    #[error(
        "a record of `{}` at byte {offset} cannot be decoded; read it with the version of longlag that wrote it, or move \
         the file away to train its trials again",
        path.display()
    )]
    Undecodable {
        /// The journal.
        path: PathBuf,
        /// Bytes of the file before the record.
        offset: u64,
    },
    /// A Parquet file cannot be read or is not a table of this version.
    #[error("cannot read table `{}`: {source}; `longlag run` on its suite puts it aside and trains again what it cost", path.display())]
    Table {
        /// The Parquet file.
        path: PathBuf,
        /// How the file differs from a table of this version.
        source: SchemaError,
    },
    /// A Parquet file cannot be written.
    #[error("cannot write table `{}`: {source}", path.display())]
    Write {
        /// The Parquet file.
        path: PathBuf,
        /// The answer of polars.
        source: SchemaError,
    },
    /// The manifest is not one.
    #[error("cannot read manifest `{}`: {source}; run the suite again to write it anew", path.display())]
    Manifest {
        /// The JSON file.
        path: PathBuf,
        /// The place and the reason of the mistake.
        source: serde_json::Error,
    },
    /// There is no manifest.
    #[error("there is no `{}`; run the suite again to write it anew", path.display())]
    NoManifest {
        /// The path where it would be.
        path: PathBuf,
    },
    /// A file of a run is not the one that was written.
    #[error(
        "`{}` was changed after it was written, or is another run's; run the suite again to write it anew, no trial is lost by it",
        path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A record could not be encoded.
    #[error("cannot encode the record of trial {trial_id}: {source}")]
    Encode {
        /// The trial's id.
        trial_id: String,
        /// The answer of the encoder.
        source: postcard::Error,
    },
    /// The store was opened for reading only, or an earlier write to the journal failed half-way.
    #[error("`{}` cannot be written through this store; open it anew for writing", dir.display())]
    NotWritable {
        /// The folder of the run.
        dir: PathBuf,
    },
}

impl StoreError {
    /// Whether there may be room, or another free file, if one waits: on a full disk, beyond a quota, or with too many files open.
    pub(crate) fn is_for_want_of_room(&self) -> bool {
        let Self::Io { source, .. } = self else { return false };
        // ENFILE and EMFILE have no name of their own.
        let too_many = cfg!(unix) && matches!(source.raw_os_error(), Some(23 | 24));
        too_many || matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    }

    /// For `map_err`: what was being done to which file.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
