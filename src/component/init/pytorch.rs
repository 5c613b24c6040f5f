use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape, fill_uniform};
use crate::seed::Draws;

/// The start of PyTorch's recurrent layers.
///
/// # Definition
///
/// Uniform on ±1/√n with n the number of rows, which for every parameter of a recurrent layer, matrix or vector, is its hidden
/// size; variance 1/(3n). PyTorch's dense layers have fan_in in place of n, which is `uniform`.
///
/// # Why it is here
///
/// The start of most published comparisons, since it is the default. The spectral radius of a recurrent matrix is about 1/√3, so
/// that a tanh network forgets from the first update on.
///
/// # Example
///
/// ```yaml
/// init: {input: pytorch, recurrent: pytorch, bias: pytorch, readout: uniform}
/// ```
///
/// # References
///
/// PyTorch 2.13, `nn.RNN`, `nn.LSTM`, `nn.GRU`, section Attributes.
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
    1.0 / (3.0 * shape.rows as f64)
}
