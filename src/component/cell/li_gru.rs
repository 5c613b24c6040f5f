use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, lstm_layer_norm::layer_norm};
use crate::component::activation::{ActivationSpec, Relu};

/// Light gated recurrent unit.
///
/// # Definition
///
/// z = σ(N(W_xz·x_t) + W_hz·h_{t−1}), n = f(N(W_xn·x_t) + W_hn·h_{t−1}), h_t = z ⊙ h_{t−1} + (1 − z) ⊙ n, with f = relu.
///
/// - `normalization: layer`: N is layer normalization (ε = 1e-5) with trained `gain_z`, `shift_z` and `gain_n`, `shift_n`
///   \[hidden\], gains 1 at first;
/// - `normalization: none`: N(v) = v + b, with `b_z` and `b_n`.
///
/// State `h` \[hidden\], zero at first; the output is h_t.
///
/// # Why it is here
///
/// The GRU without its reset gate and with an unbounded candidate: does relu lengthen the gradient's reach, and does
/// normalization keep it from exploding?
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: li-gru, normalization: none}}
/// ```
///
/// # References
///
/// Ravanelli, Brakel, Omologo, Bengio 2018, Light gated recurrent units for speech recognition (arXiv:1803.10225v1), section III.
/// The paper's N is batch normalization, which would tie the sequences of a batch together; layer normalization stands for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LiGru {
    /// N, the normalization of the products with the input.
    pub normalization: Normalization,
    /// f, the activation of the candidate.
    pub activation: ActivationSpec,
}

/// How products with the input are scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Normalization {
    /// Layer normalization: over the units, with a gain and a shift for each.
    #[default]
    Layer,
    /// No normalization.
    None,
}

impl Default for LiGru {
    fn default() -> Self {
        Self { normalization: Normalization::default(), activation: ActivationSpec::Relu(Relu::default()) }
    }
}

impl Cell for LiGru {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let z = |name: &str| {
            let from_input = x.linear(&format!("w_x{name}"));
            let from_input = match self.normalization {
                Normalization::Layer => layer_norm(graph, &[(name, from_input)], 1e-5)[0],
                Normalization::None => from_input + graph.vector(&format!("b_{name}")),
            };
            from_input + h.linear(&format!("w_h{name}"))
        };
        let (keep, n) = (z("z").sigmoid(), self.activation.apply(z("n")));
        graph.output(graph.next("h", keep * h + (1.0 - keep) * n));
    }

    fn activations(&self) -> Vec<&ActivationSpec> {
        vec![&self.activation]
    }
}
