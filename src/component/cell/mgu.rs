use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, block::GateInputs};

/// Minimal gated unit.
///
/// # Definition
///
/// One gate is both of the GRU's: f = σ(W_xf·x_t + W_hf·h_{t−1} + b_f), n = tanh(W_xn·x_t + W_hn·(f ⊙ h_{t−1}) + b_n),
///
/// h_t = (1 − f) ⊙ h_{t−1} + f ⊙ n.
///
/// State `h` \[hidden\], zero at first; the output is h_t. `gate-inputs` takes terms out of the gate: MGU1 is `state-and-bias`,
/// MGU2 `state`, MGU3 `bias`.
///
/// # Why it is here
///
/// How little gating is enough? Two blocks of weights, where the GRU has three. To keep the state (f near 0) is to hide it from
/// the candidate.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: mgu, gate-inputs: state}}
/// ```
///
/// # References
///
/// Zhou, Wu, Zhang, Zhou 2016, Minimal gated unit for recurrent neural networks (arXiv:1603.09420v1), table 1; Heck, Salem 2017,
/// Simplified minimal gated unit variations (arXiv:1701.03452v1), for MGU1–3.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Mgu {
    /// The terms of the gate's sum.
    pub gate_inputs: GateInputs,
}

impl Cell for Mgu {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let f = self.gate_inputs.gate(graph, "f", x, h);
        let n = (x.linear("w_xn") + (f * h).linear("w_hn") + graph.vector("b_n")).tanh();
        graph.output(graph.next("h", (1.0 - f) * h + f * n));
    }
}
