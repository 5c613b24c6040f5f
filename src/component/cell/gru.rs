use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, block::GateInputs};

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
/// - `gates: update-only`: r = 1 (and no b_hn). The same function as `ugrnn`.
/// - `gates: reset-only`: u = 0, so h_t = n.
///
/// `gate-inputs` takes terms out of both gates: GRU1 is `state-and-bias`, GRU2 `state`, GRU3 `bias`.
///
/// # Why it is here
///
/// An additive path like the LSTM's with three blocks of weights in place of four. `reset-only` is a gated network without
/// that path.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: gru, reset: before-matrix, gate-inputs: state}}
/// ```
///
/// # References
///
/// Cho et al. 2014 (arXiv:1406.1078v3), eq. 5–8, for `before-matrix` (v1 applied the gate after the matrix);
/// `after-matrix` is PyTorch's and cuDNN's, up to the second bias of the gates. Here u keeps the old state, as in PyTorch
/// and arXiv:1406.1078v3; in arXiv:1412.3555v1 it admits the new one. Dey, Salem 2017 (arXiv:1701.05923v1), GRU1–3, with
/// `reset: before-matrix` and 1 − u for u.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Gru {
    /// Whether the reset gate acts on the state or on its product with the matrix.
    pub reset: ResetGate,
    /// The gates that the cell has.
    pub gates: GruGates,
    /// The terms of the gates' sums.
    pub gate_inputs: GateInputs,
}

/// Where the reset gate acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ResetGate {
    /// The gate acts on W_hn·h + b_hn: one product for all three blocks, as in PyTorch.
    #[default]
    AfterMatrix,
    /// The gate acts on h, before W_hn, as in the paper.
    BeforeMatrix,
}

/// The gates of a GRU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GruGates {
    /// Reset gate and update gate.
    #[default]
    Both,
    /// An update gate alone.
    UpdateOnly,
    /// A reset gate alone.
    ResetOnly,
}

impl Cell for Gru {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let gate = |name| self.gate_inputs.gate(graph, name, x, h);
        let reset = (self.gates != GruGates::UpdateOnly).then(|| gate("r"));
        let update = (self.gates != GruGates::ResetOnly).then(|| gate("u"));
        let memory = match (reset, self.reset) {
            (Some(r), ResetGate::AfterMatrix) => r * (h.linear("w_hn") + graph.vector("b_hn")),
            (Some(r), ResetGate::BeforeMatrix) => (r * h).linear("w_hn"),
            (None, _) => h.linear("w_hn"),
        };
        let n = (x.linear("w_xn") + memory + graph.vector("b_n")).tanh();
        let h = update.map_or(n, |u| u * h + (1.0 - u) * n);
        graph.output(graph.next("h", h));
    }
}
