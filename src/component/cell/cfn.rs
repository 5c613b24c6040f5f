use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, block::block};

/// Chaos-free network.
///
/// # Definition
///
/// θ = σ(W_xθ·x_t + W_hθ·h_{t−1} + b_θ), η = σ(W_xη·x_t + W_hη·h_{t−1} + b_η),
///
/// h_t = θ ⊙ tanh(h_{t−1}) + η ⊙ tanh(W_xh·x_t).
///
/// State `h` \[hidden\], zero at first; θ is the block `f`, η the block `i`; the output is h_t.
///
/// # Why it is here
///
/// Without input every trajectory decays to zero: it cannot be chaotic, whatever its weights, where LSTM and GRU can. Does
/// it lose anything by that?
///
/// # Example
///
/// ```yaml
/// model: {cell: cfn}
/// ```
///
/// # References
///
/// Laurent, von Brecht 2017, A recurrent neural network without chaos (arXiv:1612.06212v1), section 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Cfn {}

impl Cell for Cfn {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let forget = block(graph, "f", x, h).sigmoid();
        let admit = block(graph, "i", x, h).sigmoid();
        graph.output(graph.next("h", forget * h.tanh() + admit * x.linear("w_xh").tanh()));
    }
}
