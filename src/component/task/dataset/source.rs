//! Data sets in memory, one copy of each for all trials.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
};

use super::{
    Contents,
    chance::chance,
    raw::{Raw, raw},
    sequences::Sequences,
    settings::Dataset,
};
use crate::data::Fault;

/// A data set: its facts, and its sequences once they were asked for.
#[derive(Debug)]
pub(super) struct Source {
    pub contents: Contents,
    /// The folder of the suite that it was first read for.
    pub folder: String,
    settings: Dataset,
    /// Where the file may be, the usual place last.
    places: Vec<PathBuf>,
    sequences: OnceLock<Arc<Sequences>>,
}

impl Source {
    /// A data set whose facts are known.
    pub fn known(contents: Contents, folder: String, settings: Dataset, places: Vec<PathBuf>) -> Self {
        Self { contents, folder, settings, places, sequences: OnceLock::new() }
    }

    /// A data set that is in memory.
    pub fn loaded(sequences: Arc<Sequences>, folder: String, settings: Dataset) -> Self {
        let contents = sequences.contents.clone();
        let source = Self::known(contents, folder, settings, vec![]);
        source.sequences.get_or_init(|| sequences);
        source
    }

    /// The sequences, read from the file if they were not before.
    ///
    /// # Errors
    /// When the file is in none of the places, cannot be read, or is another than it was.
    pub fn sequences(&self) -> Result<&Arc<Sequences>, Fault> {
        if let Some(sequences) = self.sequences.get() {
            return Ok(sequences);
        }
        let place = self.places.iter().find(|place| place.is_file()).or(self.places.last());
        let path = place.map_or(Path::new(""), PathBuf::as_path);
        let sequences = load(path, &self.settings)?;
        if sequences.contents != self.contents {
            return Err(changed(&self.contents.hash, &sequences.contents.hash));
        }
        Ok(self.sequences.get_or_init(|| sequences))
    }
}

/// The fault of a file that is another than the one it should be.
pub(super) fn changed(wanted: &str, found: &str) -> Fault {
    let short = |hash: &str| hash.chars().take(12).collect::<String>();
    let message = format!("the file has changed: its BLAKE3 hash is {}…, not {}…", short(found), short(wanted));
    Fault::new(message, "bring the former file back, or run the suite again, which trains on this one")
}

/// The data set of `settings` in the file at `path`: the one in memory, if the file is still the same.
pub(super) fn load(path: &Path, settings: &Dataset) -> Result<Arc<Sequences>, Fault> {
    let raw = raw(path)?;
    let key = (raw.hash.clone(), serde_json::json!(settings).to_string());
    static KNOWN: Mutex<BTreeMap<(String, String), Weak<Sequences>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(sequences) = known.get(&key).and_then(Weak::upgrade) {
        return Ok(sequences);
    }
    let sequences = Arc::new(whole(raw, settings)?);
    known.retain(|_, sequences| sequences.strong_count() > 0);
    known.insert(key, Arc::downgrade(&sequences));
    Ok(sequences)
}

/// The sequences of a file with their chance level.
pub(super) fn whole(raw: Arc<Raw>, settings: &Dataset) -> Result<Sequences, Fault> {
    let mut sequences = Sequences::new(raw, settings)?;
    let (level, exact_match) = chance(&sequences, settings.tolerance);
    let contents = &mut sequences.contents;
    (contents.chance_loss, contents.chance_accuracy) = (level.loss, level.accuracy);
    contents.chance_exact_match = exact_match;
    Ok(sequences)
}
