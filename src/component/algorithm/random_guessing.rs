use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Algorithm;

/// Random weight guessing: no gradient, but luck.
///
/// # Definition
///
/// At each update all parameters are drawn afresh from U\[−`range`, `range`). With `keep: better` the guess takes the place of the
/// parameters if its loss on the update's batch is smaller than theirs on the same batch, or theirs is not a number. With
/// `keep: right`, the published rule, it takes their place unless they answer the whole batch right: each guess is judged by itself, and
/// the first that is right stays as long as it is. Of parametrized matrices it is the raw parameters that are guessed. Guesses are
/// projected by the constraint `max-magnitude`.
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
/// algorithm: {kind: random-guessing, range: 100.0, keep: right}
/// ```
///
/// # References
///
/// Hochreiter, Schmidhuber 1996, Bridging long time lags by weight guessing and "long short-term memory", where guesses are from
/// \[−100, 100\], each is judged by itself on a training set of 100 sequences that stays the same, and the first that is right on all of
/// them ends the search; the same authors in 1997, Long short-term memory, section 5. Here every update draws its own batch: give one of 100, and the guess that stays is one that is right on many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct RandomGuessing {
    /// The largest magnitude of a guessed parameter.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub range: f64,
    /// The parameters whose place no guess takes.
    pub keep: Keep,
}

/// The parameters whose place no guess takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// Parameters whose loss on the update's batch is no larger than the guess's.
    #[default]
    Better,
    /// Parameters that answer all of the update's batch right.
    Right,
}

impl Default for RandomGuessing {
    fn default() -> Self {
        Self { range: 100.0, keep: Keep::Better }
    }
}

impl Algorithm for RandomGuessing {
    fn takes_gradient(&self) -> bool {
        false
    }
}
