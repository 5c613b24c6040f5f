use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, block::block};

/// MUT2, the second of three mutants of the GRU that an architecture search found.
///
/// # Definition
///
/// z = σ(W_xz·x_t + W_hz·h_{t−1} + b_z), r = σ(W_xr·x_t + W_hr·h_{t−1} + b_r),
///
/// h_t = z ⊙ tanh(W_hh·(r ⊙ h_{t−1}) + W_xh·x_t + b_h) + (1 − z) ⊙ h_{t−1}.
///
/// State `h` \[hidden\], zero at first; the output is h_t.
///
/// # Why it is here
///
/// To complete the three. The paper has x_t itself in r, for an input as wide as the state; W_xr makes one of it, and then MUT2
/// is the GRU with `reset: before-matrix` and 1 − z for u. What was special about it is W_xr = I.
///
/// # Example
///
/// ```yaml
/// model: {cell: mut2}
/// ```
///
/// # References
///
/// Jozefowicz, Zaremba, Sutskever 2015, An empirical exploration of recurrent network architectures, ICML, section 4, MUT2.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Mut2 {}

impl Cell for Mut2 {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let z = block(graph, "z", x, h).sigmoid();
        let r = block(graph, "r", x, h).sigmoid();
        let n = block(graph, "h", x, r * h).tanh();
        graph.output(graph.next("h", z * n + (1.0 - z) * h));
    }
}
