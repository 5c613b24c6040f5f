//! Learning rates of groups of parameters, as a suite writes them.

use std::{collections::BTreeMap, ops::Range};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{self, Parameter, Role};

/// Factors on the learning rate, by what a parameter is for or by its name; 0 keeps a parameter as it is.
///
/// Orthogonal recurrent matrices are often given a tenth of the rate of the others: `rates: {recurrent: 0.1}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct RatesSpec {
    /// Matrices on the input of a recurrent layer.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub input: f64,
    /// Matrices on the state.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub recurrent: f64,
    /// Vectors.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub bias: f64,
    /// Matrices of the readout.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub readout: f64,
    /// By name, in place of the above: `b_f` in every layer, or `layer0.b_f` in one.
    #[schemars(extend("additionalProperties" = {"type": "number", "format": "double", "minimum": 0.0, "maximum": 1e6}))]
    pub parameters: BTreeMap<String, f64>,
}

impl Default for RatesSpec {
    fn default() -> Self {
        Self { input: 1.0, recurrent: 1.0, bias: 1.0, readout: 1.0, parameters: BTreeMap::new() }
    }
}

impl RatesSpec {
    /// The factor of `parameter`.
    pub fn of(&self, parameter: &Parameter) -> f64 {
        let named = self.parameters.get(&parameter.name).or_else(|| self.parameters.get(parameter.local_name()));
        named.copied().unwrap_or(match parameter.role {
            Role::Input => self.input,
            Role::Recurrent => self.recurrent,
            Role::Bias => self.bias,
            Role::Readout => self.readout,
        })
    }

    /// Each factor with where the numbers that it is for lie in the flat buffer of `layout`.
    pub fn groups(&self, layout: &[Parameter]) -> Vec<(f64, Vec<Range<usize>>)> {
        let mut factors: Vec<f64> = vec![];
        for factor in layout.iter().map(|parameter| self.of(parameter)) {
            if !factors.contains(&factor) {
                factors.push(factor);
            }
        }
        let ranges = |factor: f64| model::ranges(layout, |parameter| self.of(parameter) == factor);
        factors.into_iter().map(|factor| (factor, ranges(factor))).collect()
    }
}
