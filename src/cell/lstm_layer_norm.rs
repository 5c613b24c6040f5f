use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cell;
use crate::{
    graph::{Builder, Expr, concat},
    init::{Constant, InitializerSpec},
};

/// Layer-normalized long short-term memory.
///
/// # Definition
///
/// LN(v; α, β) = α ⊙ (v − mean(v)) / √(variance(v) + ε) + β, over the units of v:
///
/// (f, i, o, g) = LN(W_h·h_{t−1}; α₁, β₁) + LN(W_x·x_t; α₂, β₂) + b, each over the four blocks together \[4·hidden\];
/// c_t = σ(f) ⊙ c_{t−1} + σ(i) ⊙ tanh(g), h_t = σ(o) ⊙ tanh(LN(c_t; α₃, β₃)).
///
/// States `h` and `c` \[hidden\], both zero at first. Parameters: the matrices of `lstm`; `gain_h`, `shift_h`, `gain_x`,
/// `shift_x`, `b` \[4·hidden\] in the order f, i, o, g; `gain_c`, `shift_c` \[hidden\]. Gains start at 1. The output is h_t. c
/// itself is carried on unnormalized.
///
/// # Why it is here
///
/// Sums into the gates keep their scale whatever the weights do, so gates neither saturate nor idle; the gradient along c is
/// still the forget gate's product.
///
/// # Example
///
/// ```yaml
/// cell: lstm-layer-norm
/// ```
///
/// # References
///
/// Ba, Kiros, Hinton 2016, Layer normalization (arXiv:1607.06450v1), eq. 20–22 (supplementary material); ε as in the authors'
/// code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LstmLayerNorm {
    /// ε, under the root.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub epsilon: f64,
}

impl Default for LstmLayerNorm {
    fn default() -> Self {
        Self { epsilon: 1e-5 }
    }
}

impl Cell for LstmLayerNorm {
    fn step(&self, graph: &Builder) {
        let (x, h, c) = (graph.input(), graph.state("h"), graph.state("c"));
        let [from_h, from_x] = [("h", h), ("x", x)].map(|(letter, v)| {
            let products = ["f", "i", "o", "g"].map(|gate| v.linear(&format!("w_{letter}{gate}")));
            layer_norm(graph, letter, concat(&products), self.epsilon)
        });
        let z = from_h + from_x + graph.vector_of("b", 4 * graph.hidden());
        let part = |k: usize| z.slice(k * graph.hidden()..(k + 1) * graph.hidden());
        let (f, i, o, g) = (part(0).sigmoid(), part(1).sigmoid(), part(2).sigmoid(), part(3).tanh());
        let c = graph.next("c", f * c + i * g);
        graph.output(graph.next("h", o * layer_norm(graph, "c", c, self.epsilon).tanh()));
    }
}

/// Layer normalization with the trained vectors `gain_…`, 1 at first, and `shift_…`.
pub(super) fn layer_norm<'g>(graph: &'g Builder, name: &str, v: Expr<'g>, epsilon: f64) -> Expr<'g> {
    let gain_name = format!("gain_{name}");
    let gain = graph.vector_of(&gain_name, v.width());
    graph.start(&gain_name, InitializerSpec::Constant(Constant { value: 1.0 }));
    gain * v.normalized(epsilon) + graph.vector_of(&format!("shift_{name}"), v.width())
}
