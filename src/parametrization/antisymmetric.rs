use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Parametrization, skew};

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
    fn weights(&self, raw: &[f64], size: usize) -> Vec<f64> {
        let mut weights = skew(raw, size);
        weights.iter_mut().step_by(size + 1).for_each(|diagonal| *diagonal -= self.gamma);
        weights
    }

    fn pull_back(&self, _: &[f64], size: usize, gradient: &[f64]) -> Vec<f64> {
        skew(gradient, size)
    }
}
