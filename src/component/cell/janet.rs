use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, block::block};

/// JANET (just another network): an LSTM with its forget gate alone.
///
/// # Definition
///
/// s = W_xf·x_t + W_hf·h_{t−1} + b_f, g = tanh(W_xg·x_t + W_hg·h_{t−1} + b_g),
///
/// h_t = σ(s) ⊙ h_{t−1} + (1 − σ(s − β)) ⊙ g.
///
/// State `h` \[hidden\] (the paper's c), zero at first; the output is h_t.
///
/// # Why it is here
///
/// Two blocks of weights and one additive path. β > 0 lets more in than is forgotten; β = 0 is the same function as `ugrnn`.
/// The paper's results are with chrono-initialized b_f, which depends on the task: name an initializer for `b_f` in the suite.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: janet, beta: 1.0}}
/// ```
///
/// # References
///
/// van der Westhuizen, Lasenby 2018, The unreasonable effectiveness of the forget gate (arXiv:1804.04849v3), section 3; β = 1
/// there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Janet {
    /// β, by how much the gate on what is new is shifted.
    #[schemars(range(min = -100.0, max = 100.0))]
    pub beta: f64,
}

impl Default for Janet {
    fn default() -> Self {
        Self { beta: 1.0 }
    }
}

impl Cell for Janet {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let s = block(graph, "f", x, h);
        let g = block(graph, "g", x, h).tanh();
        graph.output(graph.next("h", s.sigmoid() * h + (1.0 - (s - self.beta).sigmoid()) * g));
    }
}
