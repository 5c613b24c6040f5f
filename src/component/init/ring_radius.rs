use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape};
use crate::seed::Draws;

/// Radii of eigenvalues in a ring of the unit disc, as the LRU stores them.
///
/// # Definition
///
/// Independent entries ν = ln(−ln r) with r² uniform on (min², max²\]: with uniform phases, λ = exp(−e^ν + i·θ) is uniform on the
/// ring min < |λ| ≤ max.
///
/// # Why it is here
///
/// A linear recurrence remembers for about 1/(1 − |λ|) steps: the ring is where that is chosen.
///
/// # Example
///
/// ```yaml
/// model: {cell: lru}
/// init: {parameters: {nu_h: {kind: ring-radius, min: 0.9, max: 0.999}}}
/// ```
///
/// # References
///
/// Orvieto et al. 2023, Resurrecting recurrent neural networks for long sequences (arXiv:2303.06349v1), lemma 3.2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct RingRadius {
    /// The inner radius.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub min: f64,
    /// The outer radius.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub max: f64,
}

impl Default for RingRadius {
    fn default() -> Self {
        Self { min: 0.0, max: 1.0 }
    }
}

/// The largest radius that is drawn: 1 has no finite ν.
const LARGEST: f64 = 1.0 - 1e-9;

impl Initializer for RingRadius {
    fn fill(&self, _: Shape, draws: &mut Draws, values: &mut [f64]) {
        let (inner, outer) = (self.min * self.min, self.max * self.max);
        for value in values {
            // 1 − u lies in (0, 1], so that no radius is 0.
            *value = stored(libm::sqrt(inner + (outer - inner) * (1.0 - draws.uniform())));
        }
    }

    fn property(&self, _: Shape) -> Property {
        let median = libm::sqrt(f64::midpoint(self.min * self.min, self.max * self.max));
        Property::Range {
            low: stored(self.min.max(self.max)),
            median: stored(median),
            high: stored(self.min.min(self.max)),
        }
    }
}

/// ν of a radius.
fn stored(radius: f64) -> f64 {
    libm::log(-libm::log(radius.min(LARGEST)))
}
