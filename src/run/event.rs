//! News from the workers of a run.

use super::Finished;
use crate::plan::Trial;

/// Something that happened in a worker.
#[derive(Clone, Debug)]
pub enum PoolEvent {
    /// A trial goes on from its checkpoint, where so many updates were done.
    Resumed(Trial, u64),
    /// So many more updates of a trial are done.
    Progress(Trial, u64),
    /// Something about a trial that whoever watches should know, as a sentence.
    Notice(String),
    /// A trial has ended. Once this is handled without an error, it counts as finished.
    Finished(Trial, Box<Finished>),
    /// Some time has passed: a few times a second.
    Tick,
}
