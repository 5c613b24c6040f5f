use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Initializer, Property, Shape, scale_to_radius,
    sparse::{Links, fill_sparse},
};
use crate::seed::Draws;

/// Pascanu's smart start for tanh networks: sparse, just below the edge.
///
/// # Definition
///
/// Each unit has `non-zeros` links (all, if there are fewer units) to units chosen at random, with normal weights; then the matrix
/// is scaled to the spectral radius `radius`. By `links: outgoing` the units are those that a unit feeds: columns of W·h. By
/// `links: incoming` they are those that feed it: rows.
///
/// # Why it is here
///
/// The start with which clipping together with the regularizer Ω learnt the longest lags. A radius just below 1 lets gradients fade
/// slowly; sparse units do not all saturate together.
///
/// # Example
///
/// ```yaml
/// init:
///   input: {kind: normal, deviation: 0.01}
///   recurrent: {kind: pascanu-smart-tanh, radius: 0.95}
///   readout: {kind: normal, deviation: 0.01}
/// ```
///
/// # References
///
/// Pascanu, Mikolov, Bengio 2013 (arXiv:1211.5063v2), §4.1.1; official code, `RNN.py`, `smart_tanh`. They disagree: the paper has 15
/// incoming links, the code, which computes h·W, keeps 15 entries of each row of its W, which are outgoing. The default is the code's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct PascanuSmartTanh {
    /// The number of links of each unit.
    #[schemars(range(min = 1, max = 65536))]
    pub non_zeros: usize,
    /// The largest |eigenvalue|.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub radius: f64,
    /// The links that are counted.
    pub links: Links,
}

impl Default for PascanuSmartTanh {
    fn default() -> Self {
        Self { non_zeros: 15, radius: 0.95, links: Links::Outgoing }
    }
}

impl Initializer for PascanuSmartTanh {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        fill_sparse(self.links, self.non_zeros, shape.rows, draws, values);
        scale_to_radius(self.radius, shape.rows, values);
    }

    fn property(&self, shape: Shape) -> Property {
        let non_zeros = if self.radius == 0.0 { 0 } else { self.non_zeros.min(shape.rows) };
        Property::Radius { radius: self.radius, non_zeros: Some((self.links, non_zeros)) }
    }

    fn fits_vectors(&self) -> bool {
        false
    }

    fn needs_square(&self) -> bool {
        true
    }
}
