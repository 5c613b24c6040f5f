use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};

/// Coupled oscillatory network: each unit is a damped, driven oscillator.
///
/// # Definition
///
/// With the drive d = tanh(W_hy·y_{t−1} + W_hz·z_{t−1} + W_xh·x_t + b_h):
///
/// - `damping: explicit`: z_t = z_{t−1} + Δ·(d − γ·y_{t−1} − ε·z_{t−1});
/// - `damping: implicit`: z_t = z_{t−1} + Δ·(d − γ·y_{t−1} − ε·z_t), solved for z_t;
///
/// y_t = y_{t−1} + Δ·z_t. States `y` and `z` \[hidden\], zero at first; parameters `w_xh`, `w_hy`, `w_hz`, `b_h`; the output is y_t.
///
/// # Why it is here
///
/// The step is a second-order equation y″ = d − γ·y − ε·y′: for small Δ, states and gradients are bounded by how the equation is
/// built, without constraints on the weights.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: co-rnn, step: 0.06, gamma: 66, epsilon: 15}}
/// ```
///
/// # References
///
/// Rusch, Mishra 2021, Coupled oscillatory recurrent neural network (coRNN) (arXiv:2010.00951v2), eq. 3, which leaves open at which
/// step the damping is taken; the authors' code (tk-rusch/coRNN) takes it explicitly. Defaults as in its `adding_task.py`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct CoRnn {
    /// Δ, the step size.
    #[schemars(range(max = 10.0), extend("exclusiveMinimum" = 0.0))]
    pub step: f64,
    /// γ, the square of the oscillators' frequency.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub gamma: f64,
    /// ε, the strength of damping.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub epsilon: f64,
    /// The step whose velocity is damped.
    pub damping: Damping,
}

/// At which step the damping is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Damping {
    /// The velocity of the step before, as in the authors' code.
    #[default]
    Explicit,
    /// The velocity of this step: stable for any ε.
    Implicit,
}

impl Default for CoRnn {
    fn default() -> Self {
        Self { step: 0.06, gamma: 66.0, epsilon: 15.0, damping: Damping::default() }
    }
}

impl Cell for CoRnn {
    fn step(&self, graph: &CellBuilder) {
        let (x, y, z) = (graph.input(), graph.state("y"), graph.state("z"));
        let drive = (y.linear("w_hy") + z.linear("w_hz") + x.linear("w_xh") + graph.vector("b_h")).tanh();
        let force = drive - self.gamma * y;
        let z = match self.damping {
            Damping::Explicit => (1.0 - self.step * self.epsilon) * z + self.step * force,
            Damping::Implicit => (z + self.step * force) / (1.0 + self.step * self.epsilon),
        };
        let z = graph.next("z", z);
        graph.output(graph.next("y", y + self.step * z));
    }
}
