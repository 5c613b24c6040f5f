use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape, fill_normal};
use crate::seed::Draws;

/// Pascanu's start for sigmoid networks.
///
/// # Definition
///
/// Independent entries from N(0, 0.01²).
///
/// # Why it is here
///
/// One of the three starts between which the study of clipping and of its regularizer was made: far below the edge, gradients
/// vanish.
///
/// # Example
///
/// ```yaml
/// init: {input: pascanu-sigmoid, recurrent: pascanu-sigmoid, readout: pascanu-sigmoid}
/// ```
///
/// # References
///
/// Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), §4.1.1; official code, `RNN.py`, `sigmoid`. The paper writes N(0, 0.01), which in
/// the code is the standard deviation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct PascanuSigmoid {}

impl Initializer for PascanuSigmoid {
    fn fill(&self, _: Shape, draws: &mut Draws, values: &mut [f64]) {
        fill_normal(0.01, draws, values);
    }

    fn property(&self, _: Shape) -> Property {
        Property::Variance(0.01 * 0.01)
    }
}
