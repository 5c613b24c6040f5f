use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape};
use crate::seed::Draws;

/// Gate biases for memories of a certain range of lags.
///
/// # Definition
///
/// b = ln u with u from U\[1, max-lag − 1\] for `sign: positive`, −ln u for `sign: negative`. Parameters of one layer that start by this
/// law have the same draws, so that `b_i` with the negative sign is exactly −`b_f`, unit by unit.
///
/// A forget gate σ(b_f) = u/(u + 1) keeps its state for about u + 1 steps: the lags are spread evenly from 2 to `max-lag`.
///
/// # Why it is here
///
/// With b_f = 0 or 1 every unit forgets within a few steps. Here each starts with a lag of its own, up to that of the task, and lets
/// in only so much that its state stays of one size.
///
/// # Example
///
/// ```yaml
/// model: {cell: lstm}
/// init:
///   parameters:
///     b_f: {kind: chrono, max-lag: 150}
///     b_i: {kind: chrono, max-lag: 150, sign: negative}
/// ```
///
/// # References
///
/// Tallec, Ollivier 2018 (arXiv:1804.11188v1), eq. 16. There `max-lag` is 1.5·T on copy and T elsewhere. For a GRU whose update gate u
/// keeps the state, `b_u` alone takes the positive sign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Chrono {
    /// T_max, in steps.
    #[schemars(range(min = 2.0, max = 1e6))]
    pub max_lag: f64,
    /// The sign: that of a gate that keeps, or of one that lets in.
    pub sign: Sign,
}

/// The sign of a bias.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// The bias ln u, for a gate that keeps the state.
    #[default]
    Positive,
    /// The bias −ln u, for a gate that lets new input in.
    Negative,
}

impl Default for Chrono {
    fn default() -> Self {
        Self { max_lag: 100.0, sign: Sign::Positive }
    }
}

impl Initializer for Chrono {
    fn fill(&self, _: Shape, draws: &mut Draws, values: &mut [f64]) {
        for value in values {
            *value = self.factor() * libm::log(draws.between(1.0, self.max_lag - 1.0));
        }
    }

    fn property(&self, _: Shape) -> Property {
        Property::LogUniform { factor: self.factor(), high: self.max_lag - 1.0 }
    }

    fn joint(&self) -> Option<&'static str> {
        Some("chrono")
    }
}

impl Chrono {
    fn factor(&self) -> f64 {
        match self.sign {
            Sign::Positive => 1.0,
            Sign::Negative => -1.0,
        }
    }
}
