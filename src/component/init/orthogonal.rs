use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape};
use crate::{compute::linalg, seed::Draws};

/// Random orthogonal matrix.
///
/// # Definition
///
/// gain·Q with Q uniform (Haar) over the orthogonal matrices: Householder QR of a normal matrix, signs fixed by R's
/// diagonal. Of a matrix that is not square, the shorter side is orthonormal.
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
}

impl Default for Orthogonal {
    fn default() -> Self {
        Self { gain: 1.0 }
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

    fn fits_vectors(&self) -> bool {
        false
    }
}
