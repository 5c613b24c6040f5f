use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Misfit, Parametrization, Raw, Tensor, cayley};
use crate::compute::matrix::Matrix;

/// An orthogonal matrix, as the scaled Cayley transform of an antisymmetric one.
///
/// # Definition
///
/// W = (I + S)⁻¹·(I − S)·D with S = A − Aᵀ for raw parameters A, the n(n − 1)/2 entries above the diagonal of a matrix [n, n] that
/// `init` draws; they are what the optimizer changes and a regularizer penalizes. D is diagonal: 1, and −1 in the last `negative`
/// columns. It is computed as 2·(I + S)⁻¹ − I, in single precision by blocks of 16, and then brought nearer to the orthogonal
/// matrices by one step of Newton and Schulz: ‖WᵀW − I‖ stays near rounding. With G = ∂L/∂(W·D) and V = (I + S)⁻¹:
/// ∂L/∂S = −2·Vᵀ·G·Vᵀ. A = 0 gives D.
///
/// # Why it is here
///
/// All singular values of W stay 1 whatever the optimizer does, where an orthogonal initialization only starts there: the linear
/// part of the recurrence can neither make gradients vanish nor explode. Without D no eigenvalue is −1 and those near it need large
/// A; as many −1 in D as W is to have negative eigenvalues keep A small (the authors tune it, n/2 for copying).
///
/// # Example
///
/// ```yaml
/// model: {hidden: 128}
/// init: {recurrent: cayley}
/// parametrize: {recurrent: {kind: orthogonal-cayley, negative: 32}}
/// ```
///
/// # References
///
/// Helfrich, Willmott, Ye 2018 (arXiv:1707.09520), scoRNN, equations (3) and (5); D from the authors' code.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct OrthogonalCayley {
    /// The entries of D that are −1, from the last one up.
    #[schemars(range(max = 65536))]
    pub negative: usize,
}

impl Parametrization for OrthogonalCayley {
    fn tensors(&self, size: usize) -> Vec<Tensor> {
        vec![Tensor::above_diagonal("", size)]
    }

    fn weights<'f>(&self, size: usize, raw: &[Raw<'f>]) -> Matrix<'f> {
        let rotation = cayley(raw[0].skew());
        if self.negative == 0 {
            return rotation;
        }
        let signs = (0..size).map(|column| if column + self.negative < size { 1.0 } else { -1.0 });
        rotation.columns_scaled(raw[0].constants(signs.collect()))
    }

    fn misfit(&self, size: usize) -> Option<Misfit> {
        (self.negative > size)
            .then(|| Misfit::new(format!("{} entries of a diagonal of {size}", self.negative), "lower `negative`"))
    }
}
