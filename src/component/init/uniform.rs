use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape, fill_uniform};
use crate::seed::Draws;

/// Uniform on ±1/√n.
///
/// # Definition
///
/// Uniform on \[−b, b\] with b = `bound`, or b = 1/√fan_in where none is given; variance b²/3. For a bias of a recurrent
/// layer fan_in is the width of the state; for one of a dense layer in the readout, the layer's inputs.
///
/// # Why it is here
///
/// The default of PyTorch's dense layers, and of its recurrent ones with the hidden size in place of fan_in (`pytorch`).
///
/// # Example
///
/// ```yaml
/// init: {recurrent: uniform}
/// ```
///
/// # References
///
/// PyTorch 2.13, `nn.Linear`, section Variables; Hochreiter, Schmidhuber 1997 for `bound: 0.1`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Uniform {
    /// b, the bound; 1/√fan_in if not given.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub bound: Option<f64>,
}

impl Initializer for Uniform {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        fill_uniform(self.variance(shape), draws, values);
    }

    fn property(&self, shape: Shape) -> Property {
        Property::Variance(self.variance(shape))
    }
}

impl Uniform {
    fn variance(&self, shape: Shape) -> f64 {
        self.bound.map_or(1.0 / shape.fan_in as f64, |bound| bound * bound) / 3.0
    }
}
