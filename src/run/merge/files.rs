//! The files of a run's folder that a merge writes.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{
    run::error::RunError,
    store::{Manifest, Store, StoreError, SuiteFiles, layout, read_regular, write_atomically},
};

/// Rows of whole trials that are in memory at a time.
const ROWS: usize = 1 << 20;

/// Stores these trials of `from`, each with the number of its rows, and gives how many there were.
///
/// # Errors
///
/// When a file cannot be read or written.
pub(super) fn take<'a>(
    store: &mut Store,
    from: &Store,
    trials: impl Iterator<Item = (&'a str, usize)>,
) -> Result<usize, RunError> {
    let (mut ids, mut rows, mut taken) = (BTreeSet::new(), 0, 0);
    let mut trials = trials.peekable();
    while let Some((id, of_trial)) = trials.next() {
        ids.insert(id.to_owned());
        rows += of_trial;
        if rows >= ROWS || trials.peek().is_none() {
            for record in from.records(&ids)? {
                store.append(&record)?;
            }
            taken += ids.len();
            ids.clear();
            rows = 0;
        }
    }
    Ok(taken)
}

/// Copies the kept parameters of these trials where `dir` has none of them.
///
/// # Errors
///
/// When a file cannot be read or written.
pub(super) fn copy_models<'a>(dir: &Path, from: &Path, ids: impl Iterator<Item = &'a str>) -> Result<(), RunError> {
    if !from.join(layout::MODELS).is_dir() {
        return Ok(());
    }
    for id in ids {
        let (source, target) = (from.join(layout::model(id)), dir.join(layout::model(id)));
        if target.is_file() || !source.is_file() {
            continue;
        }
        let folder = dir.join(layout::MODELS);
        fs::create_dir_all(&folder).map_err(StoreError::io("create the folder", &folder))?;
        copy(&source, &target)?;
    }
    Ok(())
}

/// Writes the suite of the folder `lead`, and `manifest`, into `dir`; says whether the suite became another one.
///
/// # Errors
///
/// When a file cannot be read or written.
pub(super) fn write_suite(dir: &Path, lead: &Path, mut manifest: Manifest) -> Result<bool, RunError> {
    let read = |name: &str| read_regular(&lead.join(name)).map_err(StoreError::io("read", &lead.join(name)));
    let (suite, resolved) = (read(layout::SUITE)?, read(layout::RESOLVED)?);
    Ok(SuiteFiles { suite: &suite, resolved: &resolved }.write(dir, &mut manifest)?)
}

/// Copies a file.
fn copy(source: &Path, target: &Path) -> Result<(), StoreError> {
    let bytes = read_regular(source).map_err(StoreError::io("read", source))?;
    write_atomically(target, &bytes).map_err(StoreError::io("write", target))
}
