use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, block::block};

/// MUT1, the first of three mutants of the GRU that an architecture search found.
///
/// # Definition
///
/// z = σ(W_xz·x_t + b_z), r = σ(W_xr·x_t + W_hr·h_{t−1} + b_r),
///
/// h_t = z ⊙ tanh(W_hh·(r ⊙ h_{t−1}) + tanh(W_xh·x_t) + b_h) + (1 − z) ⊙ h_{t−1}.
///
/// State `h` \[hidden\], zero at first; the output is h_t. The paper writes tanh(x_t), for an input as wide as the state; W_xh
/// makes one of it.
///
/// # Why it is here
///
/// The best cell that mutation found on arithmetic and XML tasks: its update gate does not see the state at all.
///
/// # Example
///
/// ```yaml
/// model: {cell: mut1}
/// ```
///
/// # References
///
/// Jozefowicz, Zaremba, Sutskever 2015, An empirical exploration of recurrent network architectures, ICML, section 4, MUT1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Mut1 {}

impl Cell for Mut1 {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let z = (x.linear("w_xz") + graph.vector("b_z")).sigmoid();
        let r = block(graph, "r", x, h).sigmoid();
        let n = ((r * h).linear("w_hh") + x.linear("w_xh").tanh() + graph.vector("b_h")).tanh();
        graph.output(graph.next("h", z * n + (1.0 - z) * h));
    }
}
