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
    /// If the checkpoint's vectors are not those of this training, or its updates more than this one has.
    pub fn resume(setup: &'a Setup, engine: &'a mut dyn Engine, checkpoint: Checkpoint) -> Result<Self, StateError> {
        let mut training = Self::new(setup, engine);
        training.restore(checkpoint)?;
        Ok(training)
    }

    /// Takes the training to where `checkpoint` was taken, as [`resume`](Self::resume) does.
    ///
    /// # Errors
    ///
    /// As of `resume`; the training is as it was then.
    pub fn restore(&mut self, checkpoint: Checkpoint) -> Result<(), StateError> {
        let Checkpoint { pending, updater, running, validation, history } = checkpoint;
        let most = self.setup.budget.saturating_sub(u64::from(pending == Pending::Update));
        StateError::unless_at_most("updates", updater.updates, most)?;
        StateError::unless_at_most("steps", updater.steps, updater.updates)?;
        self.updater.restore(&updater)?;
        (self.pending, self.running) = (pending, running);
        (self.validation, self.history) = (validation, history);
        Ok(())
    }
}
