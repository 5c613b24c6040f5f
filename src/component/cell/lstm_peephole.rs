use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, block::block};
use crate::{
    component::init::{InitializerSpec, Normal},
    graph::Expr,
};

/// Long short-term memory with peepholes: the gates see the memory itself.
///
/// # Definition
///
/// i = σ(W_xi·x_t + W_hi·h_{t−1} + p_i ⊙ c_{t−1} + b_i), f likewise with p_f, g = tanh(W_xg·x_t + W_hg·h_{t−1} + b_g):
///
/// c_t = f ⊙ c_{t−1} + i ⊙ g, o = σ(W_xo·x_t + W_ho·h_{t−1} + p_o ⊙ c_t + b_o), h_t = o ⊙ tanh(c_t).
///
/// States `h` and `c` \[hidden\], both zero at first; parameters as those of `lstm` and the peepholes `p_i`, `p_f`, `p_o`
/// \[hidden\], which start as N(0, 0.1²); the output is h_t.
///
/// # Why it is here
///
/// While o is shut, h tells the gates nothing of c: peepholes do. They help to time events exactly. It is also the "vanilla"
/// LSTM that ablation studies start from.
///
/// # Example
///
/// ```yaml
/// model: {cell: lstm-peephole}
/// ```
///
/// # References
///
/// Gers, Schraudolph, Schmidhuber 2002, Learning precise timing with LSTM recurrent networks, JMLR 3; this form Graves 2013
/// (arXiv:1308.0850v5), eq. 7–11, and Greff et al. 2017 (arXiv:1503.04069v2), eq. in section II, whose initial law is taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LstmPeephole {}

impl Cell for LstmPeephole {
    fn step(&self, graph: &CellBuilder) {
        let (x, h, c) = (graph.input(), graph.state("h"), graph.state("c"));
        let i = (block(graph, "i", x, h) + peephole(graph, "i", c)).sigmoid();
        let f = (block(graph, "f", x, h) + peephole(graph, "f", c)).sigmoid();
        let g = block(graph, "g", x, h).tanh();
        let c = graph.next("c", f * c + i * g);
        let o = (block(graph, "o", x, h) + peephole(graph, "o", c)).sigmoid();
        graph.output(graph.next("h", o * c.tanh()));
    }
}

/// p ⊙ c for the gate `name`.
pub(super) fn peephole<'g>(graph: &'g CellBuilder, name: &str, c: Expr<'g>) -> Expr<'g> {
    let name = format!("p_{name}");
    let p = graph.diagonal(&name);
    graph.start(&name, InitializerSpec::Normal(Normal { deviation: 0.1, gain: None }));
    p * c
}
