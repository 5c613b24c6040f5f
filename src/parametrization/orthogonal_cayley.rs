use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Parametrization, skew};

/// An orthogonal matrix, as the Cayley transform of an antisymmetric one.
///
/// # Definition
///
/// W = (I + S)⁻¹(I − S) with S = A − Aᵀ for raw parameters A [n, n], which are what `init` draws, the optimizer changes and a
/// regularizer penalizes. With G = ∂L/∂W: ∂L/∂S = −(I − S)⁻¹·G·(I + W)ᵀ =: H and ∂L/∂A = H − Hᵀ. A = 0 gives the identity; no A
/// gives an eigenvalue of −1. Two systems of n equations are solved per update, about 4n³ operations each.
///
/// # Why it is here
///
/// All singular values of W stay 1 whatever the optimizer does, where an orthogonal initialization only starts there: the linear
/// part of the recurrence can neither make gradients vanish nor explode.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: {kind: normal, deviation: 0.1}}
/// parametrize: {recurrent: {kind: orthogonal-cayley}}
/// ```
///
/// # References
///
/// Helfrich, Willmott, Ye 2018 (arXiv:1707.09520), scoRNN, here without the diagonal matrix of signs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct OrthogonalCayley {}

impl Parametrization for OrthogonalCayley {
    fn weights(&self, raw: &[f64], size: usize) -> Vec<f64> {
        let skew = skew(raw, size);
        solve(shifted(&skew, 1.0, size), shifted(&skew, -1.0, size), size)
    }

    fn pull_back(&self, raw: &[f64], size: usize, gradient: &[f64]) -> Vec<f64> {
        let weights = shifted(&self.weights(raw, size), 1.0, size);
        let transposed: Vec<f64> = (0..size * size).map(|k| weights[k % size * size + k / size]).collect();
        let mut product = vec![0.0; size * size];
        for (row, gradient) in product.chunks_mut(size).zip(gradient.chunks(size)) {
            for (&factor, other) in gradient.iter().zip(transposed.chunks(size)) {
                row.iter_mut().zip(other).for_each(|(sum, other)| *sum -= factor * other);
            }
        }
        let by_skew = solve(shifted(&self::skew(raw, size), -1.0, size), product, size);
        skew(&by_skew, size)
    }
}

/// I + sign · m.
fn shifted(m: &[f64], sign: f64, size: usize) -> Vec<f64> {
    let mut shifted: Vec<f64> = m.iter().map(|entry| sign * entry).collect();
    shifted.iter_mut().step_by(size + 1).for_each(|diagonal| *diagonal += 1.0);
    shifted
}

/// m⁻¹·b by elimination, the largest entry of a column as its pivot; m is never singular, for its symmetric part is the identity.
fn solve(mut m: Vec<f64>, mut b: Vec<f64>, size: usize) -> Vec<f64> {
    for pivot in 0..size {
        let larger = |best: usize, row: usize| m[row * size + pivot].abs() > m[best * size + pivot].abs();
        let best = (pivot + 1..size).fold(pivot, |best, row| if larger(best, row) { row } else { best });
        for matrix in [&mut m, &mut b] {
            (0..size).for_each(|column| matrix.swap(pivot * size + column, best * size + column));
        }
        for row in pivot + 1..size {
            let factor = m[row * size + pivot] / m[pivot * size + pivot];
            for matrix in [&mut m, &mut b] {
                let (above, below) = matrix.split_at_mut(row * size);
                let from = &above[pivot * size..][..size];
                below[..size].iter_mut().zip(from).for_each(|(entry, from)| *entry -= factor * from);
            }
        }
    }
    for pivot in (0..size).rev() {
        let diagonal = m[pivot * size + pivot];
        b[pivot * size..][..size].iter_mut().for_each(|entry| *entry /= diagonal);
        let (above, below) = b.split_at_mut(pivot * size);
        for (row, above) in above.chunks_mut(size).enumerate() {
            let factor = m[row * size + pivot];
            above.iter_mut().zip(&below[..size]).for_each(|(entry, from)| *entry -= factor * from);
        }
    }
    b
}
