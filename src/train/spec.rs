//! The section `train` of a suite.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Measure, MetricName, Score, Split};
use crate::component::{
    curriculum::CurriculumSpec,
    task::{Solved, TaskSpec},
};

/// Batches, budget, evaluation and target of a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct TrainSpec {
    /// Sequences per update.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub batch: usize,
    /// The most parameter updates; 1000 if neither this nor `epochs` is given.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub updates: Option<u64>,
    /// In place of `updates`, for a task with a finite data set: passes over it, each in a new order, the last batch short.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub epochs: Option<u64>,
    /// Updates between evaluations; 100, or one epoch, if not given.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub evaluate_every: Option<u64>,
    /// Sequences of the validation set, on which `target` stops; a data set of a file is taken whole.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub validation_sequences: usize,
    /// Sequences of the test set, on which results are reported; a data set of a file is taken whole.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub test_sequences: usize,
    /// The score at which the task counts as solved; training stops there.
    pub target: Option<TargetSpec>,
    /// The lengths of training sequences, where not those of the task.
    pub curriculum: Option<CurriculumSpec>,
}

impl Default for TrainSpec {
    fn default() -> Self {
        Self {
            batch: 32,
            updates: None,
            epochs: None,
            evaluate_every: None,
            validation_sequences: 256,
            test_sequences: 1024,
            target: None,
            curriculum: None,
        }
    }
}

impl TrainSpec {
    /// Updates of one pass over the data, for a finite data set.
    pub fn updates_per_epoch(&self, finite: Option<usize>) -> Option<u64> {
        finite.map(|sequences| sequences.div_ceil(self.batch) as u64)
    }

    /// Sequences of the validation set: all that there are, for a stored data set.
    pub fn validation_of(&self, task: &TaskSpec) -> usize {
        task.contents().map_or(self.validation_sequences, |contents| contents.validation)
    }

    /// Sequences of the test set: all that there are, for a stored data set.
    pub fn test_of(&self, task: &TaskSpec) -> usize {
        task.contents().map_or(self.test_sequences, |contents| contents.test)
    }

    /// The most updates a training takes.
    pub fn budget(&self, finite: Option<usize>) -> u64 {
        match (self.epochs, self.updates_per_epoch(finite)) {
            (Some(epochs), Some(updates)) => epochs * updates,
            _ => self.updates.unwrap_or(1000),
        }
    }

    /// Updates between evaluations.
    pub fn evaluation_interval(&self, finite: Option<usize>) -> u64 {
        let epoch = self.epochs.and(self.updates_per_epoch(finite));
        self.evaluate_every.or(epoch).unwrap_or(100)
    }
}

/// The score at which a task counts as solved: a validation metric beyond a bound, or `{metric: solved}` for the task's own criterion, which
/// its page tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TargetSpec {
    /// The metric, always of the validation set.
    pub metric: Metric,
    /// Solved when the metric is below this.
    pub below: Option<f64>,
    /// Solved when the metric is above this.
    pub above: Option<f64>,
}

/// A metric that a target may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Metric {
    /// Mean squared error, or cross-entropy in nats.
    #[serde(rename = "validation/loss")]
    Loss,
    /// Fraction of the scored outputs that are right.
    #[serde(rename = "validation/accuracy")]
    Accuracy,
    /// Fraction of the sequences all of whose scored outputs are right.
    #[serde(rename = "validation/exact-match")]
    ExactMatch,
    /// The criterion of the task's source; without a bound.
    #[serde(rename = "solved")]
    Solved,
}

impl From<Metric> for MetricName {
    fn from(metric: Metric) -> Self {
        match metric {
            Metric::Loss => Self::Measured(Split::Validation, Measure::Loss),
            Metric::Accuracy => Self::Measured(Split::Validation, Measure::Accuracy),
            Metric::ExactMatch => Self::Measured(Split::Validation, Measure::ExactMatch),
            Metric::Solved => Self::Solved,
        }
    }
}

impl TargetSpec {
    /// The metric and bound that this stands for: itself, unless it is what `task` counts as solved. Nothing if that is never.
    pub fn resolved(&self, task: &TaskSpec) -> Option<Self> {
        if self.metric != Metric::Solved {
            return Some(self.clone());
        }
        Some(match task.solved()? {
            Solved::LossBelow(bound) => Self { metric: Metric::Loss, below: Some(bound), above: None },
            // The bound itself is reached.
            Solved::AccuracyFrom(bound) => {
                Self { metric: Metric::Accuracy, below: None, above: Some(bound.next_down()) }
            }
        })
    }

    /// Whether `score` reaches the target, which is a resolved one. NaN never does.
    pub fn reached(&self, score: Score) -> bool {
        let value = match self.metric {
            Metric::Loss => score.loss,
            Metric::Accuracy => score.accuracy,
            Metric::ExactMatch => score.exact_match.unwrap_or(score.accuracy),
            Metric::Solved => f64::NAN,
        };
        !value.is_nan() && self.below.is_none_or(|bound| value < bound) && self.above.is_none_or(|bound| value > bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_write_metrics_by_their_names() {
        for metric in [Metric::Loss, Metric::Accuracy, Metric::ExactMatch, Metric::Solved] {
            assert_eq!(serde_json::to_value(metric).unwrap(), MetricName::from(metric).to_string());
        }
    }
}
