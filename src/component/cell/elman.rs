use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};
use crate::component::activation::ActivationSpec;

/// Elman network, the simple recurrent network.
///
/// # Definition
///
/// h_t = f(W_xh·x_t + W_hh·h_{t−1} + b_h), with x \[inputs\], h \[hidden\]; parameters `w_xh` \[hidden, inputs\], `w_hh`
/// \[hidden, hidden\], `b_h` \[hidden\]; h_0 = 0; the output is h_t.
///
/// # Why it is here
///
/// The network in which gradients vanish and explode: ∂h_T/∂h_t = ∏ diag(f′)·W_hh. With `activation: relu` and
/// `init.recurrent: identity` it is the IRNN.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: tanh}, hidden: 64}
/// ```
///
/// # References
///
/// Elman 1990, Finding structure in time; Le, Jaitly, Hinton 2015 (arXiv:1504.00941v2) for the IRNN.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Elman {
    /// f, the activation.
    pub activation: ActivationSpec,
}

impl Cell for Elman {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let z = x.linear("w_xh") + h.linear("w_hh") + graph.vector("b_h");
        graph.output(graph.next("h", self.activation.apply(z)));
    }

    fn activations(&self) -> Vec<&ActivationSpec> {
        vec![&self.activation]
    }
}
