//! Files in memory, one copy of each for all trials.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::SystemTime,
};

use super::parts;
use crate::data::{self, Array, Fault};

/// The arrays of a file.
#[derive(Debug)]
pub(super) struct Raw {
    /// Its hash.
    pub hash: String,
    /// Its arrays by name.
    pub arrays: BTreeMap<String, Arc<Array>>,
}

/// A file as it was at a time.
type Stamp = (PathBuf, u64, Option<SystemTime>);

/// The arrays of the file at `path`: those in memory, if the file is still the same.
pub(super) fn raw(path: &Path) -> Result<Arc<Raw>, Fault> {
    let stamp = |path: &Path| -> Stamp {
        let about = fs::metadata(path).ok();
        let length = about.as_ref().map_or(0, fs::Metadata::len);
        (path.to_owned(), length, about.and_then(|about| about.modified().ok()))
    };
    static KNOWN: Mutex<BTreeMap<Stamp, Weak<Raw>>> = Mutex::new(BTreeMap::new());
    // Held while the file is read: whoever wants the same one waits for it.
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let before = stamp(path);
    if let Some(raw) = known.get(&before).and_then(Weak::upgrade) {
        return Ok(raw);
    }
    let names = parts::names();
    let read = data::read(path, &names.iter().map(String::as_str).collect::<Vec<_>>())?;
    if stamp(path) != before {
        return Err(Fault::new("the file changed while it was read", "try again once it is whole"));
    }
    let arrays = read.arrays.into_iter().map(|(name, array)| (name, Arc::new(array))).collect();
    let raw = Arc::new(Raw { hash: read.hash, arrays });
    known.retain(|_, raw| raw.strong_count() > 0);
    known.insert(before, Arc::downgrade(&raw));
    Ok(raw)
}
