use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Clip, Norms};
use crate::{compute::lower::Inputs, graph::Expr};

/// No clipping.
///
/// # Definition
///
/// The gradient as it is; `clip: [none]` is the same as `clip: []`.
///
/// # Why it is here
///
/// So that a sweep can compare clipping with its absence by name.
///
/// # Example
///
/// ```yaml
/// sweep: [{kind: grid, over: {clip: [[none], [{kind: global-norm, max: 1.0}]]}}]
/// ```
///
/// # References
///
/// None.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct NoClip {}

impl Clip for NoClip {
    fn clip<'g>(&self, gradient: Expr<'g>, _: &Inputs<'g, Norms>) -> Expr<'g> {
        gradient
    }
}
