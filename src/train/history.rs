//! The record of a training: its metrics, its probes and its hash chain.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{HashChain, Measure, Score, Split};
use crate::component::probe::Measurement;

/// All that was recorded of a training so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Metrics in the order in which they were taken.
    pub metrics: Vec<MetricValue>,
    /// Measurements in the order in which they were taken.
    pub probes: Vec<ProbeValue>,
    /// The links of all evaluations.
    pub chain: HashChain,
}

/// A metric of a data set after some updates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MetricValue {
    /// Updates done.
    pub update: u64,
    /// The data set.
    pub split: Split,
    /// The measure of it.
    pub metric: Measure,
    /// The number: a loss in its own unit (a mean square, or nats), a share from 0 to 1, or a count.
    pub value: f64,
}

/// A measurement of a probe after some updates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProbeValue {
    /// Updates done.
    pub update: u64,
    /// The probe's name in suites.
    pub probe: Cow<'static, str>,
    /// The number and its place.
    pub measurement: Measurement,
}

impl History {
    /// Adds the loss, the accuracy and, where it is another, the exact match of a data set.
    pub(super) fn record(&mut self, update: u64, split: Split, score: Score) {
        score.measures().for_each(|(measure, value)| self.record_metric(update, split, measure, value));
    }

    /// Adds one metric of a data set.
    pub(super) fn record_metric(&mut self, update: u64, split: Split, metric: Measure, value: f64) {
        self.metrics.push(MetricValue { update, split, metric, value });
    }
}
