//! Leaving a training and entering it again.

use serde::{Deserialize, Serialize};

use super::{History, Pending, Score, Setup, Tally, Training};
use crate::engine::Engine;

/// All that a training needs to go on as if it had never been left, beside its setup and its engine: plain data.
///
/// A format for it must keep every bit of a number, NaN included, as binary formats do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// What is done next.
    pub pending: Pending,
    pub updater: UpdaterState,
    /// The scores of the batches of all updates since the last evaluation.
    pub running: Tally,
    /// The last score of the validation set.
    pub validation: Option<Score>,
    pub history: History,
}

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
pub struct CheckpointError {
    /// Such as `parameters`.
    pub part: &'static str,
    /// How many, or which, the checkpoint has.
    pub found: String,
    /// How many, or which, the training has.
    pub wanted: String,
}

impl CheckpointError {
    /// An error unless both are the same.
    pub(super) fn unless_equal<T: PartialEq + std::fmt::Debug>(
        part: &'static str,
        found: T,
        wanted: T,
    ) -> Result<(), Self> {
        let differ = || Self { part, found: format!("{found:?}"), wanted: format!("{wanted:?}") };
        if found == wanted { Ok(()) } else { Err(differ()) }
    }
}

impl<'a> Training<'a> {
    /// The training as it is now, to be resumed later or elsewhere.
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            pending: self.pending,
            updater: self.updater.state(),
            running: self.running,
            validation: self.validation,
            history: self.history.clone(),
        }
    }

    /// A training that goes on where `checkpoint` was taken, to the same bits. The setup must be the one that it was started with; the
    /// engine may be a new one.
    ///
    /// # Errors
    ///
    /// If the checkpoint's vectors are not those of this training.
    pub fn resume(
        setup: &'a Setup,
        engine: &'a mut dyn Engine,
        checkpoint: Checkpoint,
    ) -> Result<Self, CheckpointError> {
        let Checkpoint { pending, updater, running, validation, history } = checkpoint;
        let mut training = Self::new(setup, engine);
        training.updater.restore(&updater)?;
        (training.pending, training.running) = (pending, running);
        (training.validation, training.history) = (validation, history);
        Ok(training)
    }
}
