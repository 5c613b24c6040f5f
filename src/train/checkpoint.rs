//! Leaving a training and entering it again.

use serde::{Deserialize, Serialize};

use super::{History, Pending, Score, Setup, StateError, Tally, Training, UpdaterState};
use crate::engine::Engine;

/// All that a training needs to go on as if it had never been left, beside its setup and its engine: plain data.
///
/// A format for it must keep every bit of a number, NaN included, as binary formats do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The next thing to do.
    pub pending: Pending,
    /// The state of what updates the parameters, them included.
    pub updater: UpdaterState,
    /// The scores of the batches of all updates since the last evaluation.
    pub running: Tally,
    /// The last score of the validation set.
    pub validation: Option<Score>,
    /// All that was recorded so far.
    pub history: History,
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
    pub fn resume(setup: &'a Setup, engine: &'a mut dyn Engine, checkpoint: Checkpoint) -> Result<Self, StateError> {
        let Checkpoint { pending, updater, running, validation, history } = checkpoint;
        let mut training = Self::new(setup, engine);
        training.updater.restore(&updater)?;
        (training.pending, training.running) = (pending, running);
        (training.validation, training.history) = (validation, history);
        Ok(training)
    }
}
