use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, block::block};

/// MUT3, the third of three mutants of the GRU that an architecture search found.
///
/// # Definition
///
/// z = σ(W_xz·x_t + W_hz·tanh(h_{t−1}) + b_z), r = σ(W_xr·x_t + W_hr·h_{t−1} + b_r),
///
/// h_t = z ⊙ tanh(W_hh·(r ⊙ h_{t−1}) + W_xh·x_t + b_h) + (1 − z) ⊙ h_{t−1}.
///
/// State `h` \[hidden\], zero at first; the output is h_t.
///
/// # Why it is here
///
/// The GRU with `reset: before-matrix`, 1 − z for u, and an update gate that sees the state squashed once more.
///
/// # Example
///
/// ```yaml
/// model: {cell: mut3}
/// ```
///
/// # References
///
/// Jozefowicz, Zaremba, Sutskever 2015, An empirical exploration of recurrent network architectures, ICML, section 4, MUT3.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Mut3 {}

impl Cell for Mut3 {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let z = block(graph, "z", x, h.tanh()).sigmoid();
        let r = block(graph, "r", x, h).sigmoid();
        let n = block(graph, "h", x, r * h).tanh();
        graph.output(graph.next("h", z * n + (1.0 - z) * h));
    }
}
