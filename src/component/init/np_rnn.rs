use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape, fill_normal, scale_to_radius};
use crate::seed::Draws;

/// Normalized positive definite matrix: the np-RNN.
///
/// # Definition
///
/// With R \[n, n\] of independent entries from N(0, 1): A = RᵀR/n, W = (A + I) / λmax(A + I). So W is symmetric and positive definite,
/// its largest eigenvalue is 1 and all others are between 1/λmax ≈ 1/5 and 1.
///
/// # Why it is here
///
/// For ReLU networks in place of the identity (the IRNN): one direction is kept, the others fade, so that the state is less sensitive
/// to small inputs.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: relu}}
/// init: {recurrent: np-rnn}
/// ```
///
/// # References
///
/// Talathi, Vartak 2016 (arXiv:1511.03771v3), §3.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct NpRnn {}

impl Initializer for NpRnn {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        let size = shape.rows;
        let mut r = vec![0.0; size * size];
        fill_normal(1.0, draws, &mut r);
        for (index, value) in values.iter_mut().enumerate() {
            let (i, j) = (index / size, index % size);
            // The same order of factors for (i, j) and (j, i): symmetric to the bit.
            let product: f64 = (0..size).map(|k| r[k * size + i] * r[k * size + j]).sum();
            *value = product / size as f64 + if i == j { 1.0 } else { 0.0 };
        }
        scale_to_radius(1.0, size, values);
    }

    fn property(&self, _: Shape) -> Property {
        Property::Radius { radius: 1.0, non_zeros: None }
    }

    fn fits_vectors(&self) -> bool {
        false
    }

    fn needs_square(&self) -> bool {
        true
    }
}
