//! Gates, and the sums that they are functions of.

use super::CellBuilder;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::graph::Expr;

/// W_x·x + W_h·h + b, with the parameters `w_x…`, `w_h…` and `b_…` of the block `name`.
pub(super) fn block<'g>(graph: &'g CellBuilder, name: &str, x: Expr<'g>, h: Expr<'g>) -> Expr<'g> {
    x.linear(&format!("w_x{name}")) + h.linear(&format!("w_h{name}")) + graph.vector(&format!("b_{name}"))
}

/// The terms of a gate's sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GateInputs {
    /// Input, state and bias: σ(W_x·x_t + W_h·h_{t−1} + b).
    #[default]
    All,
    /// σ(W_h·h_{t−1} + b): variant 1.
    StateAndBias,
    /// σ(W_h·h_{t−1}): variant 2.
    State,
    /// σ(b), the same at every step: variant 3.
    Bias,
}

impl GateInputs {
    /// The gate `name`.
    pub(super) fn gate<'g>(self, graph: &'g CellBuilder, name: &str, x: Expr<'g>, h: Expr<'g>) -> Expr<'g> {
        let state = || h.linear(&format!("w_h{name}"));
        let bias = || graph.vector(&format!("b_{name}"));
        let z = match self {
            Self::All => block(graph, name, x, h),
            Self::StateAndBias => state() + bias(),
            Self::State => state(),
            Self::Bias => bias(),
        };
        z.sigmoid()
    }
}
