use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Entries, Parametrization, Raw, Tensor};
use crate::compute::matrix::Matrix;

/// A blend of a matrix's symmetric and antisymmetric parts, with damping.
///
/// # Definition
///
/// W = β·(M − Mᵀ) + (1 − β)·(M + Mᵀ) − γ·I for raw parameters M [n, n], which are what `init` draws; ∂L/∂M = G + (1 − 2β)·Gᵀ with
/// G = ∂L/∂W. β = 1 is `antisymmetric`, β = 0 a symmetric matrix; β = 1/2 is M − γ·I.
///
/// # Why it is here
///
/// How near to the imaginary axis the eigenvalues of a residual recurrence lie: the symmetric part makes directions grow or decay,
/// the antisymmetric part rotates.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: residual-elman}}
/// parametrize: {recurrent: {kind: symmetric-skew, beta: 0.8, gamma: 0.01}}
/// ```
///
/// # References
///
/// Erichson, Azencot, Queiruga, Hodgkinson, Mahoney 2021 (arXiv:2006.12070), Lipschitz RNN, equation (4); β = 0.8 and γ = 0.01 from
/// the authors' code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct SymmetricSkew {
    /// β, from symmetric to antisymmetric.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub beta: f64,
    /// γ, the damping.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub gamma: f64,
}

impl Default for SymmetricSkew {
    fn default() -> Self {
        Self { beta: 0.8, gamma: 0.01 }
    }
}

impl Parametrization for SymmetricSkew {
    fn tensors(&self, size: usize) -> Vec<Tensor> {
        vec![Tensor { name: "", rows: size, columns: size, entries: Entries::All, law: None }]
    }

    fn weights<'f>(&self, _: usize, raw: &[Raw<'f>]) -> Matrix<'f> {
        let m = raw[0].matrix();
        // Sum and difference share their terms, of which half cancel.
        (m + (1.0 - 2.0 * self.beta) * m.transposed()).plus_identity(-self.gamma)
    }
}
