use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Gates, Initializer, Property, Shape, fill_normal};
use crate::seed::Draws;

/// Glorot (Xavier) normal.
///
/// # Definition
///
/// Normal with mean 0; variance 2 / (fan_in + fan_out).
///
/// Of the matrices of a gated cell, `gates: stacked` takes the fans of one matrix of all their rows, as in `glorot-uniform`.
///
/// # Why it is here
///
/// Keeps the variance of activations and gradients from layer to layer of a feed-forward network. A recurrent matrix is
/// used T times, so a factor near 1 still compounds.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: glorot-normal}
/// ```
///
/// # References
///
/// Glorot, Bengio 2010, Understanding the difficulty of training deep feedforward neural networks, eq. 12.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct GlorotNormal {
    /// The matrix whose fans count.
    pub gates: Gates,
}

impl Initializer for GlorotNormal {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        fill_normal(libm::sqrt(variance(shape)), draws, values);
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
