//! Limits of time, of a trial and of a run, and how often checkpoints are written.

use std::time::{Duration, Instant};

/// Seconds between two checkpoints of a trial, unless told otherwise.
const INTERVAL: Duration = Duration::from_secs(60);
/// The time between two checkpoints as a multiple of what the last one took to write, unless told otherwise: they take less than a
/// hundredth of a run.
const SPARSE: u32 = 100;

/// The time that a run and its trials may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The time that one trial may take, over all runs that had a part in it.
    pub trial: Option<Duration>,
    /// The moment at which the run ends, whatever is done by then.
    pub until: Option<Instant>,
}

impl Limits {
    /// Whether the run's time is over.
    pub fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }
}

/// How often checkpoints of a trial are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckpointInterval {
    every: Duration,
    sparse: u32,
}

/// Every minute, and less often where writing one takes more than a hundredth of that.
impl Default for CheckpointInterval {
    fn default() -> Self {
        Self { every: INTERVAL, sparse: SPARSE }
    }
}

impl CheckpointInterval {
    /// Every so often, whatever it takes to write one.
    pub fn of(every: Duration) -> Self {
        Self { every, sparse: 0 }
    }

    /// The time from a checkpoint that took so long to write to the next.
    pub fn after(self, took: Duration) -> Duration {
        self.every.max(took * self.sparse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkpoints_that_take_long_to_write_are_rare_unless_they_are_asked_for() {
        let seconds = Duration::from_secs;
        let usual = CheckpointInterval::default();
        assert_eq!([0, 2, 60].map(|took| usual.after(seconds(took))), [60, 200, 6000].map(seconds));
        assert_eq!(CheckpointInterval::of(seconds(5)).after(seconds(60)), seconds(5));
    }

    #[test]
    fn a_run_without_a_limit_is_never_over() {
        assert!(!Limits::default().is_over());
        assert!(Limits { until: Some(Instant::now()), ..Limits::default() }.is_over());
    }
}
