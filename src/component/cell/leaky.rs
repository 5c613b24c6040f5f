use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};
use crate::component::activation::ActivationSpec;

/// Leaky integrator network: the state is a running mean of a plain network's.
///
/// # Definition
///
/// h_t = α·h_{t−1} + (1 − α)·f(W_xh·x_t + W_hh·h_{t−1} + b_h); parameters `w_xh` \[hidden, inputs\], `w_hh` \[hidden, hidden\], `b_h`
/// \[hidden\]; h_0 = 0; the output is h_t. With α = 0 it is the Elman network.
///
/// # Why it is here
///
/// The oldest way to a longer memory: along the units themselves the gradient decays by α a step, whatever is trained, so that
/// the time constant 1/(1 − α) has to be chosen for the task.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: leaky, alpha: 0.98}}
/// ```
///
/// # References
///
/// Bengio, Boulanger-Lewandowski, Pascanu 2013, Advances in optimizing recurrent networks (arXiv:1212.0901v2), §3.2, who give each
/// unit an α of its own; Jaeger 2001 and Mozer 1992 before them. One α for all units and its default are ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Leaky {
    /// f, the activation.
    pub activation: ActivationSpec,
    /// α, the fraction of the state that is kept.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub alpha: f64,
}

impl Default for Leaky {
    fn default() -> Self {
        Self { activation: ActivationSpec::default(), alpha: 0.9 }
    }
}

impl Cell for Leaky {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let z = x.linear("w_xh") + h.linear("w_hh") + graph.vector("b_h");
        let fresh = self.activation.apply(z);
        graph.output(graph.next("h", self.alpha * h + (1.0 - self.alpha) * fresh));
    }

    fn activations(&self) -> Vec<&ActivationSpec> {
        vec![&self.activation]
    }
}
