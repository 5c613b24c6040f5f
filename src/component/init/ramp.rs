use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape};
use crate::seed::Draws;

/// Numbers in even steps from one to another.
///
/// # Definition
///
/// The entries are cut into `levels` runs of equal length (the first ones longer by one where it does not divide), and run k of K has
/// from + (to − from)·k/(K − 1), k from 0. Without `levels` every entry is a run of its own. A single run has `from`.
///
/// # Why it is here
///
/// Input gates that start closed to different degrees: units are taken into use one after another, so that they do not all learn the
/// same. Also a constant for each part of a layer.
///
/// # Example
///
/// ```yaml
/// model: {cell: lstm, hidden: 8}
/// init: {parameters: {b_i: {kind: ramp, from: -1.0, to: -6.0}}}
/// ```
///
/// # References
///
/// Hochreiter, Schmidhuber 1997, Long short-term memory: input gate biases, block by block, −3, −6 on the adding problem (5.4;
/// `from: -3, to: -6, levels: 2`), −2, −4 and −2, −4, −6 on temporal order (5.6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Ramp {
    /// The first entry.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub from: f64,
    /// The last entry.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub to: f64,
    /// The number of different entries; as many as there are entries if not given.
    #[schemars(range(min = 1, max = 65536))]
    pub levels: Option<usize>,
}

impl Default for Ramp {
    fn default() -> Self {
        Self { from: -1.0, to: -6.0, levels: None }
    }
}

impl Initializer for Ramp {
    fn fill(&self, _: Shape, _: &mut Draws, values: &mut [f64]) {
        let count = values.len();
        let levels = self.levels.map_or(count, |levels| levels.min(count));
        for (index, value) in values.iter_mut().enumerate() {
            // Level k begins at entry ⌈k·count/levels⌉.
            let level = index * levels / count;
            let way = if levels > 1 { level as f64 / (levels - 1) as f64 } else { 0.0 };
            *value = self.from + (self.to - self.from) * way;
        }
    }

    fn property(&self, _: Shape) -> Property {
        Property::Ramp { from: self.from, to: self.to, levels: self.levels }
    }
}
