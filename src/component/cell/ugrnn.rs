use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};

/// Update gate RNN.
///
/// # Definition
///
/// g = σ(W_xg·x_t + W_hg·h_{t−1} + b_g), c = tanh(W_xc·x_t + W_hc·h_{t−1} + b_c), h_t = g ⊙ h_{t−1} + (1 − g) ⊙ c.
///
/// # Why it is here
///
/// The smallest gated cell with an additive path.
///
/// # Example
///
/// ```yaml
/// model: {cell: ugrnn}
/// ```
///
/// # References
///
/// Collins, Sohl-Dickstein, Sussillo 2017 (arXiv:1611.09913v3).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Ugrnn {}

impl Cell for Ugrnn {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let g = (x.linear("w_xg") + h.linear("w_hg") + graph.vector("b_g")).sigmoid();
        let c = (x.linear("w_xc") + h.linear("w_hc") + graph.vector("b_c")).tanh();
        graph.output(graph.next("h", g * h + (1.0 - g) * c));
    }
}
