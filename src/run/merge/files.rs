//! The files of a run's folder that a merge writes.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{
    run::{error::RunError, model},
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

/// Copies the kept parameters of these trials where `dir` has none of them that are intact; gives a line for each file with a fault, which
/// stays where it is.
///
/// # Errors
///
/// When a file cannot be written.
pub(super) fn copy_models<'a>(
    dir: &Path,
    from: &Store,
    ids: impl Iterator<Item = &'a str>,
) -> Result<Vec<String>, RunError> {
    let mut faults = vec![];
    if !from.dir().join(layout::MODELS).is_dir() {
        return Ok(faults);
    }
    for id in ids {
        let (source, target) = (from.dir().join(layout::model(id)), dir.join(layout::model(id)));
        let Some(trial) = from.trials().get(id).filter(|_| source.is_file()) else { continue };
        let intact = |path: &Path| {
            let bytes = read_regular(path).map_err(|error| format!("cannot be read: {error}"))?;
            model::checked(&bytes, id, &trial.hash).map(|_| ())?;
            Ok::<Vec<u8>, String>(bytes)
        };
        if target.is_file() && intact(&target).is_ok() {
            continue;
        }
        match intact(&source) {
            Ok(bytes) => {
                let folder = dir.join(layout::MODELS);
                fs::create_dir_all(&folder).map_err(StoreError::io("create the folder", &folder))?;
                write_atomically(&target, &bytes).map_err(StoreError::io("write", &target))?;
            }
            Err(fault) => faults.push(format!("`{}` {fault}", source.display())),
        }
    }
    Ok(faults)
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
