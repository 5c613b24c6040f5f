use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Algorithm;

/// Gradient descent: every update follows the gradient of the loss.
///
/// # Definition
///
/// An update is: the gradient of the batch's loss by backpropagation through time, the gradients of `regularizers` added, `clip` in
/// order, the step of the `optimizer` at the learning rate that its schedule gives, then the constraints on parameters.
///
/// # Why it is here
///
/// What is studied: whether the gradient reaches back far enough to learn from.
///
/// # Example
///
/// ```yaml
/// algorithm: gradient-descent
/// optimizer: {kind: sgd, learning-rate: 0.01}
/// ```
///
/// # References
///
/// Rumelhart, Hinton, Williams 1986, Learning representations by back-propagating errors; Werbos 1990, Backpropagation through time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct GradientDescent {}

impl Algorithm for GradientDescent {
    fn takes_gradient(&self) -> bool {
        true
    }
}
