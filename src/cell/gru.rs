use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cell;
use crate::graph::Builder;

/// Gated recurrent unit.
///
/// # Definition
///
/// With reset gate r = σ(W_xr·x_t + W_hr·h_{t−1} + b_r) and update gate u = σ(W_xu·x_t + W_hu·h_{t−1} + b_u):
///
/// - `reset: after-matrix`: n = tanh(W_xn·x_t + b_n + r ⊙ (W_hn·h_{t−1} + b_hn));
/// - `reset: before-matrix`: n = tanh(W_xn·x_t + W_hn·(r ⊙ h_{t−1}) + b_n);
///
/// h_t = u ⊙ h_{t−1} + (1 − u) ⊙ n. State `h` \[hidden\], zero at first; the output is h_t.
///
/// # Why it is here
///
/// An additive path like the LSTM's with three blocks of weights in place of four.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: gru, reset: before-matrix}}
/// ```
///
/// # References
///
/// Cho et al. 2014 (arXiv:1406.1078v3), eq. 5–8, for `before-matrix` (v1 applied the gate after the matrix);
/// `after-matrix` is PyTorch's and cuDNN's, up to the second bias of the gates. Here u keeps the old state, as in PyTorch
/// and arXiv:1406.1078v3; in arXiv:1412.3555v1 it admits the new one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Gru {
    /// Whether the reset gate acts on the state or on its product with the matrix.
    pub reset: ResetGate,
}

/// Where the reset gate acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ResetGate {
    /// On W_hn·h + b_hn: one product for all three blocks, as in PyTorch.
    #[default]
    AfterMatrix,
    /// On h, before W_hn, as in the paper.
    BeforeMatrix,
}

impl Cell for Gru {
    fn step(&self, graph: &Builder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let r = (x.linear("w_xr") + h.linear("w_hr") + graph.vector("b_r")).sigmoid();
        let u = (x.linear("w_xu") + h.linear("w_hu") + graph.vector("b_u")).sigmoid();
        let memory = match self.reset {
            ResetGate::AfterMatrix => r * (h.linear("w_hn") + graph.vector("b_hn")),
            ResetGate::BeforeMatrix => (r * h).linear("w_hn"),
        };
        let n = (x.linear("w_xn") + memory + graph.vector("b_n")).tanh();
        graph.output(graph.next("h", u * h + (1.0 - u) * n));
    }
}
