use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape, fill_normal};
use crate::seed::Draws;

/// Pascanu's basic start for tanh networks.
///
/// # Definition
///
/// Independent entries from N(0, 0.1²).
///
/// # Why it is here
///
/// One of the three starts between which the study of clipping and of its regularizer was made: the spectral radius is 0.1·√n, at
/// 50 units 0.7, at 100 units 1.
///
/// # Example
///
/// ```yaml
/// init: {input: pascanu-basic-tanh, recurrent: pascanu-basic-tanh, readout: pascanu-basic-tanh}
/// ```
///
/// # References
///
/// Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), §4.1.1; official code, `RNN.py`, `basic_tanh`. The paper writes N(0, 0.1), which in
/// the code is the standard deviation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct PascanuBasicTanh {}

impl Initializer for PascanuBasicTanh {
    fn fill(&self, _: Shape, draws: &mut Draws, values: &mut [f64]) {
        fill_normal(0.1, draws, values);
    }

    fn property(&self, _: Shape) -> Property {
        Property::Variance(0.1 * 0.1)
    }
}
