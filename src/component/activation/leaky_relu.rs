use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Activation;
use crate::graph::{Expr, Relation, select};

/// Leaky rectified linear unit.
///
/// # Definition
///
/// f(x) = x for x > 0, else slope·x; f′(x) = 1 for x > 0, else slope (also at 0).
///
/// # Why it is here
///
/// Units that are off still pass a little gradient, so none can die.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: {kind: leaky-relu, slope: 0.01}}}
/// ```
///
/// # References
///
/// Maas, Hannun, Ng 2013, Rectifier nonlinearities improve neural network acoustic models, eq. 2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LeakyRelu {
    /// The derivative for x ≤ 0.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub slope: f64,
}

impl Default for LeakyRelu {
    fn default() -> Self {
        Self { slope: 0.01 }
    }
}

impl Activation for LeakyRelu {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        select(x, Relation::LessOrEqual, 0.0, x * self.slope, x)
    }

    fn kinks(&self) -> Vec<f64> {
        vec![0.0]
    }
}
