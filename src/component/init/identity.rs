use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape};
use crate::seed::Draws;

/// Scaled identity matrix.
///
/// # Definition
///
/// W = scale·I: `scale` on the diagonal, 0 elsewhere (also if the matrix is not square).
///
/// # Why it is here
///
/// With ReLU it makes the IRNN, whose gradient neither shrinks nor grows at first.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: {kind: identity, scale: 1.0}}
/// ```
///
/// # References
///
/// Le, Jaitly, Hinton 2015 (arXiv:1504.00941v2), §3; their `scale: 0.01` for speech.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Identity {
    /// The number on the diagonal.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub scale: f64,
}

impl Default for Identity {
    fn default() -> Self {
        Self { scale: 1.0 }
    }
}

impl Initializer for Identity {
    fn fill(&self, shape: Shape, _: &mut Draws, values: &mut [f64]) {
        for (index, value) in values.iter_mut().enumerate() {
            *value = if index / shape.columns == index % shape.columns { self.scale } else { 0.0 };
        }
    }

    fn property(&self, _: Shape) -> Property {
        Property::Diagonal { on: self.scale, off: 0.0 }
    }

    fn fits_vectors(&self) -> bool {
        false
    }
}
