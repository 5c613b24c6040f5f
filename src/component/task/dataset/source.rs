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
    repeats::repeats,
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
    /// Where the file may be.
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
        let mut other = None;
        for place in self.places.iter().filter(|place| place.is_file()) {
            let sequences = load(place, &self.settings)?;
            if sequences.contents.are_of_the_same_data(&self.contents) {
                return Ok(self.sequences.get_or_init(|| sequences));
            }
            other.get_or_insert_with(|| changed(&self.contents.hash, &sequences.contents.hash));
        }
        Err(other.unwrap_or_else(|| self.gone()))
    }

    /// The fault of a file that is in none of the places.
    fn gone(&self) -> Fault {
        let [own, suites] = [self.places.first(), self.places.get(1)].map(|place| place.map(|place| place.display()));
        let message = match (own, suites) {
            (Some(own), Some(suites)) => {
                format!("there is no file `{own}`, nor `{suites}` from here or from a folder above the results")
            }
            (Some(own), None) => format!("there is no file `{own}`"),
            _ => "there is no file".to_owned(),
        };
        Fault::new(message, "bring it to one of these places, or go to the folder from which the suite was run")
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
    let repeated = repeats(&sequences);
    let contents = &mut sequences.contents;
    (contents.chance_loss, contents.chance_accuracy) = (level.loss, level.accuracy);
    contents.chance_exact_match = exact_match;
    [contents.repeated_validation, contents.repeated_test] = repeated.map(Some);
    Ok(sequences)
}
