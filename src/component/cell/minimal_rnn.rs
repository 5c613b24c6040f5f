use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};

/// Minimal RNN: the state is a gated running mean of the embedded inputs.
///
/// # Definition
///
/// z = tanh(W_xz·x_t + b_z), u = σ(W_hu·h_{t−1} + W_zu·z + b_u), h_t = u ⊙ h_{t−1} + (1 − u) ⊙ z.
///
/// State `h` \[hidden\], zero at first; the output is h_t.
///
/// # Why it is here
///
/// The state never enters the candidate: it acts through the gate alone, which confines h to the space of the embedded inputs
/// and makes its Jacobian easy to analyse.
///
/// # Example
///
/// ```yaml
/// model: {cell: minimal-rnn}
/// ```
///
/// # References
///
/// Chen 2017, MinimalRNN: toward more interpretable and trainable recurrent neural networks (arXiv:1711.06788v2); its
/// Φ is one fully connected layer with tanh, as in its experiments.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct MinimalRnn {}

impl Cell for MinimalRnn {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let z = (x.linear("w_xz") + graph.vector("b_z")).tanh();
        let u = (h.linear("w_hu") + z.linear("w_zu") + graph.vector("b_u")).sigmoid();
        graph.output(graph.next("h", u * h + (1.0 - u) * z));
    }
}
