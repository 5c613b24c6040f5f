//! The rows of the three tables: the one place that fixes their columns.

use serde::{Deserialize, Serialize};

/// How a trial ended. A diverged trial is a result, not a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Reached its target or its budget.
    Finished,
    /// A loss, gradient or parameter became NaN or infinite.
    Diverged,
    /// Ran past the suite's limit of time.
    Timeout,
    /// The device had not enough memory.
    OutOfMemory,
    /// The trial panicked or failed; `reason` says how.
    Error,
    /// Stopped from outside before its end.
    Interrupted,
}

/// One row of `trials`: one training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// 16 hexadecimal digits that identify the trial's settings and replicate.
    pub trial_id: String,
    /// The settings that differ from their defaults, as canonical JSON.
    pub config: String,
    /// The independent seed's number within its arm, from 0.
    pub replicate: u32,
    pub status: Status,
    /// In words, what ended a trial that did not finish.
    pub reason: Option<String>,
    /// Parameter updates done.
    pub updates: u64,
    /// Whether the target was reached; null without a target.
    pub solved: Option<bool>,
    /// The update of the evaluation that first reached the target.
    pub updates_to_target: Option<u64>,
    /// Whether `updates_to_target` is only known to lie beyond the budget; null without a target.
    pub censored: Option<bool>,
    /// The first update whose loss, gradient or parameters were not finite.
    pub first_nonfinite_update: Option<u64>,
    /// Number of trained parameters.
    pub parameters: u64,
    /// Floating-point operations of one update, forward and backward, of the matrix products.
    pub flops_per_update: u64,
    /// The last link of the trial's hash chain, hexadecimal.
    pub hash: String,
    pub engine: String,
    pub device: String,
    /// The numerics version the trial ran under.
    pub numerics: u32,
    /// Wall-clock time of the training, in seconds.
    pub train_seconds: f64,
}

/// One row of `metrics`: one figure of one evaluation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    pub trial_id: String,
    pub update: u64,
    /// `train`, `validation` or `test`.
    pub split: String,
    /// `loss`, `accuracy`, ….
    pub metric: String,
    pub value: f64,
}

/// One row of `probes`: one measured figure of the gradient's flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    pub trial_id: String,
    pub update: u64,
    /// The probe's name, such as `gradient-by-lag`.
    pub probe: String,
    /// The recurrent layer, from 0 at the input.
    pub layer: Option<u32>,
    /// The state component, such as `h` or `c`; `full` is all of them together.
    pub state: Option<String>,
    /// Steps back from the last step whose output is read.
    pub lag: Option<u32>,
    /// Which of several values, for probes that measure spectra.
    pub index: Option<u32>,
    /// Over the sequences: `median`, `q10`, `q90`.
    pub statistic: String,
    pub value: f64,
}

/// All that one trial leaves behind, written to the journal as one unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub trial: Trial,
    pub metrics: Vec<Metric>,
    pub probes: Vec<Probe>,
}
