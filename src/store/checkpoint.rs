//! Checkpoints: trials under way, each in a file of its own until it is stored.
//!
//! ```text
//! magic "longlagc" · u32 format · 32 bytes of BLAKE3(rest) · rest: postcard of `CheckpointHead`, postcard of the training's state
//! ```
//!
//! Integers are little-endian. A file is the old one or the new one at any instant. One that is damaged, or of another computation, costs
//! no more than the time to train its trial from the beginning.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    atomic::{is_temporary, write_atomically},
    definition::Definition,
    error::StoreError,
    layout,
    provenance::Part,
    regular::open_regular,
};
use crate::train::Checkpoint;

const MAGIC: &[u8; 8] = b"longlagc";
/// The layout of the bytes; raised when it changes, of whatever part.
const FORMAT: u32 = 1;
const CHECKSUM: usize = 32;
/// Bytes before the checksummed rest.
const PREFIX: usize = MAGIC.len() + 4 + CHECKSUM;

/// The computation that a checkpoint is of: another one does not go on from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointOrigin {
    /// The trial.
    pub trial_id: String,
    /// The engine, `fused` or `dfdx`.
    pub engine: String,
    /// The device, `cpu` or `cuda`.
    pub device: String,
    /// The numerics version.
    pub numerics: u32,
    /// Hashes of all that the trial computes.
    pub definition: Definition,
}

/// A checkpoint without the state of its training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckpointHead {
    /// The computation that it is of.
    pub origin: CheckpointOrigin,
    /// The build that wrote it.
    pub build: String,
    /// Updates done.
    pub update: u64,
    /// The most updates of the training.
    pub budget: u64,
    /// Seconds that the trial took so far.
    pub train_seconds: f64,
    /// When it was written, RFC 3339 in UTC.
    pub written: String,
}

/// Why a checkpoint is of no use.
#[derive(Debug, Error)]
#[error("checkpoint `{}` {fault}", path.display())]
pub struct CheckpointError {
    /// The file.
    pub path: PathBuf,
    /// The reason, as it follows the file's name.
    pub fault: CheckpointFault,
}

/// A reason why a checkpoint is of no use.
#[derive(Debug, Error)]
pub enum CheckpointFault {
    /// The operating system refused.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// The file is something else.
    #[error("is no checkpoint of longlag")]
    Foreign,
    /// The bytes are not those that were written.
    #[error("is damaged")]
    Damaged,
    /// The file has another layout.
    #[error("has format {found}, and this longlag reads format {FORMAT}")]
    Format {
        /// The format in the file.
        found: u32,
    },
    /// It is of another trial than its name says.
    #[error("is of trial {0}")]
    Trial(String),
    /// It is of another computation of the trial.
    #[error("was computed {0}")]
    Otherwise(Part),
}

impl CheckpointOrigin {
    /// The first part in which `other`, of the same trial, is another computation.
    fn difference(&self, other: &Self) -> Option<Part> {
        let (one, two) = (&self.definition, &other.definition);
        [
            (Part::Engine, self.engine == other.engine),
            (Part::Device, self.device == other.device),
            (Part::Numerics, self.numerics == other.numerics),
            (Part::Task, one.task == two.task),
            (Part::Network, one.network == two.network),
            (Part::Training, one.training == two.training),
        ]
        .into_iter()
        .find_map(|(part, same)| (!same).then_some(part))
    }
}

/// The checkpoints in the folder of a run.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    /// The folder of the run.
    dir: PathBuf,
    /// Folders of the same run in which other processes keep theirs.
    others: Vec<PathBuf>,
}

