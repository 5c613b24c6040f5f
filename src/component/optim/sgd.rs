use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Inputs, NextState, Optimizer, StepContext};
use crate::graph::Expr;

/// Stochastic gradient descent; with `momentum` it is the heavy ball, with `nesterov` too it is Nesterov's method.
///
/// # Definition
///
/// v ← momentum·v + g; θ ← θ − learning-rate·v, or with `nesterov` θ ← θ − learning-rate·(g + momentum·v). Without momentum
/// v = g.
///
/// # Why it is here
///
/// The baseline: its step is proportional to the gradient, so it crawls where gradients vanish and jumps where they explode.
///
/// # Example
///
/// ```yaml
/// optimizer: {kind: sgd, learning-rate: 0.01, momentum: 0.9, nesterov: true}
/// ```
///
/// # References
///
/// Polyak 1964; Sutskever, Martens, Dahl, Hinton 2013 for Nesterov's form; this parametrization is PyTorch's
/// (`torch.optim.SGD`, dampening 0), where the learning rate multiplies v.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Sgd {
    /// η.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub learning_rate: f64,
    /// The part of the last step that is kept.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub momentum: f64,
    /// Look ahead along the momentum.
    pub nesterov: bool,
}

impl Default for Sgd {
    fn default() -> Self {
        Self { learning_rate: 0.01, momentum: 0.0, nesterov: false }
    }
}

impl Optimizer for Sgd {
    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn slots(&self) -> Vec<f32> {
        vec![0.0; usize::from(self.momentum > 0.0)]
    }

    fn step<'g>(
        &self,
        at: &Inputs<'g, StepContext>,
        parameters: Expr<'g>,
        gradient: Expr<'g>,
        slots: &[Expr<'g>],
    ) -> NextState<'g> {
        let Some(&velocity) = slots.first() else {
            return NextState { parameters: parameters - at.rate() * gradient, slots: vec![] };
        };
        let velocity = self.momentum * velocity + gradient;
        let direction = if self.nesterov { gradient + self.momentum * velocity } else { velocity };
        NextState { parameters: parameters - at.rate() * direction, slots: vec![velocity] }
    }
}
