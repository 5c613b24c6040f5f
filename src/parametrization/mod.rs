//! Parametrizations: weight matrices that are made of raw parameters once per update, so that they keep a property whatever the
//! optimizer does.

mod antisymmetric;
mod orthogonal_cayley;
mod spec;
mod weights;

pub use self::{
    antisymmetric::Antisymmetric, orthogonal_cayley::OrthogonalCayley, spec::ParametrizeSpec, weights::Weights,
};
use crate::registry;

/// A map from a square matrix of raw parameters to a square weight matrix, both row-major. In f64, with plain operations in one
/// order: the same bits on every machine.
pub trait Parametrization: std::fmt::Debug {
    /// The weights [size, size] that `raw` stands for.
    fn weights(&self, raw: &[f64], size: usize) -> Vec<f64>;

    /// The gradient by `raw`, given that by the weights.
    fn pull_back(&self, raw: &[f64], size: usize, gradient: &[f64]) -> Vec<f64>;
}

registry! {
    /// How a weight matrix is made of raw parameters.
    pub enum ParametrizationSpec: Parametrization {
        "antisymmetric" => Antisymmetric(Antisymmetric),
        "orthogonal-cayley" => OrthogonalCayley(OrthogonalCayley),
    }
}

/// m − mᵀ.
fn skew(m: &[f64], size: usize) -> Vec<f64> {
    let entries = (0..size).flat_map(|i| (0..size).map(move |j| m[i * size + j] - m[j * size + i]));
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: usize = 7;

    fn matrix(seed: f64, scale: f64) -> Vec<f64> {
        (0..SIZE * SIZE).map(|k| scale * libm::sin(k as f64 * 1.3 + seed)).collect()
    }

    /// Against central differences of Σ cotangent · weights.
    #[test]
    fn gradients_are_pulled_back() {
        for parametrization in ParametrizationSpec::all() {
            let (raw, cotangent) = (matrix(0.0, 0.5), matrix(40.0, 1.0));
            let got = parametrization.pull_back(&raw, SIZE, &cotangent);
            for k in 0..raw.len() {
                let step = 1e-6;
                let value = |by: f64| {
                    let mut moved = raw.clone();
                    moved[k] += by;
                    let weights = parametrization.weights(&moved, SIZE);
                    weights.iter().zip(&cotangent).map(|(w, c)| w * c).sum::<f64>()
                };
                let wanted = (value(step) - value(-step)) / (2.0 * step);
                let error = (got[k] - wanted).abs();
                assert!(error <= 1e-8, "{}, entry {k}: {} for {wanted}", parametrization.kind(), got[k]);
            }
        }
    }

    #[test]
    fn nonfinite_raw_parameters_show() {
        for parametrization in ParametrizationSpec::all() {
            let mut raw = matrix(0.0, 0.5);
            raw[3] = f64::NAN;
            assert!(parametrization.weights(&raw, SIZE).iter().any(|w| w.is_nan()), "{}", parametrization.kind());
        }
    }

    #[test]
    fn the_antisymmetric_matrix_is_so_but_for_its_diagonal() {
        let weights = Antisymmetric { gamma: 0.25 }.weights(&matrix(0.0, 0.5), SIZE);
        for (i, j) in (0..SIZE).flat_map(|i| (0..SIZE).map(move |j| (i, j))) {
            let sum = weights[i * SIZE + j] + weights[j * SIZE + i];
            assert_eq!(sum, if i == j { -0.5 } else { 0.0 });
        }
    }

    #[test]
    fn the_cayley_matrix_is_orthogonal() {
        for scale in [0.0, 0.01, 1.0, 1e4] {
            let w = OrthogonalCayley {}.weights(&matrix(0.0, scale), SIZE);
            for (i, j) in (0..SIZE).flat_map(|i| (0..SIZE).map(move |j| (i, j))) {
                let dot: f64 = (0..SIZE).map(|k| w[i * SIZE + k] * w[j * SIZE + k]).sum();
                let error = (dot - f64::from(u8::from(i == j))).abs();
                assert!(error <= 1e-9, "rows {i} and {j} at {scale}: {error:e}");
            }
        }
    }
}
