use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};
use crate::{
    component::init::{Constant, InitializerSpec},
    graph::{Expr, Unary},
};

/// Layer-normalized long short-term memory.
///
/// # Definition
///
/// LN(v; α, β) = α ⊙ (v − mean(v)) / √(variance(v) + ε) + β, over the units of v:
///
/// (f, i, o, g) = LN(W_h·h_{t−1}; α₁, β₁) + LN(W_x·x_t; α₂, β₂) + b, each over the four blocks together, 4·hidden units;
/// c_t = σ(f) ⊙ c_{t−1} + σ(i) ⊙ tanh(g), h_t = σ(o) ⊙ tanh(LN(c_t; α₃, β₃)).
///
/// States `h` and `c` \[hidden\], both zero at first. Parameters: those of `lstm`, and for each of the four blocks, here f, its
/// parts of α₁, β₁, α₂, β₂: `gain_hf`, `shift_hf`, `gain_xf`, `shift_xf` \[hidden\]; for c `gain_c`, `shift_c` \[hidden\]. Gains
/// start at 1. The output is h_t. c itself is carried on unnormalized.
///
/// # Why it is here
///
/// Sums into the gates keep their scale whatever the weights do, so gates neither saturate nor idle; the gradient along c is
/// still the forget gate's product.
///
/// # Example
///
/// ```yaml
/// model: {cell: lstm-layer-norm}
/// ```
///
/// # References
///
/// Ba, Kiros, Hinton 2016, Layer normalization (arXiv:1607.06450v1), eq. 20–22 (supplementary material); ε as in the authors' code
/// (ryankiros/layer-norm, `layers.py`), which departs from them: it adds b inside the normalization of the input's part, too. The
/// Torch module beside it normalizes c alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LstmLayerNorm {
    /// ε, added to the variance.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub epsilon: f64,
}

impl Default for LstmLayerNorm {
    fn default() -> Self {
        Self { epsilon: 1e-5 }
    }
}

impl Cell for LstmLayerNorm {
    fn step(&self, graph: &CellBuilder) {
        let (x, h, c) = (graph.input(), graph.state("h"), graph.state("c"));
        let [from_h, from_x] = [("h", h), ("x", x)].map(|(letter, v)| {
            let names = GATES.map(|gate| format!("{letter}{gate}"));
            let products: Vec<_> = names.iter().map(|name| (&name[..], v.linear(&format!("w_{name}")))).collect();
            layer_norm(graph, &products, self.epsilon)
        });
        let [f, i, o, g] = [0, 1, 2, 3].map(|k| from_h[k] + from_x[k] + graph.vector(&format!("b_{}", GATES[k])));
        let c = graph.next("c", f.sigmoid() * c + i.sigmoid() * g.tanh());
        let read = layer_norm(graph, &[("c", c)], self.epsilon)[0];
        graph.output(graph.next("h", o.sigmoid() * read.tanh()));
    }
}

const GATES: [&str; 4] = ["f", "i", "o", "g"];

/// Layer normalization over the units of all `parts` together, each with the trained vectors `gain_…`, 1 at first, and
/// `shift_…`.
pub(super) fn layer_norm<'g>(graph: &'g CellBuilder, parts: &[(&str, Expr<'g>)], epsilon: f64) -> Vec<Expr<'g>> {
    let units: usize = parts.iter().map(|(_, part)| part.width()).sum();
    let mean_of = |sums: &mut dyn Iterator<Item = Expr<'g>>| {
        let sum = sums.reduce(|sum, term| sum + term).expect("something to normalize");
        sum / units as f64
    };
    let mean = mean_of(&mut parts.iter().map(|(_, part)| part.sum()));
    let centered: Vec<_> = parts.iter().map(|(_, part)| *part - mean.spread(part.width())).collect();
    let variance = mean_of(&mut centered.iter().map(|part| part.unary(Unary::Square).sum()));
    let deviation = (variance + epsilon).unary(Unary::Sqrt);
    let scale = deviation.constant(1.0) / deviation;
    let scaled = parts.iter().zip(centered).map(|((name, part), centered)| {
        let gain = format!("gain_{name}");
        let expr = graph.vector_of(&gain, part.width());
        graph.start(&gain, InitializerSpec::Constant(Constant { value: 1.0 }));
        expr * (centered * scale.spread(part.width())) + graph.vector_of(&format!("shift_{name}"), part.width())
    });
    scaled.collect()
}
