use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Clip, Norms};
use crate::{compute::lower::Inputs, graph::Expr};

/// Clamps every entry of the gradient.
///
/// # Definition
///
/// g_k ← min(max(g_k, −max), max) for each entry; NaN stays NaN.
///
/// # Why it is here
///
/// What many older experiments did. It changes the gradient's direction.
///
/// # Example
///
/// ```yaml
/// clip: [{kind: value, max: 1.0}]
/// ```
///
/// # References
///
/// Mikolov 2012 (PhD thesis), §3.3; Arjovsky, Shah, Bengio 2016 clip their baselines to ±1 this way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Value {
    /// The largest magnitude of an entry.
    #[schemars(range(max = 1e30), extend("exclusiveMinimum" = 0.0))]
    pub max: f64,
}

impl Default for Value {
    fn default() -> Self {
        Self { max: 1.0 }
    }
}

impl Clip for Value {
    fn clip<'g>(&self, gradient: Expr<'g>, _: &Inputs<'g, Norms>) -> Expr<'g> {
        gradient.bounded(self.max)
    }
}
