use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};

/// Lipschitz recurrent network: a linear part and a nonlinear one, both nearly antisymmetric.
///
/// # Definition
///
/// h_t = h_{t−1} + ε·(A·h_{t−1} + tanh(W·h_{t−1} + W_xh·x_t + b_h)), where A is made of the trained matrix `w_ha` and W of `w_hh` by
///
/// S(M) = (1 − β)·(M + Mᵀ) + β·(M − Mᵀ) − γ·I.
///
/// State `h` \[hidden\], zero at first; parameters `w_ha`, `w_hh` \[hidden, hidden\], `w_xh`, `b_h`; the output is h_t.
///
/// # Why it is here
///
/// β goes from symmetric (½: as strong as the other part) to antisymmetric (1): between stability for sure and richer dynamics;
/// A keeps the state in motion where tanh is saturated.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: lipschitz, epsilon: 0.03, beta: 0.75, gamma: 0.001}}
/// ```
///
/// # References
///
/// Erichson, Azencot, Queiruga, Hodgkinson, Mahoney 2021, Lipschitz recurrent neural networks (arXiv:2006.12070v3), eq. 1 and 3,
/// by forward Euler; A and W have a β and a γ of their own there. Defaults and one β and γ for both as in the authors' code
/// (erichson/LipschitzRNN, `models.py`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Lipschitz {
    /// ε, the step size.
    #[schemars(range(max = 10.0), extend("exclusiveMinimum" = 0.0))]
    pub epsilon: f64,
    /// β, from symmetric to antisymmetric matrices.
    #[schemars(range(min = 0.5, max = 1.0))]
    pub beta: f64,
    /// γ, the damping.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub gamma: f64,
}

impl Default for Lipschitz {
    fn default() -> Self {
        Self { epsilon: 0.01, beta: 0.8, gamma: 0.01 }
    }
}

impl Cell for Lipschitz {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        // (1 − β)·(M + Mᵀ) + β·(M − Mᵀ) = M + (1 − 2β)·Mᵀ.
        let product =
            |matrix: &str| h.linear(matrix) + (1.0 - 2.0 * self.beta) * h.linear_transposed(matrix) - self.gamma * h;
        let nonlinear = (product("w_hh") + x.linear("w_xh") + graph.vector("b_h")).tanh();
        graph.output(graph.next("h", h + self.epsilon * (product("w_ha") + nonlinear)));
    }
}
