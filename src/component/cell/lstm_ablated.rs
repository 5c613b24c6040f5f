use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, block::block, lstm_peephole::peephole};

/// Long short-term memory with one part taken out.
///
/// # Definition
///
/// `lstm-peephole` with one change, named as in the paper:
///
/// | `without` | in the paper | change |
/// |---|---|---|
/// | `input-gate` | NIG | i = 1 |
/// | `forget-gate` | NFG | f = 1 |
/// | `output-gate` | NOG | o = 1 |
/// | `input-activation` | NIAF | g(z) = z |
/// | `output-activation` | NOAF | h_t = o ⊙ c_t |
///
/// The weights of a gate that is out are out too. States `h` and `c` \[hidden\], both zero at first; with `peepholes: false`
/// the gates do not see c, which is the paper's NP with one more part removed. The output is h_t.
///
/// # Why it is here
///
/// Which part of the LSTM carries gradients over long lags, and which could as well be left out? The paper found forget gate
/// and output activation to matter most, on data with short lags.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: lstm-ablated, without: forget-gate}}
/// ```
///
/// # References
///
/// Greff, Srivastava, Koutník, Steunebrink, Schmidhuber 2017, LSTM: a search space odyssey (arXiv:1503.04069v2), section III-C.
/// Its NP is `lstm`, its CIFG `lstm-coupled`, its vanilla LSTM `lstm-peephole`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LstmAblated {
    /// The part that the cell lacks.
    pub without: LstmPart,
    /// Whether the gates see the memory.
    pub peepholes: bool,
}

/// A part of an LSTM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LstmPart {
    /// The input gate i.
    #[default]
    InputGate,
    /// The forget gate f.
    ForgetGate,
    /// The output gate o.
    OutputGate,
    /// The tanh around what is written.
    InputActivation,
    /// The tanh around what is read.
    OutputActivation,
}

impl LstmPart {
    /// All parts that can be taken out.
    pub const ALL: [Self; 5] =
        [Self::InputGate, Self::ForgetGate, Self::OutputGate, Self::InputActivation, Self::OutputActivation];
}

impl Default for LstmAblated {
    fn default() -> Self {
        Self { without: LstmPart::default(), peepholes: true }
    }
}

impl Cell for LstmAblated {
    fn step(&self, graph: &CellBuilder) {
        let (x, h, c) = (graph.input(), graph.state("h"), graph.state("c"));
        let has = |part| self.without != part;
        let gated = |part, name, c, value| {
            if !has(part) {
                return value;
            }
            let z = block(graph, name, x, h);
            if self.peepholes { z + peephole(graph, name, c) } else { z }.sigmoid() * value
        };
        let z = block(graph, "g", x, h);
        let g = if has(LstmPart::InputActivation) { z.tanh() } else { z };
        let written = gated(LstmPart::InputGate, "i", c, g);
        let c = graph.next("c", gated(LstmPart::ForgetGate, "f", c, c) + written);
        let read = if has(LstmPart::OutputActivation) { c.tanh() } else { c };
        graph.output(graph.next("h", gated(LstmPart::OutputGate, "o", c, read)));
    }
}
