use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape, fill_uniform};
use crate::seed::Draws;

/// Uniform on ±1/√n.
///
/// # Definition
///
/// Uniform on \[−b, b\] with b = `bound`, or b = 1/√fan_in where none is given; variance b²/3. For a bias, fan_in is the
/// width of the state.
///
/// # Why it is here
///
/// The default of PyTorch's recurrent layers (with n the hidden size).
///
/// # Example
///
/// ```yaml
/// init: {recurrent: uniform}
/// ```
///
/// # References
///
/// PyTorch 2.13, `nn.RNN`, section Attributes; Hochreiter, Schmidhuber 1997 for `bound: 0.1`.
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
