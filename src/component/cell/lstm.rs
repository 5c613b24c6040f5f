use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};

/// Long short-term memory with a forget gate, without peepholes.
///
/// # Definition
///
/// With gates i, f, o = σ(W_x·x_t + W_h·h_{t−1} + b) and candidate g = tanh(W_xg·x_t + W_hg·h_{t−1} + b_g):
///
/// c_t = f ⊙ c_{t−1} + i ⊙ g, h_t = o ⊙ tanh(c_t).
///
/// States `h` and `c` \[hidden\], both zero at first; parameters `w_xi`, `w_hi`, `b_i` and likewise for `f`, `g`, `o`; the
/// output is h_t.
///
/// # Why it is here
///
/// Along c the gradient is multiplied by the forget gate alone: ∂c_T/∂c_t = ∏ diag(f). How far it reaches is decided by
/// the forget gate's bias: at b_f = 0 it halves each step.
///
/// # Example
///
/// ```yaml
/// model: {cell: lstm, hidden: 64}
/// init: {parameters: {b_f: {kind: constant, value: 1.0}}}
/// ```
///
/// # References
///
/// Hochreiter, Schmidhuber 1997; Gers, Schmidhuber, Cummins 2000 for the forget gate; this form and its names as in
/// PyTorch's `nn.LSTM`, whose second bias vector is left out. It is not the network of 1997, which has no forget gate and reaches as
/// far as it does for that reason: to reproduce that paper take `lstm-1997`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Lstm {}

impl Cell for Lstm {
    fn step(&self, graph: &CellBuilder) {
        let (x, h, c) = (graph.input(), graph.state("h"), graph.state("c"));
        let gate =
            |g: &str| x.linear(&format!("w_x{g}")) + h.linear(&format!("w_h{g}")) + graph.vector(&format!("b_{g}"));
        let (i, f) = (gate("i").sigmoid(), gate("f").sigmoid());
        let (g, o) = (gate("g").tanh(), gate("o").sigmoid());
        let c = graph.next("c", f * c + i * g);
        graph.output(graph.next("h", o * c.tanh()));
    }
}
