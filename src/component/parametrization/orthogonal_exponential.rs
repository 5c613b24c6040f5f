use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Parametrization, Raw, Tensor};
use crate::compute::matrix::Matrix;

/// A rotation, as the exponential of an antisymmetric matrix.
///
/// # Definition
///
/// W = exp(S) with S = A − Aᵀ for raw parameters A, the n(n − 1)/2 entries above the diagonal of a matrix [n, n] that `init` draws;
/// they are what the optimizer changes and a regularizer penalizes. It is computed in single precision by scaling and squaring a
/// Taylor polynomial of degree 16, and then brought nearer to the orthogonal matrices by one step of Newton and Schulz: ‖WᵀW − I‖
/// stays near rounding. The gradient is the exact adjoint of that computation. A = 0 gives the identity; every rotation has an A
/// with eigenvalues of magnitude π or less. With the constraint `rebase` W = B·exp(S) (dtriv), B a rotation that changes now and
/// then.
///
/// # Why it is here
///
/// As `orthogonal-cayley`, but it reaches eigenvalues of −1, and near A = 0 its steps are those along geodesics. The authors train
/// it at a tenth of the other parameters' learning rate.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: {kind: henaff, form: skew}}
/// parametrize: {recurrent: orthogonal-exponential}
/// ```
///
/// # References
///
/// Lezcano-Casado, Martínez-Rubio 2019 (arXiv:1901.08428), expRNN; Lezcano-Casado 2019 (arXiv:1909.09501), dtriv; the entries above
/// the diagonal as in the authors' code. Paterson, Stockmeyer 1973 (SIAM Journal on Computing 2(1), p. 60) for the
/// polynomial.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct OrthogonalExponential {}

impl Parametrization for OrthogonalExponential {
    fn tensors(&self, size: usize) -> Vec<Tensor> {
        vec![Tensor::above_diagonal("", size)]
    }

    fn weights<'f>(&self, _: usize, raw: &[Raw<'f>]) -> Matrix<'f> {
        raw[0].skew().exponential().reorthogonalized()
    }

    fn is_a_group(&self) -> bool {
        true
    }
}
