//! The rows of the tables: the one place that fixes their columns.

use serde::{Deserialize, Serialize};

use super::column::TableSchema;
use super::row::{Row, rows};
use super::status::Status;

rows! {
    /// One row of `trials`: one training.
    pub struct TrialRow in "trials", ordered by [trial_id] {
        /// `t` and 15 hexadecimal digits that identify the trial's settings and replicate.
        pub trial_id: String,
        /// The settings that differ from their defaults, as canonical JSON.
        pub config: String,
        /// The independent seed's number within its arm, from 0.
        pub replicate: u32,
        /// The way the trial ended: `finished`, `diverged`, `timeout`, `out-of-memory`, `error`, `interrupted`.
        pub status: Status,
        /// The cause, in words, of a trial's end before it finished.
        pub reason: Option<String>,
        /// Parameter updates done.
        pub updates: u64,
        /// Whether the target was reached; null without a target.
        pub solved: Option<bool>,
        /// The update of the evaluation that first reached the target.
        pub updates_to_target: Option<u64>,
        /// Whether `updates_to_target` is only known to lie beyond the budget; null without a target.
        pub censored: Option<bool>,
        /// The first update whose loss, gradient, parameters or optimizer's state were not finite.
        pub first_nonfinite_update: Option<u64>,
        /// The quantity that was not finite there: `loss`, `gradient`, `parameters`, `optimizer-state`, `validation-loss`.
        pub nonfinite_quantity: Option<String>,
        /// Number of trained parameters.
        pub parameters: u64,
        /// Floating-point operations of one update, forward and backward, of the matrix products.
        pub flops_per_update: u64,
        /// The last link of the trial's hash chain, hexadecimal.
        pub hash: String,
        /// The engine that computed the trial: `fused` or `dfdx`.
        pub engine: String,
        /// The device it was computed on: `cpu` or `cuda`.
        pub device: String,
        /// The numerics version the trial ran under.
        pub numerics: u32,
        /// `x` and 15 hexadecimal digits: a hash of the task as it is computed, by some of its sequences. A stored trial is reused only
        /// where all three definitions are those of today.
        pub task_definition: Option<String>,
        /// A hash of the network as it is computed: the graphs of its layers, parametrizations, the laws of its initial values.
        pub network_definition: Option<String>,
        /// A hash of the training as it is computed: regularizers, clips, optimizer, schedule, constraints, curriculum, budget, target, probes.
        pub training_definition: Option<String>,
        /// The build of the program that trained it: version, commit, compiler, profile. Null where an older version did.
        pub build: Option<String>,
        /// Wall-clock time of the training, in seconds, over all runs that had a part in it.
        pub train_seconds: f64,
    }
}

rows! {
    /// One row of `metrics`: one figure of one evaluation.
    pub struct MetricRow in "metrics", ordered by [trial_id, update, split, metric] {
        /// The trial it belongs to.
        pub trial_id: String,
        /// Parameter updates done before the evaluation.
        pub update: u64,
        /// `train`, `validation` or `test`.
        pub split: String,
        /// `loss`, `accuracy`, ….
        pub metric: String,
        /// The figure; NaN and infinities are kept as they are. A diverged trial's are NaN for `test`.
        pub value: f64,
    }
}

rows! {
    /// One row of `probes`: one measured figure of the gradient's flow.
    pub struct ProbeRow in "probes",
        ordered by [trial_id, update, probe, layer, state, lag, index, statistic]
    {
        /// The trial it belongs to.
        pub trial_id: String,
        /// Parameter updates done before the measurement.
        pub update: u64,
        /// The probe's name, such as `gradient-by-lag`.
        pub probe: String,
        /// The recurrent layer, from 0 at the input.
        pub layer: Option<u32>,
        /// The state component, such as `h` or `c`; `full` is all of them together.
        pub state: Option<String>,
        /// Steps back from the last step whose output is read.
        pub lag: Option<u32>,
        /// The number of a value among several, for probes that measure spectra.
        pub index: Option<u32>,
        /// Over the sequences: `median`, `q10`, `q90`.
        pub statistic: String,
        /// The figure; NaN and infinities are kept as they are.
        pub value: f64,
    }
}

rows! {
    /// One row of `chains`: one link of a trial's hash chain, made at every evaluation.
    pub struct Link in "chains", ordered by [trial_id, update] {
        /// The trial it belongs to.
        pub trial_id: String,
        /// Parameter updates done.
        pub update: u64,
        /// The first 16 hexadecimal digits of BLAKE3 over the link before (first 32 zero bytes), the update as 64 bits and
        /// every parameter's 32 bits, all little-endian, every NaN as 7fc00000.
        pub link: String,
    }
}

/// Digits of a link that are kept: enough to tell where two chains part. All 64 of the last link are in `trials`.
pub const LINK_DIGITS: usize = 16;

/// All that one trial leaves behind, written to the journal as one unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The trial's row.
    pub trial: TrialRow,
    /// Its figures.
    pub metrics: Vec<MetricRow>,
    /// Its measurements.
    pub probes: Vec<ProbeRow>,
    /// Its hash chain.
    pub chain: Vec<Link>,
}

/// A row that is a part of a trial's record.
pub trait RecordRow: Row {
    /// The rows of this table in a trial's record.
    fn of(record: &Record) -> &[Self];

    /// The trial that the row is of.
    fn trial_id(&self) -> &str;
}

impl RecordRow for TrialRow {
    fn of(record: &Record) -> &[Self] {
        std::slice::from_ref(&record.trial)
    }

    fn trial_id(&self) -> &str {
        &self.trial_id
    }
}

impl RecordRow for MetricRow {
    fn of(record: &Record) -> &[Self] {
        &record.metrics
    }

    fn trial_id(&self) -> &str {
        &self.trial_id
    }
}

impl RecordRow for ProbeRow {
    fn of(record: &Record) -> &[Self] {
        &record.probes
    }

    fn trial_id(&self) -> &str {
        &self.trial_id
    }
}

impl RecordRow for Link {
    fn of(record: &Record) -> &[Self] {
        &record.chain
    }

    fn trial_id(&self) -> &str {
        &self.trial_id
    }
}

/// The tables, in the order a reader meets them.
pub fn tables() -> [TableSchema; 4] {
    fn table<T: Row>() -> TableSchema {
        TableSchema { name: T::TABLE, doc: T::ABOUT, fields: T::FIELDS }
    }
    [table::<TrialRow>(), table::<MetricRow>(), table::<ProbeRow>(), table::<Link>()]
}
