//! Whoever watches a run.

use super::Stages;
use crate::{
    plan::{Plan, Trial},
    store::Record,
};

/// The part of a suite that is being trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The trials by which the candidates of a suite with `tune` are judged.
    Tuning,
    /// The trials that are reported.
    Reported,
    /// A round of those that the searches of a suite with `reach` ask for.
    Search,
}

/// Told of what happens during a run. Each method does nothing unless it is written; `()` watches nothing.
pub trait Observer {
    /// A stage begins: `pending`, trials of `plan`, are to be trained; `stored` others of the plan are stored already.
    fn begin(&mut self, _stage: Stage, _plan: &Plan, _pending: &[Trial], _stored: usize) {}

    /// The searches of a suite with `reach` are so far; told before each round and at the end.
    fn searching(&mut self, _stages: &Stages) {}

    /// `trial` of `plan` goes on from its checkpoint, where `updates` updates were done.
    fn resumed(&mut self, _plan: &Plan, _trial: Trial, _updates: u64) {}

    /// Something that whoever watches should know, as a sentence, such as why a checkpoint is of no use.
    fn notice(&mut self, _text: &str) {}

    /// `updates` more updates of `trial` are done.
    fn progress(&mut self, _trial: Trial, _updates: u64) {}

    /// A trial of `plan` is finished and, where results are stored, durable.
    fn finished(&mut self, _plan: &Plan, _trial: Trial, _record: &Record) {}

    /// Called a few times a second.
    fn tick(&mut self) {}

    /// The stage is over, whether or not all of its trials are done.
    fn end(&mut self) {}
}

impl Observer for () {}
