use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, block::block};
use crate::{
    component::{
        activation::ActivationSpec,
        init::{Constant, InitializerSpec},
    },
    graph::Expr,
};

/// FastRNN: a residual connection through time with two trained scalars.
///
/// # Definition
///
/// h_t = σ(β)·h_{t−1} + σ(α)·f(W_xh·x_t + W_hh·h_{t−1} + b_h), with the trained numbers `alpha` and `beta`, −3 and 3 at first.
///
/// State `h` \[hidden\], zero at first; the output is h_t.
///
/// # Why it is here
///
/// Two numbers more than an Elman network, and the gradient passes: ∂h_t/∂h_{t−1} = σ(β) + σ(α)·diag(f′)·W_hh, well
/// conditioned while σ(α) is small.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: fast-rnn, activation: relu}}
/// ```
///
/// # References
///
/// Kusupati, Singh, Bhatia, Kumar, Jain, Varma 2018, FastGRNN (arXiv:1901.02358v1), section 3.1; α and β through a sigmoid and
/// their initial values as in the authors' EdgeML.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct FastRnn {
    /// f, the activation.
    pub activation: ActivationSpec,
}

impl Cell for FastRnn {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let candidate = self.activation.apply(block(graph, "h", x, h));
        graph.output(graph.next("h", share(graph, "beta", 3.0) * h + share(graph, "alpha", -3.0) * candidate));
    }

    fn activations(&self) -> Vec<&ActivationSpec> {
        vec![&self.activation]
    }
}

/// The sigmoid of the trained number `name`, which starts at `value`, in every unit of a state.
pub(super) fn share<'g>(graph: &'g CellBuilder, name: &str, value: f64) -> Expr<'g> {
    let number = graph.scalar(name);
    graph.start(name, InitializerSpec::Constant(Constant { value }));
    number.sigmoid().spread(graph.hidden())
}
