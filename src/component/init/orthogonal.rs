use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Gates, Initializer, Property, Shape};
use crate::{compute::linalg, seed::Draws};

/// Random orthogonal matrix.
///
/// # Definition
///
/// gain·Q with Q uniform (Haar) over the orthogonal matrices: Householder QR of a normal matrix, signs fixed by R's
/// diagonal. Of a matrix that is not square, the shorter side is orthonormal.
///
/// The matrices of a gated cell, such as the four on an LSTM's state, are orthogonal each, or with `gates: stacked` as one matrix of all
/// their rows. Of that the columns are orthonormal, so that a gate's own matrix is not orthogonal and has about half the scale in an
/// LSTM: Keras and `torch.nn.init` do so, since their cells keep one matrix.
///
/// # Why it is here
///
/// All singular values are `gain`, so at gain 1 a linear network keeps every gradient's norm exactly, for any T.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: {kind: orthogonal, gain: 1.0}}
/// ```
///
/// # References
///
/// Saxe, McClelland, Ganguli 2014 (arXiv:1312.6120v3); Mezzadri 2007 (arXiv:math-ph/0609050v2) for the signs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Orthogonal {
    /// The value of all singular values.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub gain: f64,
    /// The matrix that is orthogonal.
    pub gates: Gates,
}

impl Default for Orthogonal {
    fn default() -> Self {
        Self { gain: 1.0, gates: Gates::Separate }
    }
}

impl Initializer for Orthogonal {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        linalg::fill_orthogonal(shape.rows, shape.columns, draws, values);
        values.iter_mut().for_each(|value| *value *= self.gain);
    }

    fn property(&self, _: Shape) -> Property {
        Property::Orthogonal { gain: self.gain }
    }

    fn gates(&self) -> Gates {
        self.gates
    }

    fn fits_vectors(&self) -> bool {
        false
    }
}
