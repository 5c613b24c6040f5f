use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};
use crate::component::init::{InitializerSpec, Interval};

/// Undamped independent controlled oscillatory network: oscillators that do not see each other.
///
/// # Definition
///
/// With Δ_t = Δ·σ(c), for each unit:
///
/// z_t = z_{t−1} − Δ_t ⊙ (tanh(u ⊙ y_{t−1} + W_xh·x_t + b_h) + α·y_{t−1}), y_t = y_{t−1} + Δ_t ⊙ z_t.
///
/// States `y` and `z` \[hidden\], zero at first; parameters `w_xh` \[hidden, inputs\], `u_h` = u, `c`, `b_h` \[hidden\]; the output is
/// y_t. Unless `init.parameters` names them, u starts uniform on \[0, 1), c on \[−0.1, 0.1).
///
/// # Why it is here
///
/// A Hamiltonian system, stepped so that volume is kept and the step can be run backwards: nothing is damped, gradients neither
/// vanish nor explode exponentially. Each unit learns its time scale by c.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: unicornn, step: 0.19, alpha: 30.65}, hidden: 128, layers: 3}
/// ```
///
/// # References
///
/// Rusch, Mishra 2021, UnICORNN (arXiv:2103.05487v2), section 2; the authors' code (tk-rusch/unicornn). Defaults as in its
/// `psMNIST_task.py`. Their residual form is the modifier `depth-residual`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Unicornn {
    /// Δ, the largest step size.
    #[schemars(range(max = 10.0), extend("exclusiveMinimum" = 0.0))]
    pub step: f64,
    /// α, the strength of the linear force.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub alpha: f64,
}

impl Default for Unicornn {
    fn default() -> Self {
        Self { step: 0.19, alpha: 30.65 }
    }
}

impl Cell for Unicornn {
    fn step(&self, graph: &CellBuilder) {
        let (x, y, z) = (graph.input(), graph.state("y"), graph.state("z"));
        let step = self.step * graph.vector("c").sigmoid();
        let force = (graph.diagonal("u_h") * y + x.linear("w_xh") + graph.vector("b_h")).tanh() + self.alpha * y;
        graph.start("u_h", InitializerSpec::Interval(Interval { low: 0.0, high: 1.0 }));
        graph.start("c", InitializerSpec::Interval(Interval { low: -0.1, high: 0.1 }));
        let z = graph.next("z", z - step * force);
        graph.output(graph.next("y", y + step * z));
    }
}
