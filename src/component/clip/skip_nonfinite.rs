use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Clip, Fallback, Norms};
use crate::{compute::lower::Inputs, graph::Expr};

/// Leaves an update out whose loss or gradient is not finite.
///
/// # Definition
///
/// If the loss or a number of the gradient is infinite or NaN, parameters and the optimizer's state stay as they are and the
/// training goes on; the update counts for the budget and the schedule. The metric `train/skipped` is the number of updates left
/// out so far. It looks at the gradient as it comes, wherever it stands in the list.
///
/// # Why it is here
///
/// What mixed-precision training does. A network that explodes on few batches survives them.
///
/// # Example
///
/// ```yaml
/// clip: [skip-nonfinite, {kind: global-norm, max: 1.0}]
/// ```
///
/// # References
///
/// PyTorch's `GradScaler.step`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct SkipNonfinite {}

impl Clip for SkipNonfinite {
    fn clip<'g>(&self, gradient: Expr<'g>, _: &Inputs<'g, Norms>) -> Expr<'g> {
        gradient
    }

    fn fallback(&self, norm: f64) -> Option<Fallback> {
        (!norm.is_finite()).then_some(Fallback::Skip)
    }
}
