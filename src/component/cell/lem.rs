use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};
use crate::graph::Expr;

/// Long expressive memory: two states, each with learned time scales.
///
/// # Definition
///
/// With a gate's z(g, v) = W_xg·x_t + W_hg·v + b_g:
///
/// - Δ_1 = Δ·σ(z(1, y_{t−1})), Δ_2 = Δ·σ(z(2, y_{t−1}));
/// - z_t = (1 − Δ_1) ⊙ z_{t−1} + Δ_1 ⊙ tanh(z(z, y_{t−1}));
/// - y_t = (1 − Δ_2) ⊙ y_{t−1} + Δ_2 ⊙ tanh(z(y, z_t)).
///
/// States `y` and `z` \[hidden\], zero at first; parameters `w_x1`, `w_h1`, `b_1` and likewise for `2`, `z`, `y`; the output is y_t.
///
/// # Why it is here
///
/// Gates as step sizes of a differential equation with many time scales; it solves adding over 10,000 steps.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: lem, step: 0.0242}}
/// ```
///
/// # References
///
/// Rusch, Mishra, Erichson, Mahoney 2022, Long expressive memory for sequence modeling (arXiv:2110.04744v2), eq. 3; the authors'
/// code (tk-rusch/LEM), in which Δ is 1 unless given, and 0.0242 for adding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Lem {
    /// Δ, the largest step size.
    #[schemars(range(max = 10.0), extend("exclusiveMinimum" = 0.0))]
    pub step: f64,
}

impl Default for Lem {
    fn default() -> Self {
        Self { step: 1.0 }
    }
}

impl Cell for Lem {
    fn step(&self, graph: &CellBuilder) {
        let (y, z) = (graph.state("y"), graph.state("z"));
        let (step_1, step_2) = (self.step * sum(graph, "1", y).sigmoid(), self.step * sum(graph, "2", y).sigmoid());
        let z = graph.next("z", (1.0 - step_1) * z + step_1 * sum(graph, "z", y).tanh());
        graph.output(graph.next("y", (1.0 - step_2) * y + step_2 * sum(graph, "y", z).tanh()));
    }
}

/// W_x·x_t + W_h·v + b of a gate.
fn sum<'g>(graph: &'g CellBuilder, gate: &str, v: Expr<'g>) -> Expr<'g> {
    let x = graph.input().linear(&format!("w_x{gate}"));
    x + v.linear(&format!("w_h{gate}")) + graph.vector(&format!("b_{gate}"))
}
