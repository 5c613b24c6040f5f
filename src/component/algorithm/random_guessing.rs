use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Algorithm;

/// Random weight guessing: no gradient, but luck.
///
/// # Definition
///
/// At each update all parameters are drawn afresh from U\[−`range`, `range`). The guess takes the place of the parameters if its
/// loss on the update's batch is smaller than theirs on the same batch, or theirs is not a number. Of parametrized matrices it is the
/// raw parameters that are guessed. Guesses are projected by the constraint `max-magnitude`.
///
/// All that acts on a gradient has no effect: `optimizer`, `schedule`, `learning-rate-factors`, `clip`, `regularizers`, `bptt`. What
/// the suite gives of these is for its other arms; sweeping them in an arm that guesses is an error.
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
/// algorithm: {kind: random-guessing, range: 10.0}
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

impl Algorithm for RandomGuessing {
    fn takes_gradient(&self) -> bool {
        false
    }
}
