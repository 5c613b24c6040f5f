use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape, fill_normal};
use crate::seed::Draws;

/// Normal with a chosen scale.
///
/// # Definition
///
/// Independent entries from N(0, σ²) with σ = `deviation`, or σ = `gain` / √fan_in where `gain` is given instead.
///
/// # Why it is here
///
/// `gain` g gives a recurrent matrix of spectral radius g for large n: below 1 a tanh network forgets, above 1 it is chaotic.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: {kind: normal, gain: 1.5}}
/// ```
///
/// # References
///
/// Sompolinsky, Crisanti, Sommers 1988 for the gain; Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), §4.1, for
/// `deviation: 0.01` and `0.1`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Normal {
    /// σ, the standard deviation.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub deviation: f64,
    /// The standard deviation times √fan_in; replaces `deviation`.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub gain: Option<f64>,
}

impl Default for Normal {
    fn default() -> Self {
        Self { deviation: 0.1, gain: None }
    }
}

impl Initializer for Normal {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        fill_normal(self.deviation(shape), draws, values);
    }

    fn property(&self, shape: Shape) -> Property {
        let deviation = self.deviation(shape);
        Property::Variance(deviation * deviation)
    }
}

impl Normal {
    fn deviation(&self, shape: Shape) -> f64 {
        self.gain.map_or(self.deviation, |gain| gain / libm::sqrt(shape.fan_in as f64))
    }
}
