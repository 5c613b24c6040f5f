use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Gates, Initializer, Property, Shape, fill_uniform};
use crate::seed::Draws;

/// Glorot (Xavier) uniform.
///
/// # Definition
///
/// Uniform on ±√(6 / (fan_in + fan_out)); variance 2 / (fan_in + fan_out).
///
/// The matrices of a gated cell, such as the four on an LSTM's input, have their own fans, or with `gates: stacked` those of one matrix
/// of all their rows, whose fan_out is four times as large: Keras and `torch.nn.init` do so, since their cells keep one matrix. Of an
/// LSTM on the adding problem (2 inputs, 128 units) the matrices on the input start twice as large if separate.
///
/// # Why it is here
///
/// Keeps the variance of activations and gradients from layer to layer of a feed-forward network. A recurrent matrix is
/// used T times, so a factor near 1 still compounds.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: glorot-uniform}
/// ```
///
/// # References
///
/// Glorot, Bengio 2010, Understanding the difficulty of training deep feedforward neural networks, eq. 16.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct GlorotUniform {
    /// The matrix whose fans count.
    pub gates: Gates,
}

impl Initializer for GlorotUniform {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        fill_uniform(variance(shape), draws, values);
    }

    fn property(&self, shape: Shape) -> Property {
        Property::Variance(variance(shape))
    }

    fn gates(&self) -> Gates {
        self.gates
    }
}

fn variance(shape: Shape) -> f64 {
    2.0 / (shape.fan_in + shape.fan_out) as f64
}
