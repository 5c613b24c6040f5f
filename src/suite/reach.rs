//! `reach`: a search for the length up to which each arm learns.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Path;

/// How far back each arm learns: a search, in place of a fixed number of replicates, for the value of one setting at which half of the
/// seeds still reach the target.
///
/// # Definition
///
/// The chance that a seed reaches `train.target` within the budget is taken to be (1 − λ)·σ((ln m − ln L)/s), where L is the value of
/// the setting, m the *reach*, s how gradually success ends, and λ the share of seeds that fail at any L. So the reach is where half of
/// the seeds that learn at all still do. It holds for this budget, this target and this network.
///
/// Values are tried in batches of four: first two trials each at `from` and at its double, and on to four times these until half of
/// a batch fails; then each where its outcome is expected to tell most about m per root of the updates that it is expected to cost,
/// whatever λ and s are. Every trial has a seed of its own: trial n of an arm is its replicate n.
///
/// The search of an arm ends when its 95 % interval is narrow enough, when it lies outside of the range, or when its trials are spent.
/// An end of the interval that the curve puts outside of the range counts where it is put, and is shown as a bound, `> to` or `< from`:
/// nothing was tried there.
///
/// # Source
///
/// Wichmann and Hill 2001, "The psychometric function: I", equation 1, with the guess rate 0; Kontsevich and Tyler 1999, "Bayesian
/// adaptive estimation of psychometric slope and threshold"; Watson 2017, "QUEST+".
///
/// # Example
///
/// ```yaml
/// train: {target: {metric: validation/loss, below: 0.0167}}
/// reach:
///   over: task.length
///   from: 10
///   to: 1000
///   updates: {per-step: 20, least: 2000}
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReachSpec {
    /// The setting along which the task gets harder, such as `task.length`: any of the task that takes whole numbers.
    pub over: Path,
    /// The smallest value to try, at which the search begins.
    #[schemars(range(min = 1, max = MOST))]
    pub from: u64,
    /// The largest value to try.
    #[schemars(range(min = 2, max = MOST))]
    pub to: u64,
    /// The search of an arm ends when the upper end of its interval is at most so many times the lower end. Defaults to 1.5.
    #[serde(default = "one_and_a_half")]
    #[schemars(extend("exclusiveMinimum" = 1.0, "maximum" = 100.0))]
    pub precision: f64,
    /// The most trials of an arm. Defaults to 80.
    #[serde(default = "eighty")]
    #[schemars(range(min = 4, max = 100_000))]
    pub trials: u32,
    /// The updates that each training may take, by the value tried. Without it all have `train.updates`.
    #[serde(default)]
    pub updates: Option<BudgetPerStep>,
}

/// The largest value of a setting that can be searched over.
const MOST: u64 = 10_000_000;

/// A number of updates in proportion to the length, and no less than a least one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BudgetPerStep {
    /// Updates for each step of the length.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub per_step: f64,
    /// The fewest updates. Defaults to 1.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    pub least: u64,
}

fn one_and_a_half() -> f64 {
    1.5
}

fn eighty() -> u32 {
    80
}

fn one() -> u64 {
    1
}

impl BudgetPerStep {
    /// The updates at a value of the setting that is searched along.
    pub fn of(&self, value: u64) -> u64 {
        ((self.per_step * value as f64).round() as u64).max(self.least)
    }
}

impl ReachSpec {
    /// The derived number that `train.updates` is in each arm, where the budget goes with the length, the setting at `over`.
    pub fn budget(&self, over: &Path) -> Option<Value> {
        let BudgetPerStep { per_step, least } = self.updates?;
        Some(json!({"per": over, "factor": per_step, "least": least}))
    }
}
