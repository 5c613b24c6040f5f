//! The results of one suite's current plan.

use crate::{
    store::{Metric, Probe, Trial},
    text::setting_name,
};

/// The path of a sweep entry's own label among an arm's settings.
pub const LABEL: &str = "label";

/// A swept setting as an arm has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The dotted path in the suite, such as `task.length`; `label` for a sweep entry's own label.
    pub path: String,
    /// How it is shown, such as `50` or `elman tanh`.
    pub text: String,
    /// Its value where it is a number.
    pub number: Option<f64>,
}

impl Setting {
    /// What is set, in a word: the last segment of the path, or the one before where that says only that it is a value
    /// (`init.parameters.b_f.value` sets `b_f`).
    pub fn name(&self) -> &str {
        setting_name(&self.path)
    }
}

/// The target of training: validation metric `metric` below or above a bound.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Split and metric, such as `validation/loss`.
    pub metric: String,
    /// Reached once the metric is below this.
    pub below: Option<f64>,
    /// Reached once the metric is above this.
    pub above: Option<f64>,
}

/// A set of trials that are equal but for the replicate.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// Unique within the plan, such as `elman tanh · orthogonal · length 50`.
    pub label: String,
    /// The swept settings of its entry in the order of the sweep; those that a label of the entry speaks for give way to
    /// it. What figures and names are arranged by.
    pub settings: Vec<Setting>,
    /// What it has at each path that any entry sweeps. What tables are filtered by.
    pub swept: Vec<Setting>,
    /// Metric name (`loss`, `accuracy`) and what the best constant predictor scores on the arm's task.
    pub chance: Vec<(String, f64)>,
    /// The most updates a trial of this arm may take.
    pub budget: u64,
    /// What its training aims at, where the suite has a target.
    pub target: Option<Target>,
}

/// Everything a report is drawn from.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// The suite's name.
    pub suite: String,
    /// The suite's `about`.
    pub about: String,
    /// In the order of the plan.
    pub arms: Vec<Arm>,
    /// Stored trials with the index of their arm, in the order of the plan: by arm, then replicate.
    pub trials: Vec<(usize, Trial)>,
    /// Rows of the trials above, ordered by trial, update, split, metric.
    pub metrics: Vec<Metric>,
    /// Rows of the trials above, ordered by trial, update, probe, layer, state, lag, index, statistic.
    pub probes: Vec<Probe>,
    /// How many trials the plan has, stored or not.
    pub planned: usize,
}
