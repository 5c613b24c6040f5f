use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape, fill_uniform};
use crate::seed::Draws;

/// The start of PyTorch's layers.
///
/// # Definition
///
/// Uniform on ±1/√n, variance 1/(3n). For every parameter of a recurrent layer, matrix or vector, n is its number of rows, the
/// hidden size; for those of a dense layer in the readout, the bias included, it is fan_in.
///
/// PyTorch's recurrent layers add two bias vectors, `bias_ih` and `bias_hh`, where there is one here: their sum starts with
/// variance 2/(3n), and as an optimizer moves both, it takes steps twice as long: `learning-rate-factors: {bias: 2.0}`.
///
/// # Why it is here
///
/// The start of most published comparisons, since it is the default. The spectral radius of a recurrent matrix is about 1/√3, so
/// that a tanh network forgets from the first update on.
///
/// # Example
///
/// ```yaml
/// init: {input: pytorch, recurrent: pytorch, bias: pytorch, readout: pytorch}
/// ```
///
/// # References
///
/// PyTorch 2.13, `nn.RNN`, `nn.LSTM`, `nn.GRU`, `nn.Linear`, section Attributes or Variables of each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Pytorch {}

impl Initializer for Pytorch {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        fill_uniform(variance(shape), draws, values);
    }

    fn property(&self, shape: Shape) -> Property {
        Property::Variance(variance(shape))
    }
}

fn variance(shape: Shape) -> f64 {
    let n = if shape.dense { shape.fan_in } else { shape.rows };
    1.0 / (3.0 * n as f64)
}
