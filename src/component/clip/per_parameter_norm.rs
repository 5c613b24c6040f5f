use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Clip, Norms, global_norm::to_norm};
use crate::{compute::lower::Inputs, graph::Expr};

/// Scales the gradient by each parameter down to a largest Euclidean norm.
///
/// # Definition
///
/// For each matrix or vector by itself, of raw parameters where some are parametrized: g ← g·max/‖g‖ if ‖g‖ > max, else g as it
/// is.
///
/// # Why it is here
///
/// Many programs clip tensor by tensor. An explosion in the recurrent matrix then leaves the readout's step as it is; the
/// direction of the whole gradient changes.
///
/// # Example
///
/// ```yaml
/// clip: [{kind: per-parameter-norm, max: 1.0}]
/// ```
///
/// # References
///
/// TensorFlow's `clip_by_norm` and Keras's `clipnorm`, applied to each variable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct PerParameterNorm {
    /// The largest norm that passes unchanged.
    #[schemars(range(max = 1e30), extend("exclusiveMinimum" = 0.0))]
    pub max: f64,
}

impl Default for PerParameterNorm {
    fn default() -> Self {
        Self { max: 1.0 }
    }
}

impl Clip for PerParameterNorm {
    fn clip<'g>(&self, gradient: Expr<'g>, norms: &Inputs<'g, Norms>) -> Expr<'g> {
        let max = self.max;
        to_norm(gradient, norms, move |_| max)
    }

    fn per_parameter(&self) -> bool {
        true
    }
}
