use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};
use crate::{
    component::init::{Constant, InitializerSpec},
    graph::concat,
};

/// Structurally constrained recurrent network: fast units beside slow ones.
///
/// # Definition
///
/// s_t = α·s_{t−1} + (1 − α)·W_xs·x_t, h_t = σ(W_sh·s_t + W_xh·x_t + W_hh·h_{t−1}).
///
/// With `trained: true`, α = σ(q) unit by unit, with the trained vector `q` \[context\]; `alpha` is then where it starts.
///
/// States `h` \[hidden\] and `s` \[context\], zero at first; there are no biases; the output is (h_t, s_t) \[hidden +
/// context\], so that the readout's matrix is the paper's U and V side by side.
///
/// # Why it is here
///
/// A diagonal block fixed near the identity is the simplest long memory there is: along s the gradient shrinks by α a step, 0.95
/// to the power of 100 being 0.006, whatever is learnt.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: scrn, context: 40}}
/// ```
///
/// # References
///
/// Mikolov, Joulin, Chopra, Mathieu, Ranzato 2015, Learning longer memory in recurrent neural networks (arXiv:1412.7753v2),
/// section 3, "context features" and "learning self-recurrent weights" for trained α; α = 0.95 and 40 context units as in its
/// experiments. In the authors' code (facebookarchive/SCRNNs, `mfactory.lua`) h_t reads s_{t−1} in place of s_t, and the factor
/// (1 − α) of the input is a setting of its own (`semb_scale`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Scrn {
    /// The number of units of the context s.
    #[schemars(range(min = 1, max = 65536))]
    pub context: usize,
    /// α, or its initial value where it is trained.
    #[schemars(extend("exclusiveMinimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub alpha: f64,
    /// Whether α is trained, unit by unit.
    pub trained: bool,
}

impl Default for Scrn {
    fn default() -> Self {
        Self { context: 40, alpha: 0.95, trained: false }
    }
}

impl Cell for Scrn {
    fn step(&self, graph: &CellBuilder) {
        let (x, h, s) = (graph.input(), graph.state("h"), graph.state_of("s", self.context));
        let new = x.linear_to("w_xs", self.context);
        let s = if self.trained {
            let q = graph.diagonal_of("q", self.context);
            let value = libm::log(self.alpha / (1.0 - self.alpha));
            graph.start("q", InitializerSpec::Constant(Constant { value }));
            let alpha = q.sigmoid();
            alpha * s + (1.0 - alpha) * new
        } else {
            self.alpha * s + (1.0 - self.alpha) * new
        };
        let s = graph.next("s", s);
        let h = graph.next("h", (s.linear("w_sh") + x.linear("w_xh") + h.linear("w_hh")).sigmoid());
        graph.output(concat(&[h, s]));
    }
}
