use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DataScaling, Initializer, Property, Shape};
use crate::{compute::linalg, seed::Draws};

/// Layer-sequential unit variance: orthogonal, then fitted to data.
///
/// # Definition
///
/// An orthogonal matrix (as `orthogonal`), which is scaled before training so that what it makes of data has the variance
/// `variance`. One matrix after another, in the order in which the network computes them: the products W·v of all sequences, steps
/// and units of `sequences` training sequences have a variance V about their mean; while |√V − √variance| > `tolerance`, at most
/// `attempts` times, W is multiplied by √(variance/V). Matrices that have another law are left as they are, and so is one whose
/// products are all the same.
///
/// In a recurrent network a matrix is used at every step, and a scaled recurrent matrix changes its own input: that is why it is
/// done repeatedly, and why it may not get there. What comes after T steps is not what a layer-wise rule was made for.
///
/// # Why it is here
///
/// The start of deep feed-forward networks that needs no batch normalization, and a test of what a rule for layers is worth through
/// time.
///
/// # Example
///
/// ```yaml
/// init: {input: lsuv, recurrent: lsuv, readout: lsuv}
/// ```
///
/// # References
///
/// Mishkin, Matas 2016 (arXiv:1511.06422v7), algorithm 1; official code, `LSUV.py`: tolerance 0.1 of the standard deviation, 10 attempts.
/// The code shifts the biases to mean 0 too, the paper does not, nor does this.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Lsuv {
    /// The variance that the products are scaled to.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub variance: f64,
    /// The largest error of the standard deviation.
    #[schemars(range(max = 1e3), extend("exclusiveMinimum" = 0.0))]
    pub tolerance: f64,
    /// The largest number of scalings of one matrix.
    #[schemars(range(min = 1, max = 1000))]
    pub attempts: usize,
    /// The number of training sequences to look at.
    #[schemars(range(min = 1, max = 65536))]
    pub sequences: usize,
}

impl Default for Lsuv {
    fn default() -> Self {
        Self { variance: 1.0, tolerance: 0.1, attempts: 10, sequences: 128 }
    }
}

impl Initializer for Lsuv {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        linalg::fill_orthogonal(shape.rows, shape.columns, draws, values);
    }

    fn property(&self, _: Shape) -> Property {
        Property::Orthogonal { gain: 1.0 }
    }

    fn fits_vectors(&self) -> bool {
        false
    }

    fn data_scaling(&self) -> Option<DataScaling> {
        let Self { variance, tolerance, attempts, sequences } = *self;
        Some(DataScaling { variance, tolerance, attempts, sequences })
    }
}
