use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Initializer, Property, Shape, scale_to_radius,
    sparse::{Links, fill_sparse},
};
use crate::seed::Draws;

/// Sparse and just above the edge, as a reservoir of an echo state network.
///
/// # Definition
///
/// Each unit is fed by `non-zeros` units (by all, if there are fewer) chosen at random, with normal weights; then the matrix is
/// scaled to the spectral radius `radius`.
///
/// # Why it is here
///
/// A reservoir that is driven keeps traces of its input for long. As a start of trained networks the radius 1.1 did best: a little
/// above 1, where the input damps what would grow.
///
/// # Example
///
/// ```yaml
/// init:
///   input: {kind: normal, deviation: 0.001}
///   recurrent: {kind: echo-state, radius: 1.1}
/// ```
///
/// # References
///
/// Jaeger, Haas 2004, Harnessing nonlinearity; Sutskever, Martens, Dahl, Hinton 2013, On the importance of initialization and
/// momentum in deep learning, §4 (sparsity 15, radius 1.1), whose code is not public.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct EchoState {
    /// The number of units that feed each unit.
    #[schemars(range(min = 1, max = 65536))]
    pub non_zeros: usize,
    /// The largest |eigenvalue|.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub radius: f64,
}

impl Default for EchoState {
    fn default() -> Self {
        Self { non_zeros: 15, radius: 1.1 }
    }
}

impl Initializer for EchoState {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        fill_sparse(Links::Incoming, self.non_zeros, shape.rows, draws, values);
        scale_to_radius(self.radius, shape.rows, values);
    }

    fn property(&self, shape: Shape) -> Property {
        let non_zeros = if self.radius == 0.0 { 0 } else { self.non_zeros.min(shape.rows) };
        Property::Radius { radius: self.radius, non_zeros: Some((Links::Incoming, non_zeros)) }
    }

    fn fits_vectors(&self) -> bool {
        false
    }

    fn needs_square(&self) -> bool {
        true
    }
}
