use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Inputs, NextState, Optimizer, StepContext};
use crate::graph::Expr;

/// Random weight guessing: no gradient, but luck.
///
/// # Definition
///
/// StepContext each update all parameters are drawn afresh from U\[−`range`, `range`). The guess takes the place of the parameters if its
/// loss on the update's batch is smaller than theirs on the same batch, or theirs is not a number. Of parametrized matrices it is the
/// raw parameters that are guessed. Clips, regularizers, schedules and rates have nothing to act on; retractions have.
///
/// # Why it is here
///
/// The control: a task that it solves sooner than gradient descent does not show that a network can learn long lags, only that
/// many networks already have them.
///
/// # Example
///
/// ```yaml
/// task: {kind: latch, length: 50}
/// optimizer: {kind: random-guessing, range: 10.0}
/// ```
///
/// # References
///
/// Hochreiter, Schmidhuber 1996, Bridging long time lags by weight guessing and "long short-term memory", where guesses are from
/// \[−100, 100\] and each is judged on a training set by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct RandomGuessing {
    /// The largest magnitude of a guessed parameter.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub range: f64,
}

impl Default for RandomGuessing {
    fn default() -> Self {
        Self { range: 100.0 }
    }
}

impl Optimizer for RandomGuessing {
    fn learning_rate(&self) -> f64 {
        0.0
    }

    fn slots(&self) -> Vec<f32> {
        vec![]
    }

    fn step<'g>(
        &self,
        _: &Inputs<'g, StepContext>,
        parameters: Expr<'g>,
        _: Expr<'g>,
        _: &[Expr<'g>],
    ) -> NextState<'g> {
        NextState { parameters, slots: vec![] }
    }

    fn guesses(&self) -> Option<f64> {
        Some(self.range)
    }
}
