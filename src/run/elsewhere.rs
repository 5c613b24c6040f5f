//! The trials of a run that other processes have stored.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::stored::read_store;
use crate::store::{Store, StoreError, layout};

/// The folders of a sharded run but for that of this process, as they were when they were read last.
#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    /// The folder of the run and that of this process; none where the two are the same.
    folders: Option<(PathBuf, PathBuf)>,
    /// The stores of the others.
    pub stores: Vec<Store>,
    /// Files that cannot be read there, or are damaged, in a line each; the trials that it costs count as not stored.
    pub unread: Vec<String>,
}

impl Elsewhere {
    /// Reads what is stored in the folder of `run` and its shards but for `own`.
    ///
    /// # Errors
    ///
    /// When it cannot be seen which shards there are.
    pub fn read(run: &Path, own: &Path) -> Result<Self, StoreError> {
        let mut elsewhere = Self { folders: Some((run.to_owned(), own.to_owned())), ..Self::default() };
        elsewhere.read_again()?;
        Ok(elsewhere)
    }

    /// Reads what is stored there now.
    ///
    /// # Errors
    ///
    /// As of [`Elsewhere::read`].
    pub fn read_again(&mut self) -> Result<(), StoreError> {
        let Some((run, own)) = &self.folders else { return Ok(()) };
        let folders = other_folders(run, own)?;
        (self.stores, self.unread) = (vec![], vec![]);
        for dir in folders {
            match read_store(&dir) {
                Ok(store) => {
                    let damages = store.iter().flat_map(Store::damages);
                    self.unread.extend(damages.map(|damage| damage.in_folder(&dir).to_string()));
                    self.stores.extend(store);
                }
                Err(error) => self.unread.push(format!("{error}; what is stored there counts as not stored")),
            }
        }
        Ok(())
    }
}

/// The folder of `run` and those of its shards, but for `own`.
///
/// # Errors
///
/// When the folder that holds them cannot be read.
pub(super) fn other_folders(run: &Path, own: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let folders = [run.to_owned()].into_iter().chain(shard_folders(run)?);
    Ok(folders.filter(|dir| dir != own).collect())
}

/// The folders of the shards of the run in `dir`, by name; none where it has none.
///
/// # Errors
///
/// When the folder that holds them cannot be read.
pub(super) fn shard_folders(dir: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let path = dir.join(layout::SHARDS);
    let failed = || StoreError::io("read the folder", &path);
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
        Err(error) => return Err(failed()(error)),
    };
    let paths: Result<Vec<PathBuf>, io::Error> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths: Vec<PathBuf> = paths.map_err(failed())?.into_iter().filter(|path| path.is_dir()).collect();
    paths.sort();
    Ok(paths)
}
