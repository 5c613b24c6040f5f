//! Parametrizations: weight matrices that are made of raw parameters once per update, so that they keep a property whatever the
//! optimizer does.
//!
//! There are two layouts of flat buffers. The network's holds the weights: an engine computes with it, and it is what kept models
//! hold. The raw layout holds what is trained: the optimizer, clipping, regularizers, constraints and hash chains see nothing
//! else. [`Parametrized`] says how the one becomes the other, and [`Weights`] does it. Parameters without a parametrization are
//! the same in both.

mod antisymmetric;
mod complex;
mod free;
mod householder;
mod non_normal;
mod orthogonal_cayley;
mod orthogonal_exponential;
mod parametrized;
mod spec;
mod spectral_margin;
mod symmetric_skew;
mod tensor;
mod weights;

pub use self::{
    antisymmetric::Antisymmetric,
    complex::Complex,
    free::Free,
    householder::Householder,
    non_normal::NonNormal,
    orthogonal_cayley::OrthogonalCayley,
    orthogonal_exponential::OrthogonalExponential,
    parametrized::Parametrized,
    spec::ParametrizeSpec,
    spectral_margin::SpectralMargin,
    symmetric_skew::SymmetricSkew,
    tensor::{Entries, Raw, Tensor},
    weights::Weights,
};
use crate::{
    component::misfit::Misfit,
    compute::matrix::{Formula, Matrix},
    registry,
};

/// A square weight matrix as a function of raw tensors, in the notation of formulae of matrices: values, gradients, and the same
/// bits on every instruction set follow from that.
pub trait Parametrization: std::fmt::Debug {
    /// The raw tensors of a matrix [size, size].
    fn tensors(&self, size: usize) -> Vec<Tensor>;

    /// The weights; `raw` are the tensors in the same order.
    fn weights<'f>(&self, size: usize, raw: &[Raw<'f>]) -> Matrix<'f>;

    /// Why there is none of this size.
    fn misfit(&self, size: usize) -> Option<Misfit> {
        let _ = size;
        None
    }

    /// Whether raw parameters of zero give the identity, and the product of two such matrices is another: what dynamic rebasing
    /// asks for.
    fn is_a_group(&self) -> bool {
        false
    }
}

registry! {
    /// A rule that makes a weight matrix of raw parameters.
    pub enum ParametrizationSpec: Parametrization {
        "free" => Free(Free),
        "antisymmetric" => Antisymmetric(Antisymmetric),
        "symmetric-skew" => SymmetricSkew(SymmetricSkew),
        "orthogonal-cayley" => OrthogonalCayley(OrthogonalCayley),
        "orthogonal-exponential" => OrthogonalExponential(OrthogonalExponential),
        "householder" => Householder(Householder),
        "spectral-margin" => SpectralMargin(SpectralMargin),
        "non-normal" => NonNormal(NonNormal),
        "complex" => Complex(Complex),
    }
}

impl ParametrizationSpec {
    /// The number of raw numbers that a matrix of this size is made of.
    pub fn count(&self, size: usize) -> usize {
        self.tensors(size).iter().map(Tensor::count).sum()
    }

    /// The weights as a function of all raw numbers, one tensor after another.
    pub fn formula<'f>(&self, size: usize, formula: &'f Formula) -> Matrix<'f> {
        let mut start = 0;
        let raw = self.tensors(size).into_iter().map(|tensor| {
            let raw = Raw::new(formula, start, tensor);
            start += raw.count();
            raw
        });
        self.weights(size, &raw.collect::<Vec<_>>())
    }
}

/// S of 2·(I + S)⁻¹ − I, which is (I + S)⁻¹·(I − S): orthogonal for an antisymmetric S.
fn cayley(skew: Matrix<'_>) -> Matrix<'_> {
    (2.0 * skew.plus_identity(1.0).inverse()).plus_identity(-1.0).reorthogonalized()
}

#[cfg(test)]
mod tests;
