use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};
use crate::component::{
    activation::{ActivationSpec, Relu},
    init::{InitializerSpec, Normal},
};

/// Recurrent identity network: the recurrent matrix is U + I.
///
/// # Definition
///
/// h_t = f(W_xh·x_t + (U + I)·h_{t−1} + b_h), f = ReLU; parameters `w_xh` \[hidden, inputs\], `w_hh` = U \[hidden, hidden\], `b_h`
/// \[hidden\]; h_0 = 0; the output is h_t. Unless `init.parameters` names it, U starts from the normal distribution of deviation
/// 0.001.
///
/// # Why it is here
///
/// Where the IRNN (elman with `activation: relu` and `init.recurrent: identity`) only starts at the identity, here it stays in
/// the step, and what is trained, decayed or orthogonalized is the deviation from it.
///
/// # Example
///
/// ```yaml
/// model: {cell: rin}
/// ```
///
/// # References
///
/// Hu, Huber, Anumula, Liu 2018, Overcoming the vanishing gradient problem in plain recurrent networks (arXiv:1801.06105v3).
/// The initial law of U is ours: with larger ones U + I explodes at first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Rin {
    /// f, the activation.
    pub activation: ActivationSpec,
}

impl Default for Rin {
    fn default() -> Self {
        Self { activation: ActivationSpec::Relu(Relu {}) }
    }
}

impl Cell for Rin {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let z = x.linear("w_xh") + (h.linear("w_hh") + h) + graph.vector("b_h");
        graph.start("w_hh", InitializerSpec::Normal(Normal { deviation: 0.001, gain: None }));
        graph.output(graph.next("h", self.activation.apply(z)));
    }

    fn activations(&self) -> Vec<&ActivationSpec> {
        vec![&self.activation]
    }
}