impl Checkpoints {
    /// The checkpoints in `dir`, the folder of a run.
    pub fn of(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), others: vec![] }
    }

    /// These, with those in the folders `others` of the same run to go on from: a trial may have been another part's when the run had other
    /// parts. They are only read.
    #[must_use]
    pub fn beside(self, others: Vec<PathBuf>) -> Self {
        Self { others, ..self }
    }

    fn path(&self, trial_id: &str) -> PathBuf {
        self.dir.join(layout::checkpoint(trial_id))
    }

    /// The files that may be checkpoints of a trial, its own first.
    fn paths(&self, trial_id: &str) -> impl Iterator<Item = PathBuf> {
        let of = move |dir: &PathBuf| dir.join(layout::checkpoint(trial_id));
        [&self.dir].into_iter().chain(&self.others).map(of)
    }

    /// Whether a trial has a checkpoint, intact or not.
    pub fn has(&self, trial_id: &str) -> bool {
        self.paths(trial_id).any(|path| path.exists())
    }

    /// Writes the checkpoint of a trial in place of an earlier one, durably.
    ///
    /// # Errors
    ///
    /// When the file cannot be written; the earlier one is still there then.
    pub fn write(&self, head: &CheckpointHead, state: &Checkpoint) -> Result<(), StoreError> {
        let path = self.path(&head.origin.trial_id);
        let bytes = encode(head, state)
            .map_err(|source| StoreError::Encode { trial_id: head.origin.trial_id.clone(), source })?;
        let folder = self.dir.join(layout::CHECKPOINTS);
        fs::create_dir_all(&folder).map_err(StoreError::io("create the folder", &folder))?;
        write_atomically(&path, &bytes).map_err(StoreError::io("write the checkpoint", &path))
    }

    /// The checkpoint of a trial, if there is one and it is of this very computation; of several the one after the most updates.
    ///
    /// # Errors
    ///
    /// When there are only such as are damaged or of another computation.
    pub fn read(&self, origin: &CheckpointOrigin) -> Result<Option<(CheckpointHead, Checkpoint)>, CheckpointError> {
        let (mut furthest, mut fault): (Option<(CheckpointHead, Checkpoint)>, _) = (None, None);
        for path in self.paths(&origin.trial_id) {
            match read(&path, origin) {
                Ok(Some(found)) if furthest.as_ref().is_none_or(|(head, _)| head.update < found.0.update) => {
                    furthest = Some(found);
                }
                Ok(_) => {}
                Err(found) => fault = fault.or(Some(CheckpointError { path, fault: found })),
            }
        }
        match (furthest, fault) {
            (None, Some(fault)) => Err(fault),
            (furthest, _) => Ok(furthest),
        }
    }

    /// The ids of the trials that have a checkpoint, intact or not, in order.
    pub fn trial_ids(&self) -> Vec<String> {
        let names = self.files();
        let ending = format!(".{}", layout::CHECKPOINT);
        let mut ids: Vec<String> =
            names.iter().filter_map(|name| Some(name.strip_suffix(&ending)?.to_owned())).collect();
        ids.sort();
        ids
    }

    /// The head of the checkpoint of a trial, if there is one that is intact.
    pub fn head(&self, trial_id: &str) -> Option<CheckpointHead> {
        let bytes = read_bytes(&self.path(trial_id)).ok()??;
        let (head, _) = decode_head(&bytes).ok()?;
        (head.origin.trial_id == trial_id).then_some(head)
    }

    /// Removes the checkpoint of a trial, if there is one.
    pub fn remove(&self, trial_id: &str) {
        // One that will not go is in nobody's way: whoever looks for those of trials under way passes over those of stored ones.
        let _ = fs::remove_file(self.path(trial_id));
    }

    /// Removes the unfinished files that a killed process left, and the folder if nothing is in it. The caller holds the lock of the run.
    pub fn sweep(&self) {
        let folder = self.dir.join(layout::CHECKPOINTS);
        for name in self.files().iter().filter(|name| is_temporary(name)) {
            // A file that will not go is in nobody's way.
            let _ = fs::remove_file(folder.join(name));
        }
        // Which the system refuses where something is in it.
        let _ = fs::remove_dir(&folder);
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.dir.join(layout::CHECKPOINTS)).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }
}

/// The checkpoint in a file, if there is one and it is of this very computation.
fn read(path: &Path, origin: &CheckpointOrigin) -> Result<Option<(CheckpointHead, Checkpoint)>, CheckpointFault> {
    let Some(bytes) = read_bytes(path)? else { return Ok(None) };
    let (head, state) = decode_head(&bytes)?;
    if head.origin.trial_id != origin.trial_id {
        return Err(CheckpointFault::Trial(head.origin.trial_id));
    }
    match head.origin.difference(origin) {
        Some(part) => Err(CheckpointFault::Otherwise(part)),
        None => Ok(Some((head, decode_state(state)?))),
    }
}

fn encode(head: &CheckpointHead, state: &Checkpoint) -> Result<Vec<u8>, postcard::Error> {
    let bytes = [MAGIC.as_slice(), &FORMAT.to_le_bytes(), &[0; CHECKSUM]].concat();
    let mut bytes = postcard::to_extend(state, postcard::to_extend(head, bytes)?)?;
    seal(&mut bytes);
    Ok(bytes)
}

fn seal(bytes: &mut [u8]) {
    let checksum = blake3::hash(&bytes[PREFIX..]);
    bytes[PREFIX - CHECKSUM..PREFIX].copy_from_slice(checksum.as_bytes());
}

/// The bytes of a file that begins as a checkpoint does; nothing where there is none.
fn read_bytes(path: &Path) -> Result<Option<Vec<u8>>, CheckpointFault> {
    let open = || -> io::Result<(File, Vec<u8>)> {
        let mut file = open_regular(path)?;
        let mut bytes = vec![];
        file.by_ref().take(PREFIX as u64).read_to_end(&mut bytes)?;
        Ok((file, bytes))
    };
    let (mut file, mut bytes) = match open() {
        Ok(begun) => begun,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(CheckpointFault::Unreadable(error)),
    };
    // Before the rest, which may be of any size if it is not ours.
    check_prefix(&bytes)?;
    file.read_to_end(&mut bytes).map_err(CheckpointFault::Unreadable)?;
    Ok(Some(bytes))
}

fn check_prefix(bytes: &[u8]) -> Result<(), CheckpointFault> {
    let Some(rest) = bytes.strip_prefix(MAGIC) else { return Err(CheckpointFault::Foreign) };
    let Some(format) = rest.first_chunk() else { return Err(CheckpointFault::Damaged) };
    match u32::from_le_bytes(*format) {
        FORMAT if bytes.len() >= PREFIX => Ok(()),
        FORMAT => Err(CheckpointFault::Damaged),
        found => Err(CheckpointFault::Format { found }),
    }
}

/// The head of a whole file, and the bytes of the state.
fn decode_head(bytes: &[u8]) -> Result<(CheckpointHead, &[u8]), CheckpointFault> {
    check_prefix(bytes)?;
    let (prefix, rest) = bytes.split_at(PREFIX);
    if blake3::hash(rest).as_bytes() != &prefix[PREFIX - CHECKSUM..] {
        return Err(CheckpointFault::Damaged);
    }
    postcard::take_from_bytes(rest).map_err(|_| CheckpointFault::Damaged)
}

fn decode_state(bytes: &[u8]) -> Result<Checkpoint, CheckpointFault> {
    match postcard::take_from_bytes(bytes) {
        Ok((state, [])) => Ok(state),
        _ => Err(CheckpointFault::Damaged),
    }
}

#[cfg(test)]
mod tests;
