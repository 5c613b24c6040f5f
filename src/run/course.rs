//! The course of a trial's training: where it begins, and whether it goes on.

use crate::train::{Checkpoint, Progress, StateError};

/// Directs the training of one trial.
///
/// A closure from [`Progress`] to whether to go on is one that begins at the beginning and keeps nothing.
pub trait Course {
    /// The state to go on from, where the trial was left before, with the seconds that it took so far; asked once, first.
    fn begin(&mut self) -> Option<(Checkpoint, f64)> {
        None
    }

    /// The state that [`begin`](Self::begin) gave is not one of this training, which begins at the beginning.
    fn refuse(&mut self, _error: StateError) {}

    /// The order for the next step of the training, which is probes, an evaluation or an update; asked before each.
    fn next(&mut self, progress: Progress) -> Next;

    /// Takes the state of the training, as [`next`](Self::next) asked for it.
    fn keep(&mut self, _state: Checkpoint) {}
}

/// An order to a training between two of its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Take the next step.
    GoOn,
    /// Hand over the state, then take the next step.
    Keep,
    /// Hand over the state, and end without a result.
    KeepAndLeave,
    /// End without a result.
    Leave,
}

impl<F: FnMut(Progress) -> bool> Course for F {
    fn next(&mut self, progress: Progress) -> Next {
        if self(progress) { Next::GoOn } else { Next::Leave }
    }
}
