use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Activation;
use crate::graph::{Expr, Relation, select};

/// Exponential linear unit.
///
/// # Definition
///
/// f(x) = x for x > 0, else alpha·(eˣ − 1); f′(x) = 1 for x > 0, else alpha·eˣ.
///
/// # Why it is here
///
/// Linear like the ReLU where it is active, but bounded below and with a gradient everywhere.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: elman, activation: {kind: elu, alpha: 1.0}}}
/// ```
///
/// # References
///
/// Clevert, Unterthiner, Hochreiter 2016 (arXiv:1511.07289v5), eq. 15.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Elu {
    /// Minus the limit for x → −∞.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub alpha: f64,
}

impl Default for Elu {
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

impl Activation for Elu {
    fn apply<'g>(&self, x: Expr<'g>) -> Expr<'g> {
        // Where x > 0 the exponential's argument is replaced by 0: ∞·0 in the branch not taken would be NaN.
        let negative = select(x, Relation::LessOrEqual, 0.0, x, x.constant(0.0));
        select(x, Relation::LessOrEqual, 0.0, negative.exp_m1() * self.alpha, x)
    }

    fn kinks(&self) -> Vec<f64> {
        vec![0.0]
    }
}
