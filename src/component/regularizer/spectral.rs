use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OnMatrices, Regularizer};
use crate::{
    component::parameter::Role,
    compute::matrix::{Dense, Workspace},
};

/// Penalizes how far singular values are from 1.
///
/// # Definition
///
/// λ · Σ (s − 1)² over the singular values s of W, so that 2λ·(W − P) is added to the gradient by W, with λ = `weight` and P the polar
/// factor of W, the nearest orthogonal matrix (for W = U·diag(s)·Vᵀ, P = U·Vᵀ), for each matrix whose role `on` lists. Of a matrix
/// that is not square it is the shorter side's singular values. Its gradient is added to the loss's before clipping. Of a
/// parametrized matrix it is W that is penalized, and the gradient is pulled back to the raw parameters. The losses that are
/// reported are the task's, without it.
///
/// P is found by polynomials of W·Wᵀ: six of degree five that lift small singular values, six of Newton and Schulz. It is right to
/// rounding where the least singular value is above 5e-4 of the root of the sum of all squares; the pull on smaller ones is weaker
/// than the formula's.
///
/// # Why it is here
///
/// As `orthogonality`, but its pull grows with the distance of s from 1 instead of its third power: large gains are not punished out
/// of proportion, and small ones are pulled up as hard as large ones down.
///
/// # Example
///
/// ```yaml
/// regularizers: [{kind: spectral, weight: 1e-3}]
/// ```
///
/// # References
///
/// Vorontsov, Trabelsi, Kadoury, Pal 2017 (arXiv:1702.00071), section 3.3, who put a Gaussian prior of mean 1 on the singular values
/// of a factorized matrix; Higham 1986 (SIAM J. Sci. Stat. Comput. 7(4)) for polar factors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Spectral {
    /// λ.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub weight: f64,
    /// The roles of the penalized matrices: the recurrent ones if not given.
    #[schemars(length(min = 1))]
    pub on: Vec<Role>,
}

impl Default for Spectral {
    fn default() -> Self {
        Self { weight: 1e-3, on: vec![Role::Recurrent] }
    }
}

impl Regularizer for Spectral {
    fn roles(&self) -> &[Role] {
        &self.on
    }

    fn on_matrices(&self) -> Option<&dyn OnMatrices> {
        Some(self)
    }
}

impl OnMatrices for Spectral {
    fn gradient(&self, workspace: &mut Workspace<f32>, matrix: Dense) -> Dense {
        let polar = workspace.polar(matrix);
        let gradient = workspace.allocate(matrix.rows, matrix.columns);
        workspace.combine(gradient, false, &[(2.0 * self.weight, matrix), (-2.0 * self.weight, polar)], 0.0);
        gradient
    }
}
