use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Constraint, MatrixStep, Rule};
use crate::compute::matrix::Matrix;

/// A step along the matrices of the same singular values, in place of the optimizer's.
///
/// # Definition
///
/// W ← (I + λ/2·A)⁻¹·(I − λ/2·A)·W with A = G·Wᵀ − W·Gᵀ, G = ∂L/∂W after clipping and λ = `learning-rate`, for each of the named
/// `parameters` in every layer that has them, or every recurrent matrix if none is named. They are square and have no
/// parametrization. The optimizer's step is undone for them; its state (momentum, running squares) goes on as if it had not been,
/// and its schedule does not change λ. The factor of W is orthogonal, so that W keeps its singular values but for rounding: after
/// 10,000 updates of an orthogonal W [128, 128] the entries of WᵀW − I are 1e-5 at most.
///
/// # Why it is here
///
/// From an orthogonal initialization it searches all orthogonal matrices of that determinant without a parametrization: the steepest
/// descent for the distance between them.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: {kind: orthogonal}}
/// constraints: [{kind: full-capacity, learning-rate: 1e-3}]
/// ```
///
/// # References
///
/// Wisdom, Powers, Hershey, Le Roux, Atlas 2016 (arXiv:1611.00035), equations (8) and (9), for unitary matrices; λ from the authors'
/// code, which can also divide G by RMSprop's running root mean square first: that is left out here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct FullCapacity {
    /// Names such as `w_hh` in every layer, or `layer0.w_hh` in one; every recurrent matrix if empty.
    pub parameters: Vec<String>,
    /// λ.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub learning_rate: f64,
}

impl Default for FullCapacity {
    fn default() -> Self {
        Self { parameters: vec![], learning_rate: 1e-3 }
    }
}

impl Constraint for FullCapacity {
    fn parameters(&self) -> &[String] {
        &self.parameters
    }

    fn rule(&self) -> Rule<'_> {
        Rule::Step(self)
    }
}

impl MatrixStep for FullCapacity {
    fn step<'f>(&self, matrix: Matrix<'f>, gradient: Matrix<'f>) -> Matrix<'f> {
        let product = gradient * matrix.transposed();
        let skew = self.learning_rate * (product - product.transposed());
        // (I + A/2)⁻¹·(I − A/2) = I − (I + A/2)⁻¹·A: a small step has a small rounding error.
        matrix - (0.5 * skew).plus_identity(1.0).inverse() * (skew * matrix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute::{
        kernel::Isa,
        matrix::{Evaluator, Formula},
    };

    const N: usize = 5;

    fn stepped(settings: &FullCapacity, given: &[f64]) -> Vec<f64> {
        let formula = Formula::new();
        let (w, g) = (formula.matrix(0, N, N), formula.matrix(N * N, N, N));
        let mut evaluator: Evaluator<f64> = Evaluator::new(Isa::Portable, &formula, settings.step(w, g));
        evaluator.evaluate(given);
        let mut next = vec![0.0; N * N];
        evaluator.value(&mut next);
        next
    }

    /// WᵀW stays, and the step goes down: its first order in λ is −λ·‖A‖²/2.
    #[test]
    fn singular_values_stay_and_the_loss_falls() {
        let given: Vec<f64> = (0..2 * N * N).map(|k| libm::sin(k as f64 * 1.3)).collect();
        let (w, g) = given.split_at(N * N);
        let gram = |w: &[f64], i: usize, j: usize| (0..N).map(|k| w[k * N + i] * w[k * N + j]).sum::<f64>();
        for learning_rate in [1e-6, 0.1, 10.0] {
            let next = stepped(&FullCapacity { learning_rate, ..FullCapacity::default() }, &given);
            for (i, j) in (0..N).flat_map(|i| (0..N).map(move |j| (i, j))) {
                assert!((gram(&next, i, j) - gram(w, i, j)).abs() <= 1e-12, "({i}, {j}) at {learning_rate}");
            }
            if learning_rate == 1e-6 {
                let fall: f64 = next.iter().zip(w).zip(g).map(|((next, w), g)| (next - w) * g).sum();
                let mut squares = 0.0;
                for (i, j) in (0..N).flat_map(|i| (0..N).map(move |j| (i, j))) {
                    let product = |i: usize, j: usize| (0..N).map(|k| g[i * N + k] * w[j * N + k]).sum::<f64>();
                    squares += (product(i, j) - product(j, i)) * (product(i, j) - product(j, i));
                }
                assert!(
                    (fall / learning_rate + 0.5 * squares).abs() <= 1e-3,
                    "{} for {}",
                    fall / learning_rate,
                    -0.5 * squares
                );
            }
        }
    }
}
