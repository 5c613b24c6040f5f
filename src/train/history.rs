//! The record of a training: its metrics, its probes and its hash chain.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{HashChain, Score};
use crate::component::probe::Measurement;

/// All that was recorded of a training so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    pub metrics: Vec<MetricValue>,
    pub probes: Vec<ProbeValue>,
    pub chain: HashChain,
}

/// A metric of a data set after some updates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricValue {
    /// Updates done.
    pub update: u64,
    pub split: Split,
    /// `loss`, `accuracy` or `skipped`.
    pub metric: Cow<'static, str>,
    pub value: f64,
}

/// A measurement of a probe after some updates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeValue {
    /// Updates done.
    pub update: u64,
    /// The probe's name in suites.
    pub probe: Cow<'static, str>,
    pub measurement: Measurement,
}

/// The sequences that a metric is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Split {
    /// The batches of all updates since the last evaluation, each before its update.
    Train,
    /// The validation set, on which a target stops.
    Validation,
    /// The test set, once, at the end.
    Test,
}

impl Split {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

impl History {
    /// Adds the loss and the accuracy of a data set.
    pub(super) fn record(&mut self, update: u64, split: Split, score: Score) {
        self.record_metric(update, split, "loss", score.loss);
        self.record_metric(update, split, "accuracy", score.accuracy);
    }

    /// Adds one metric of a data set.
    pub(super) fn record_metric(&mut self, update: u64, split: Split, metric: &'static str, value: f64) {
        self.metrics.push(MetricValue { update, split, metric: Cow::Borrowed(metric), value });
    }
}
