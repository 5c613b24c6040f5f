use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape};
use crate::seed::Draws;

/// Uniform on an interval.
///
/// # Definition
///
/// Independent entries, uniform on \[low, high). If high is below low, the interval's ends are exchanged.
///
/// # Why it is here
///
/// Diagonals, phases and gates start in intervals that are not around 0.
///
/// # Example
///
/// ```yaml
/// model: {cell: ind-rnn}
/// init: {parameters: {u_h: {kind: interval, low: 0.9, high: 1.0}}}
/// ```
///
/// # References
///
/// Li, Li, Cook, Zhu, Gao 2018 (arXiv:1803.04831v3): \[0, 1) for IndRNN's recurrent weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Interval {
    /// The lower end.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub low: f64,
    /// The upper end.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub high: f64,
}

impl Default for Interval {
    fn default() -> Self {
        Self { low: 0.0, high: 1.0 }
    }
}

impl Initializer for Interval {
    fn fill(&self, _: Shape, draws: &mut Draws, values: &mut [f64]) {
        values.iter_mut().for_each(|value| *value = draws.between(self.low, self.high));
    }

    fn property(&self, _: Shape) -> Property {
        let (low, high) = (self.low.min(self.high), self.low.max(self.high));
        Property::Range { low, median: f64::midpoint(low, high), high }
    }
}
