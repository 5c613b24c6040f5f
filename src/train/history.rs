//! The record of a training: its metrics, its probes and its hash chain.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{HashChain, Measure, Score, Split};
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
    pub metric: Measure,
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
