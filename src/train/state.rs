//! The state of an updater.

use serde::{Deserialize, Serialize};

/// All that an [`Updater`](super::Updater) remembers from one update to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UpdaterState {
    /// Updates begun.
    pub updates: u64,
    /// Updates that took a step of the optimizer.
    pub steps: u64,
    /// The trained parameters: raw, where some are parametrized.
    pub parameters: Vec<f32>,
    /// The matrices that parametrized ones are multiplied by, with their names.
    pub bases: Vec<(String, Vec<f32>)>,
    /// The optimizer's state vectors.
    pub slots: Vec<Vec<f32>>,
    /// The running mean of norms of each clip.
    pub clip_means: Vec<f64>,
}

/// The part of a checkpoint that does not fit the training it is given to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the checkpoint is of another training: its {part} are {found}, and this one's {wanted}")]
pub struct StateError {
    /// The name of the part, such as `parameters`.
    pub part: &'static str,
    /// The number of them in the checkpoint, or their names and lengths.
    pub found: String,
    /// The number of them in the training, or their names and lengths.
    pub wanted: String,
}

impl StateError {
    /// An error unless both are the same.
    pub(super) fn unless_equal<T: PartialEq + std::fmt::Debug>(
        part: &'static str,
        found: T,
        wanted: T,
    ) -> Result<(), Self> {
        let differ = || Self { part, found: format!("{found:?}"), wanted: format!("{wanted:?}") };
        if found == wanted { Ok(()) } else { Err(differ()) }
    }

    /// An error if more are found than there can be.
    pub(super) fn unless_at_most(part: &'static str, found: u64, most: u64) -> Result<(), Self> {
        let exceed = || Self { part, found: found.to_string(), wanted: format!("at most {most}") };
        if found <= most { Ok(()) } else { Err(exceed()) }
    }
}
