use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OnMatrices, Regularizer};
use crate::{
    component::parameter::Role,
    compute::matrix::{Dense, Side, Workspace},
};

/// Penalizes how far matrices are from orthogonal.
///
/// # Definition
///
/// λ · ‖WᵀW − I‖² (the sum of all squares), so that 4λ·W·(WᵀW − I) is added to the gradient by W, with λ = `weight`, for each matrix
/// whose role `on` lists. Its gradient is added to the loss's before clipping. Of a parametrized matrix it is W that is penalized,
/// and the gradient is pulled back to the raw parameters. The losses that are reported are the task's, without it.
///
/// # Why it is here
///
/// Keeps singular values near 1 without forcing them: how much of an orthogonal recurrence's gain, and of its loss, comes with how
/// much of the constraint.
///
/// # Example
///
/// ```yaml
/// regularizers: [{kind: orthogonality, weight: 1e-3}]
/// ```
///
/// # References
///
/// Vorontsov, Trabelsi, Kadoury, Pal 2017 (arXiv:1702.00071), section 3.3, λ·‖WᵀW − I‖², λ from 1e-4 to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Orthogonality {
    /// λ.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub weight: f64,
    /// The roles of the penalized matrices: the recurrent ones if not given.
    #[schemars(length(min = 1))]
    pub on: Vec<Role>,
}

impl Default for Orthogonality {
    fn default() -> Self {
        Self { weight: 1e-3, on: vec![Role::Recurrent] }
    }
}

impl Regularizer for Orthogonality {
    fn roles(&self) -> &[Role] {
        &self.on
    }

    fn on_matrices(&self) -> Option<&dyn OnMatrices> {
        Some(self)
    }
}

impl OnMatrices for Orthogonality {
    fn gradient(&self, workspace: &mut Workspace<f32>, matrix: Dense) -> Dense {
        let gram = workspace.allocate(matrix.columns, matrix.columns);
        let gradient = workspace.allocate(matrix.rows, matrix.columns);
        workspace.multiply(gram, false, (matrix, Side::Transposed), (matrix, Side::Plain));
        workspace.scale(gram, 4.0 * self.weight, -4.0 * self.weight);
        workspace.multiply(gradient, false, (matrix, Side::Plain), (gram, Side::Plain));
        gradient
    }
}
