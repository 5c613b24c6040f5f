use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Clip, Fallback, Norms};
use crate::{compute::lower::Inputs, graph::Expr};

/// Replaces a gradient that cannot be trusted by a small shrinking of the recurrent matrices.
///
/// # Definition
///
/// If the loss is not finite, or ‖g‖ is not or is above `above`: g ← shrink·W for every recurrent parameter W, and g ← 0 for all
/// others; the other clips leave that as it is. Where W is parametrized, it is the raw parameter. It looks at the gradient as it
/// comes, wherever it stands in the list.
///
/// # Why it is here
///
/// The remedy of the original experiments on exploding gradients: smaller recurrent weights explode less.
///
/// # Example
///
/// ```yaml
/// clip: [pascanu-fallback, {kind: global-norm, max: 1.0}]
/// ```
///
/// # References
///
/// The code of Pascanu, Mikolov, Bengio 2013, pascanur/trainingRNNs, RNN.py: 0.02 and 10¹⁰. The paper does not tell of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct PascanuFallback {
    /// The gradient by a recurrent parameter, in parameters.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub shrink: f64,
    /// The largest norm that is trusted.
    #[schemars(range(max = 1e300), extend("exclusiveMinimum" = 0.0))]
    pub above: f64,
}

impl Default for PascanuFallback {
    fn default() -> Self {
        Self { shrink: 0.02, above: 1e10 }
    }
}

impl Clip for PascanuFallback {
    fn clip<'g>(&self, gradient: Expr<'g>, _: &Inputs<'g, Norms>) -> Expr<'g> {
        gradient
    }

    fn fallback(&self, norm: f64) -> Option<Fallback> {
        (!norm.is_finite() || norm > self.above).then_some(Fallback::Shrink(self.shrink))
    }
}
