use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Regularizer;
use crate::graph::{Expr, Unary};

/// Penalizes how far named parameters are from a number.
///
/// # Definition
///
/// δ · Σ (θ − c)², so that 2δ·(θ − c) is added to the gradient, with δ = `weight` and c = `from`, over the named `parameters` in
/// every layer that has them. Its gradient is added to the loss's before clipping. The losses that are reported are the task's,
/// without it.
///
/// # Why it is here
///
/// Holds the magnitudes γ of a Schur form's eigenvalues near 1 (`non-normal`), or a gate's bias near where it started.
///
/// # Example
///
/// ```yaml
/// parametrize: {recurrent: non-normal}
/// regularizers: [{kind: distance, parameters: [w_hh.gamma], from: 1.0, weight: 1e-3}]
/// ```
///
/// # References
///
/// Kerg, Goyette, Puelma Touzel, Gidel, Vorontsov, Bengio, Lajoie 2019 (arXiv:1905.12080), section 3, δ·Σ(γ − 1)².
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Distance {
    /// Names such as `w_hh.gamma` in every layer, or `layer0.b_f` in one.
    #[schemars(length(min = 1))]
    pub parameters: Vec<String>,
    /// c.
    #[schemars(range(min = -1e30, max = 1e30))]
    pub from: f64,
    /// δ.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub weight: f64,
}

impl Default for Distance {
    fn default() -> Self {
        Self { parameters: vec!["w_hh".to_owned()], from: 1.0, weight: 1e-3 }
    }
}

impl Regularizer for Distance {
    fn parameters(&self) -> &[String] {
        &self.parameters
    }

    fn penalty<'g>(&self, parameter: Expr<'g>) -> Expr<'g> {
        self.weight * (parameter - self.from).unary(Unary::Square)
    }
}
