//! The laws of initial values that a suite gives.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{GlorotUniform, InitializerSpec, Orthogonal, Zeros};
use crate::component::parameter::{Parameter, Role};

/// Initial values, by what a parameter is for or by its name. A few cells have laws of their own for single parameters, which
/// hold unless the parameter is named here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct InitSpec {
    /// Matrices on the input of a recurrent layer.
    pub input: InitializerSpec,
    /// Matrices on the state.
    pub recurrent: InitializerSpec,
    /// Vectors.
    pub bias: InitializerSpec,
    /// Matrices of the readout.
    pub readout: InitializerSpec,
    /// By name: `b_f` in every layer, or `layer0.b_f` in one.
    pub parameters: BTreeMap<String, InitializerSpec>,
}

impl Default for InitSpec {
    fn default() -> Self {
        Self {
            input: InitializerSpec::GlorotUniform(GlorotUniform::default()),
            recurrent: InitializerSpec::Orthogonal(Orthogonal::default()),
            bias: InitializerSpec::Zeros(Zeros::default()),
            readout: InitializerSpec::GlorotUniform(GlorotUniform::default()),
            parameters: BTreeMap::new(),
        }
    }
}

impl InitSpec {
    /// The initializer of `parameter`: the one that the suite has under its name, else the cell's own, else the one for its role.
    pub fn initializer<'a>(&'a self, parameter: &'a Parameter) -> &'a InitializerSpec {
        let named = self.parameters.get(&parameter.name).or_else(|| self.parameters.get(parameter.local_name()));
        named.or(parameter.start.as_ref()).unwrap_or(match parameter.role {
            Role::Input => &self.input,
            Role::Recurrent => &self.recurrent,
            Role::Bias => &self.bias,
            Role::Readout => &self.readout,
        })
    }
}
