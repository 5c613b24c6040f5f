//! Learning rates of single parameters, as a suite writes it.

use std::{collections::BTreeMap, ops::Range};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::parameter::{self, Parameter, Role};

/// Factors on the learning rate, by a parameter's role or by its name; a name comes before a role. Where
/// parameters are parametrized, these are the raw ones, such as `w_hh.theta`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LearningRateFactorsSpec {
    /// Matrices on the input of a recurrent layer.
    pub input: Factor,
    /// Matrices on the state, and vectors that a state is multiplied by unit by unit.
    pub recurrent: Factor,
    /// Other vectors.
    pub bias: Factor,
    /// Matrices of the readout.
    pub readout: Factor,
    /// Parameters by name: `w_hh` in every layer, or `layer0.w_hh` in one.
    pub parameters: BTreeMap<String, Factor>,
}

/// A factor on the learning rate; 0 keeps a parameter as it is, but for weight decay that is no part of the rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Factor(#[schemars(range(min = 0.0, max = 1e6))] pub f64);

impl Default for Factor {
    fn default() -> Self {
        Self(1.0)
    }
}

impl LearningRateFactorsSpec {
    /// The factor of `parameter`.
    pub fn of(&self, parameter: &Parameter) -> f64 {
        let named = self.parameters.get(&parameter.name).or_else(|| self.parameters.get(parameter.local_name()));
        let role = match parameter.role {
            Role::Input => &self.input,
            Role::Recurrent => &self.recurrent,
            Role::Bias => &self.bias,
            Role::Readout => &self.readout,
        };
        named.unwrap_or(role).0
    }

    /// Each factor, and where the parameters that have it lie in the flat buffer of `layout`.
    pub fn groups(&self, layout: &[Parameter]) -> Vec<(f64, Vec<Range<usize>>)> {
        let mut factors: Vec<f64> = layout.iter().map(|parameter| self.of(parameter)).collect();
        factors.sort_by(f64::total_cmp);
        factors.dedup();
        let group = |factor| (factor, parameter::ranges(layout, |parameter| self.of(parameter) == factor));
        factors.into_iter().map(group).collect()
    }

    /// Leaves out what has no effect, so that no two trials are the same: names with factor 1, where the roles have 1 too.
    pub fn prune(&mut self) {
        if [self.input, self.recurrent, self.bias, self.readout].iter().all(|role| role.0 == 1.0)
            && self.parameters.values().all(|named| named.0 == 1.0)
        {
            self.parameters.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(name: &str, shape: &[usize], role: Role, offset: usize) -> Parameter {
        Parameter { name: name.into(), shape: shape.to_vec(), role, dense_inputs: None, offset, start: None }
    }

    #[test]
    fn a_full_name_comes_before_a_short_one_and_that_before_a_role() {
        let layout = [
            parameter("layer0.w_hh", &[2, 2], Role::Recurrent, 0),
            parameter("layer0.w_ch", &[2, 2], Role::Recurrent, 4),
            parameter("layer0.b_h", &[2], Role::Bias, 8),
            parameter("layer1.w_hh", &[2, 2], Role::Recurrent, 10),
        ];
        let mut rates = LearningRateFactorsSpec { recurrent: Factor(0.5), ..LearningRateFactorsSpec::default() };
        rates.parameters.insert("w_hh".into(), Factor(0.1));
        rates.parameters.insert("layer1.w_hh".into(), Factor(2.0));
        assert_eq!(
            rates.groups(&layout),
            [(0.1, 0..4), (0.5, 4..8), (1.0, 8..10), (2.0, 10..14)].map(|(factor, range)| (factor, Vec::from([range])))
        );
        let whole = 0..14;
        assert_eq!(LearningRateFactorsSpec::default().groups(&layout), [(1.0, vec![whole])]);
    }

    #[test]
    fn what_has_no_effect_is_left_out() {
        let named = |factor| BTreeMap::from([("w_hh".to_owned(), Factor(factor))]);
        let pruned = |mut rates: LearningRateFactorsSpec| {
            rates.prune();
            rates
        };
        assert_eq!(
            pruned(LearningRateFactorsSpec { parameters: named(1.0), ..LearningRateFactorsSpec::default() }),
            LearningRateFactorsSpec::default()
        );
        let felt = LearningRateFactorsSpec {
            recurrent: Factor(0.5),
            parameters: named(1.0),
            ..LearningRateFactorsSpec::default()
        };
        assert_eq!(pruned(felt.clone()), felt);
    }
}
