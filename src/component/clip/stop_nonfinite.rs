use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Clip, Fallback, Norms};
use crate::{compute::lower::Inputs, graph::Expr};

/// Ends the trial as diverged when the loss or the gradient is not finite.
///
/// # Definition
///
/// If the loss or a number of the gradient is infinite or NaN, the trial ends there. This is also what happens without any rule
/// for it: `clip: [stop-nonfinite]` is the same as `clip: []`. Of several rules the first in the list holds.
///
/// # Why it is here
///
/// So that a sweep can compare other rules with it by name.
///
/// # Example
///
/// ```yaml
/// sweep: [{kind: grid, over: {clip: [[stop-nonfinite], [skip-nonfinite]]}}]
/// ```
///
/// # References
///
/// None.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct StopNonfinite {}

impl Clip for StopNonfinite {
    fn clip<'g>(&self, gradient: Expr<'g>, _: &Inputs<'g, Norms>) -> Expr<'g> {
        gradient
    }

    fn fallback(&self, norm: f64) -> Option<Fallback> {
        (!norm.is_finite()).then_some(Fallback::Stop)
    }
}
