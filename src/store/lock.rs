//! One writer per folder.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::error::StoreError;
use super::layout::LOCK;
use super::regular::regular_or_absent;

/// An exclusive lock on a folder, released on drop and by the system when the process dies.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of `dir`, which must exist.
    ///
    /// # Errors
    /// [`StoreError::Locked`] at once when another process (or another store of this one) holds it.
    pub(super) fn take(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(LOCK);
        regular_or_absent(&path).map_err(StoreError::io("open the lock file", &path))?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(StoreError::io("create the lock file", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { dir: dir.to_owned() }),
            Err(TryLockError::Error(source)) => Err(StoreError::Io { action: "lock", path, source }),
        }
    }
}
