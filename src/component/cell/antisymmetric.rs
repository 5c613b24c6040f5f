use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};

/// Antisymmetric network: a residual step whose matrix has imaginary eigenvalues, plain or gated.
///
/// # Definition
///
/// With A = W_hh − W_hhᵀ − γ·I and a = A·h_{t−1}:
///
/// - h_t = h_{t−1} + ε·tanh(a + W_xh·x_t + b_h);
/// - `gated: true`: h_t = h_{t−1} + ε·σ(a + W_xz·x_t + b_z) ⊙ tanh(a + W_xh·x_t + b_h).
///
/// State `h` \[hidden\], zero at first; parameters `w_xh`, `w_hh`, `b_h` and, gated, `w_xz`, `b_z`; the output is h_t.
///
/// # Why it is here
///
/// The eigenvalues of A have the real part −γ: as a differential equation it is stable and, for small γ, without loss. The
/// Euler step of size ε is so only up to ε², and γ makes up for that.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: antisymmetric, gated: true, epsilon: 0.1, gamma: 0.01}}
/// ```
///
/// # References
///
/// Chang, Chen, Haber, Chi 2019, AntisymmetricRNN (arXiv:1902.09689v1), section 3: diffusion and gating; they
/// tune ε and γ for each data set, so that the defaults are ours. The gate has no matrix on the state of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Antisymmetric {
    /// Whether a gate scales the step of each unit.
    pub gated: bool,
    /// ε, the step size.
    #[schemars(range(max = 10.0), extend("exclusiveMinimum" = 0.0))]
    pub epsilon: f64,
    /// γ, the diffusion.
    #[schemars(range(min = 0.0, max = 10.0))]
    pub gamma: f64,
}

impl Default for Antisymmetric {
    fn default() -> Self {
        Self { gated: false, epsilon: 0.1, gamma: 0.01 }
    }
}

impl Cell for Antisymmetric {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let a = h.linear("w_hh") - h.linear_transposed("w_hh") - self.gamma * h;
        let mut update = (a + x.linear("w_xh") + graph.vector("b_h")).tanh();
        if self.gated {
            update = (a + x.linear("w_xz") + graph.vector("b_z")).sigmoid() * update;
        }
        graph.output(graph.next("h", h + self.epsilon * update));
    }
}
