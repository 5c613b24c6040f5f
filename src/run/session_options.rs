//! Settings of a session.

use std::{path::PathBuf, time::Duration};

use super::{limits::CheckpointInterval, shard::Shard};
use crate::{compute::kernel::Isa, engine::Backend, plan::PlanOptions};

/// Settings of a session.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// The folder of all results; the suite gets a folder of its name in it.
    pub out: PathBuf,
    /// The engine and device.
    pub backend: Backend,
    /// Trials at a time; none means as many as there are cores for their threads.
    pub jobs: Option<usize>,
    /// Whether to stop at the first trial that ends in an error.
    pub fail_fast: bool,
    /// Whether trials are trained that are stored already.
    pub again: bool,
    /// How often checkpoints of the trials under way are written; none are where there is none.
    pub checkpoints: Option<CheckpointInterval>,
    /// The time that one trial may take, over all runs that had a part in it; then it ends as `timeout`.
    pub timeout: Option<Duration>,
    /// The time that the run may take; then it ends as if it were interrupted.
    pub max_time: Option<Duration>,
    /// The part of the run to train, into a folder of its own; none means all, into the folder of the run.
    pub shard: Option<Shard>,
    /// The arms to train, and the most trials that the suite may have.
    pub plan: PlanOptions,
}

/// The fused engine on this processor, one thread per trial, results in `results/`.
impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            out: PathBuf::from("results"),
            backend: Backend::Fused { isa: Isa::choose().unwrap_or(Isa::Portable), threads: 1 },
            jobs: None,
            fail_fast: false,
            again: false,
            checkpoints: Some(CheckpointInterval::default()),
            timeout: None,
            max_time: None,
            shard: None,
            plan: PlanOptions::default(),
        }
    }
}
