use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, block::block, lstm_peephole::peephole};

/// Long short-term memory with coupled input and forget gates (CIFG).
///
/// # Definition
///
/// The LSTM whose input gate is what the forget gate leaves: i = 1 − f.
///
/// f = σ(W_xf·x_t + W_hf·h_{t−1} + p_f ⊙ c_{t−1} + b_f), g = tanh(W_xg·x_t + W_hg·h_{t−1} + b_g),
/// c_t = f ⊙ c_{t−1} + (1 − f) ⊙ g, o = σ(W_xo·x_t + W_ho·h_{t−1} + p_o ⊙ c_t + b_o), h_t = o ⊙ tanh(c_t).
///
/// States `h` and `c` \[hidden\], both zero at first; with `peepholes: false` there is no `p_f`, `p_o`; the output is h_t.
///
/// # Why it is here
///
/// Memory is a weighted mean of what was and what is new, as in the GRU: c cannot grow, and a quarter of the weights is saved.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: lstm-coupled, peepholes: false}}
/// ```
///
/// # References
///
/// Greff, Srivastava, Koutník, Steunebrink, Schmidhuber 2017, LSTM: a search space odyssey (arXiv:1503.04069v2), CIFG. It
/// writes f = 1 − i and trains i's weights; with f's the bias has the sign that it has in every other LSTM here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LstmCoupled {
    /// Whether the gates see the memory.
    pub peepholes: bool,
}

impl Default for LstmCoupled {
    fn default() -> Self {
        Self { peepholes: true }
    }
}

impl Cell for LstmCoupled {
    fn step(&self, graph: &CellBuilder) {
        let (x, h, c) = (graph.input(), graph.state("h"), graph.state("c"));
        let gate = |name, c| {
            let z = block(graph, name, x, h);
            if self.peepholes { z + peephole(graph, name, c) } else { z }.sigmoid()
        };
        let f = gate("f", c);
        let g = block(graph, "g", x, h).tanh();
        let c = graph.next("c", f * c + (1.0 - f) * g);
        graph.output(graph.next("h", gate("o", c) * c.tanh()));
    }
}
