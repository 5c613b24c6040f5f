use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Activation, clamped};
use crate::graph::Expr;

/// Hard sigmoid: the logistic sigmoid as three straight lines.
///
/// # Definition
///
/// f(x) = min(max(slope·x + ½, 0), 1); f′(x) = slope where 0 < slope·x + ½ < 1, else 0 (also at the kinks ±1/(2·slope)). NaN
/// stays NaN.
///
/// # Why it is here
///
/// A gate that can close and open altogether: where it is saturated its gradient is exactly 0, where the sigmoid's is small.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: {kind: hard-sigmoid, slope: 0.2}}}
/// ```
///
/// # References
///
/// Courbariaux, Bengio, David 2015 (arXiv:1511.00363v3), BinaryConnect, eq. 3, with slope ½. Sources disagree on the slope: the
/// default 1/6 is PyTorch's `nn.Hardsigmoid` (Howard et al. 2019, arXiv:1905.02244v5), 0.2 is Theano's and that of Keras before
/// version 3.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct HardSigmoid {
    /// The derivative at 0.
    #[schemars(range(max = 100.0), extend("exclusiveMinimum" = 0.0))]
    pub slope: f64,
}

impl Default for HardSigmoid {
    fn default() -> Self {
        Self { slope: 1.0 / 6.0 }
    }
}

impl Activation for HardSigmoid {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        clamped(x, x * self.slope + 0.5, [-0.5 / self.slope, 0.5 / self.slope], [0.0, 1.0])
    }

    fn kinks(&self) -> Vec<f64> {
        vec![-0.5 / self.slope, 0.5 / self.slope]
    }
}
