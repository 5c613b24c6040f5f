use std::f64::consts::TAU;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape};
use crate::seed::Draws;

/// Phases of eigenvalues, as the LRU stores them.
///
/// # Definition
///
/// Independent entries θ = ln φ with the phase φ uniform on (0, max\].
///
/// # Why it is here
///
/// Small phases turn slowly: with max = π/10 a linear recurrence starts out with long periods.
///
/// # Example
///
/// ```yaml
/// model: {cell: lru}
/// init: {parameters: {theta_h: {kind: ring-phase, max: 0.314}}}
/// ```
///
/// # References
///
/// Orvieto et al. 2023, Resurrecting recurrent neural networks for long sequences (arXiv:2303.06349v1), section 3.4 and appendix A.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct RingPhase {
    /// The largest phase; 2π if not given.
    #[schemars(range(max = TAU), extend("exclusiveMinimum" = 0.0))]
    pub max: f64,
}

impl Default for RingPhase {
    fn default() -> Self {
        Self { max: TAU }
    }
}

impl Initializer for RingPhase {
    fn fill(&self, _: Shape, draws: &mut Draws, values: &mut [f64]) {
        values.iter_mut().for_each(|value| *value = libm::log(self.max * (1.0 - draws.uniform())));
    }

    fn property(&self, _: Shape) -> Property {
        Property::Range { low: f64::NEG_INFINITY, median: libm::log(self.max / 2.0), high: libm::log(self.max) }
    }
}
