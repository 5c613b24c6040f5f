//! Which parameters are parametrized, as a suite writes it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ParametrizationSpec;
use crate::model::{Parameter, Role};

/// Parametrizations, by what a matrix is for or by its name. Only square matrices can be parametrized.
///
/// `init` draws the raw parameters. Hash chains are of the raw parameters, which decide everything; kept models hold the weights
/// that are made of them, which are what the network computes with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ParametrizeSpec {
    /// Matrices on the input of a recurrent layer.
    pub input: Option<ParametrizationSpec>,
    /// Matrices on the state.
    pub recurrent: Option<ParametrizationSpec>,
    /// Matrices of the readout.
    pub readout: Option<ParametrizationSpec>,
    /// By name: `w_hh` in every layer, or `layer0.w_hh` in one.
    pub parameters: BTreeMap<String, ParametrizationSpec>,
}

impl ParametrizeSpec {
    /// The parametrization of `parameter`, if it has one.
    pub fn of(&self, parameter: &Parameter) -> Option<&ParametrizationSpec> {
        let named = self.parameters.get(&parameter.name).or_else(|| self.parameters.get(parameter.local_name()));
        named.or(match parameter.role {
            _ if parameter.shape.len() != 2 => None,
            Role::Input => self.input.as_ref(),
            Role::Recurrent => self.recurrent.as_ref(),
            Role::Readout => self.readout.as_ref(),
            Role::Bias => None,
        })
    }
}
