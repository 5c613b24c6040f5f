use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, min_gru::Candidate};

/// Minimal LSTM: gates and candidate see the input alone.
///
/// # Definition
///
/// f = σ(W_xf·x_t + b_f), i = σ(W_xi·x_t + b_i), n = g(W_xn·x_t + b_n),
///
/// h_t = f/(f + i) ⊙ h_{t−1} + i/(f + i) ⊙ n.
///
/// - `candidate: linear`: g(v) = v;
/// - `candidate: positive`: g(v) = v + 1/2 for v ≥ 0, else σ(v), which the paper uses to train in log space.
///
/// State `h` \[hidden\], zero at first; the output is h_t.
///
/// # Why it is here
///
/// As `min-gru`, with the two gates of an LSTM. They are normalized to sum to 1, so that the state keeps its scale over any
/// length.
///
/// # Example
///
/// ```yaml
/// model: {cell: min-lstm, layers: 2}
/// ```
///
/// # References
///
/// Feng, Tung, Ahmed, Bengio, Hajimirsadeghi 2024, Were RNNs all we needed? (arXiv:2410.01201v1), section 3.2; appendix B for g.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct MinLstm {
    /// g, the function of the candidate.
    pub candidate: Candidate,
}

impl Cell for MinLstm {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let part = |name: &str| x.linear(&format!("w_x{name}")) + graph.vector(&format!("b_{name}"));
        let (f, i, n) = (part("f").sigmoid(), part("i").sigmoid(), self.candidate.apply(part("n")));
        let sum = f + i;
        graph.output(graph.next("h", f / sum * h + i / sum * n));
    }
}
