//! The section `parametrize` of a suite: the parameters that are made of raw ones.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ParametrizationSpec;
use crate::component::parameter::{Parameter, Role};

/// Parametrizations, by what a matrix is for or by its name. Only square matrices can be parametrized,
/// but for `free`.
///
/// `init` draws the raw parameters: those of a matrix's own name from the matrix it would draw without, the others by their names, such
/// as `w_hh.theta`. Hash chains are of the raw parameters, which decide everything; kept models hold the weights
/// that are made of them, which are what the network computes with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ParametrizeSpec {
    /// The parametrization of matrices on the state.
    pub recurrent: Option<ParametrizationSpec>,
    /// The parametrization of matrices on the input of a recurrent layer.
    pub input: Option<ParametrizationSpec>,
    /// The parametrization of matrices of the readout.
    pub readout: Option<ParametrizationSpec>,
    /// The parametrization of single matrices, by name: `w_hh` in every layer, or `layer0.w_hh` in one.
    pub parameters: BTreeMap<String, ParametrizationSpec>,
}

impl ParametrizeSpec {
    /// The parametrization of `parameter`, if it has one.
    pub fn of(&self, parameter: &Parameter) -> Option<&ParametrizationSpec> {
        let named = self.parameters.get(&parameter.name).or_else(|| self.parameters.get(parameter.local_name()));
        let found = named.or(match parameter.role {
            _ if parameter.shape.len() != 2 => None,
            Role::Input => self.input.as_ref(),
            Role::Recurrent => self.recurrent.as_ref(),
            Role::Readout => self.readout.as_ref(),
            Role::Bias => None,
        });
        found.filter(|found| !matches!(found, ParametrizationSpec::Free(_)))
    }

    /// Leaves out what has no effect, so that no two trials are the same: `free`, where nothing else would be.
    pub fn prune(&mut self) {
        for role in [&mut self.input, &mut self.recurrent, &mut self.readout] {
            role.take_if(|role| matches!(role, ParametrizationSpec::Free(_)));
        }
        let others = self.parameters.values().any(|named| !matches!(named, ParametrizationSpec::Free(_)));
        if !others && self.input.is_none() && self.recurrent.is_none() && self.readout.is_none() {
            self.parameters.clear();
        }
    }
}
