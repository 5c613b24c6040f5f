use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};
use crate::component::activation::ActivationSpec;

/// Residual Elman network: the state is kept and a step of size ε added.
///
/// # Definition
///
/// h_t = h_{t−1} + ε·f(W_xh·x_t + W_hh·h_{t−1} + b_h); parameters `w_xh` \[hidden, inputs\], `w_hh` \[hidden, hidden\], `b_h`
/// \[hidden\]; h_0 = 0; the output is h_t.
///
/// # Why it is here
///
/// Its Jacobian is I + ε·diag(f′)·W_hh: gradients do not vanish fast, but directions whose eigenvalue has a positive real
/// part grow like (1 + ε·re)^T. It shows what a skip connection through time does and does not repair.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: residual-elman, activation: tanh, epsilon: 0.1}}
/// ```
///
/// # References
///
/// The forward Euler step of dh/dt = f(W·h + V·x + b), as in Chang, Chen, Haber, Chi 2019, AntisymmetricRNN
/// (arXiv:1902.09689v1), eq. 2–3, without the antisymmetric constraint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ResidualElman {
    /// f, the activation.
    pub activation: ActivationSpec,
    /// ε, the step size.
    #[schemars(range(max = 10.0), extend("exclusiveMinimum" = 0.0))]
    pub epsilon: f64,
}

impl Default for ResidualElman {
    fn default() -> Self {
        Self { activation: ActivationSpec::default(), epsilon: 0.1 }
    }
}

impl Cell for ResidualElman {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let z = x.linear("w_xh") + h.linear("w_hh") + graph.vector("b_h");
        graph.output(graph.next("h", h + self.epsilon * self.activation.apply(z)));
    }

    fn activations(&self) -> Vec<&ActivationSpec> {
        vec![&self.activation]
    }
}
