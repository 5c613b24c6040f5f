use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, fast_rnn::share};

/// FastGRNN: a gate and a candidate that share their matrices.
///
/// # Definition
///
/// a = W_x·x_t + W_h·h_{t−1}, z = σ(a + b_z), n = tanh(a + b_n),
///
/// h_t = (σ(ζ)·(1 − z) + σ(ν)) ⊙ n + z ⊙ h_{t−1}, with the trained numbers `zeta` and `nu`, 1 and −4 at first.
///
/// State `h` \[hidden\], zero at first; parameters `w_x`, `w_h`, `b_z`, `b_n`; the output is h_t.
///
/// # Why it is here
///
/// A gated additive path for the weights of an Elman network.
///
/// # Example
///
/// ```yaml
/// model: {cell: fast-grnn}
/// ```
///
/// # References
///
/// Kusupati, Singh, Bhatia, Kumar, Jain, Varma 2018, FastGRNN (arXiv:1901.02358v1), section 3.2; ζ and ν through a sigmoid and
/// their initial values as in the authors' EdgeML, which also starts both biases at 1. Low rank and sparsity, which
/// compress the trained network, are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct FastGrnn {}

impl Cell for FastGrnn {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let a = x.linear("w_x") + h.linear("w_h");
        let z = (a + graph.vector("b_z")).sigmoid();
        let n = (a + graph.vector("b_n")).tanh();
        let new = share(graph, "zeta", 1.0) * (1.0 - z) + share(graph, "nu", -4.0);
        graph.output(graph.next("h", new * n + z * h));
    }
}
