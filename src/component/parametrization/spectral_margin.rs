use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Parametrization, Raw, Tensor, cayley};
use crate::{
    component::init::{InitializerSpec, Zeros},
    compute::matrix::Matrix,
};

/// A matrix whose singular values stay within a margin of 1.
///
/// # Definition
///
/// W = U·diag(s)·Vᵀ with s = 2m·(σ(p) − 0.5) + 1, so that 1 − m < s < 1 + m with m = `margin`. Raw parameters: n numbers `p`, zero at
/// first, so that s = 1; and `u` and `v`, the entries above the diagonal of matrices [n, n] that are drawn as `init` draws W. U and
/// V are the Cayley transforms of the antisymmetric matrices made of them, as in `orthogonal-cayley`.
///
/// # Why it is here
///
/// Between an orthogonal recurrence and a free one: m says how far gains may leave 1, and m = 0 keeps them there. A small margin
/// trained faster than none, and a large one let gradients vanish and explode.
///
/// # Example
///
/// ```yaml
/// parametrize: {recurrent: {kind: spectral-margin, margin: 0.1}}
/// ```
///
/// # References
///
/// Vorontsov, Trabelsi, Kadoury, Pal 2017 (arXiv:1702.00071), equations (6) to (8); p = 0 at first as in the authors' code. They
/// keep U and V orthogonal by geodesic steps in place of a parametrization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct SpectralMargin {
    /// m, the margin around 1 that singular values keep.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub margin: f64,
}

impl Default for SpectralMargin {
    fn default() -> Self {
        Self { margin: 0.1 }
    }
}

impl Parametrization for SpectralMargin {
    fn tensors(&self, size: usize) -> Vec<Tensor> {
        vec![
            Tensor::above_diagonal("u", size),
            Tensor::above_diagonal("v", size),
            Tensor::vector("p", size, InitializerSpec::Zeros(Zeros {})),
        ]
    }

    fn weights<'f>(&self, size: usize, raw: &[Raw<'f>]) -> Matrix<'f> {
        let [u, v, p] = raw else { unreachable!("three tensors") };
        let lowest = p.constants(vec![1.0 - self.margin; size]);
        let s = (2.0 * self.margin) * p.numbers().sigmoid() + lowest;
        cayley(u.skew()).columns_scaled(s) * cayley(v.skew()).transposed()
    }
}
