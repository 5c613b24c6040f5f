use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Misfit, Parametrization, Raw, Tensor};
use crate::{
    component::init::{Constant, InitializerSpec, Uniform, Zeros},
    compute::matrix::{Entry, Matrix},
};

/// A matrix in Schur form, with the magnitudes of its eigenvalues apart from its non-normal part.
///
/// # Definition
///
/// W = P·(Λ + T)·Pᵀ with P = exp(S), S antisymmetric, as in `orthogonal-exponential`; Λ of 2 × 2 blocks γᵢ·\[\[cos θᵢ, −sin θᵢ\],
/// \[sin θᵢ, cos θᵢ\]\] on the diagonal; T strictly upper triangular. n is even. Raw parameters: `s`, the entries above the diagonal
/// of a matrix [n, n] that is drawn as `init` draws W; `theta` [n/2], uniform on ±π at first; `gamma` [n/2], 1 at first; `t`,
/// n(n − 1)/2 numbers, zero at first. While T = 0 the eigenvalues are γ·e^±iθ and W is normal.
///
/// # Why it is here
///
/// A normal matrix with eigenvalues on the unit circle can only rotate. T lets information move on from unit to unit, and be
/// amplified for a while, while the eigenvalues, which decide over long times, stay where they are.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: {kind: henaff, form: skew}}
/// parametrize: {recurrent: non-normal}
/// regularizers: [{kind: distance, parameters: [w_hh.gamma], from: 1.0, weight: 1e-3}]
/// ```
///
/// # References
///
/// Kerg, Goyette, Puelma Touzel, Gidel, Vorontsov, Bengio, Lajoie 2019 (arXiv:1905.12080), nnRNN, section 3; T with the entries of
/// the blocks above the diagonal, as in the authors' code, which draws θ from 0 to 2π and multiplies states from the left.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct NonNormal {}

impl Parametrization for NonNormal {
    fn tensors(&self, size: usize) -> Vec<Tensor> {
        let circle = InitializerSpec::Uniform(Uniform { bound: Some(std::f64::consts::PI) });
        let zeros = InitializerSpec::Zeros(Zeros {});
        vec![
            Tensor::above_diagonal("s", size),
            Tensor::vector("theta", size / 2, circle),
            Tensor::vector("gamma", size / 2, InitializerSpec::Constant(Constant { value: 1.0 })),
            Tensor { law: Some(zeros), ..Tensor::above_diagonal("t", size) },
        ]
    }

    fn weights<'f>(&self, size: usize, raw: &[Raw<'f>]) -> Matrix<'f> {
        let [s, theta, gamma, t] = raw else { unreachable!("four tensors") };
        let (theta, gamma) = (theta.numbers(), gamma.numbers());
        let entries = |offsets: [(usize, usize, f64); 2]| {
            let blocks = (0..size / 2).flat_map(|from| {
                offsets.map(|(row, column, factor)| Entry {
                    from,
                    row: 2 * from + row,
                    column: 2 * from + column,
                    factor,
                })
            });
            blocks.collect()
        };
        let along = gamma.times(theta.cosine()).scattered(size, size, entries([(0, 0, 1.0), (1, 1, 1.0)]));
        let across = gamma.times(theta.sine()).scattered(size, size, entries([(0, 1, -1.0), (1, 0, 1.0)]));
        let p = s.skew().exponential().reorthogonalized();
        p * (along + across + t.matrix()) * p.transposed()
    }

    fn misfit(&self, size: usize) -> Option<Misfit> {
        let message = format!("its eigenvalues come in pairs, and {size} is odd");
        (!size.is_multiple_of(2)).then(|| Misfit::new(message, "take an even number of units"))
    }
}
