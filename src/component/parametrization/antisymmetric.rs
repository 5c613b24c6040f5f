use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Entries, Parametrization, Raw, Tensor};
use crate::compute::matrix::Matrix;

/// An antisymmetric matrix, with a little damping.
///
/// # Definition
///
/// W = A − Aᵀ − gamma·I for raw parameters A [n, n], which are what `init` draws, the optimizer changes and a regularizer
/// penalizes; ∂L/∂A = G − Gᵀ with G = ∂L/∂W.
///
/// # Why it is here
///
/// The eigenvalues of A − Aᵀ are imaginary, so that a residual recurrence h + ε·f(W·h + …), read as a differential equation,
/// neither grows nor decays but for the damping.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: residual-elman}}
/// parametrize: {recurrent: {kind: antisymmetric, gamma: 0.01}}
/// ```
///
/// # References
///
/// Chang, Chen, Haber, Chi 2019 (arXiv:1902.09689), AntisymmetricRNN with diffusion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Antisymmetric {
    /// γ, the damping.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub gamma: f64,
}

impl Default for Antisymmetric {
    fn default() -> Self {
        Self { gamma: 0.01 }
    }
}

impl Parametrization for Antisymmetric {
    fn tensors(&self, size: usize) -> Vec<Tensor> {
        vec![Tensor { name: "", rows: size, columns: size, entries: Entries::All, law: None }]
    }

    fn weights<'f>(&self, _: usize, raw: &[Raw<'f>]) -> Matrix<'f> {
        raw[0].skew().plus_identity(-self.gamma)
    }
}
