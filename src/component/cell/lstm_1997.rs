use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, block::block};
use crate::graph::Expr;

/// Long short-term memory of 1997, without a forget gate: what is written stays.
///
/// # Definition
///
/// With gates i, o = σ(W_x·x_t + W_h·h_{t−1} + b) and candidate z = W_xg·x_t + W_hg·h_{t−1} + b_g:
///
/// c_t = c_{t−1} + i ⊙ g(z), h_t = o ⊙ h(c_t).
///
/// - `squashing: logistic`: g(z) = 4σ(z) − 2 in (−2, 2), h(c) = 2σ(c) − 1 in (−1, 1);
/// - `squashing: tanh`: g = h = tanh.
///
/// With `gate-recurrence: true` gates and candidate also see the gates of the step before, + W_i·i_{t−1} + W_o·o_{t−1} by the
/// matrices `w_ii`, `w_oi`, `w_io`, `w_oo`, `w_ig`, `w_og`, named by what they read and what they feed.
///
/// States `h` and `c` (and `i`, `o`) \[hidden\], zero at first; parameters `w_xi`, `w_hi`, `b_i` and likewise for `g`, `o`; the
/// output is h_t. Memory blocks have one cell each.
///
/// # Why it is here
///
/// The constant error carousel as it was proposed: along c the gradient is multiplied by exactly 1 at every step. Its price
/// is that c can only grow or be cancelled. The paper starts b_i and b_o below zero, task by task (−1 to −6), to keep c from
/// drifting early on: here that is `init.parameters`.
///
/// # Example
///
/// ```yaml
/// model: {cell: lstm-1997}
/// init: {parameters: {b_i: {kind: constant, value: -3.0}}}
/// ```
///
/// # References
///
/// Hochreiter, Schmidhuber 1997, Long short-term memory, Neural Computation 9(8), section 4; appendix A.1 for σ, h and g. In its
/// experiments the hidden layer is fully connected, gates included: `gate-recurrence: true`, with blocks of one or two cells.
/// The paper truncates what passes back into the inputs of a block; here the gradient is the full one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Lstm1997 {
    /// The functions g of the candidate and h of the cell's state.
    pub squashing: Squashing,
    /// Whether gates and candidate see the gates of the step before.
    pub gate_recurrence: bool,
}

/// The functions that bound what enters and leaves a memory cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Squashing {
    /// g = 4σ − 2 and h = 2σ − 1, as in the paper.
    #[default]
    Logistic,
    /// g = h = tanh, as in later LSTMs.
    Tanh,
}

impl Squashing {
    // 2σ(v) − 1 is tanh(v/2), which keeps the digits of small numbers that the difference would lose.
    fn enter(self, z: Expr<'_>) -> Expr<'_> {
        match self {
            Self::Logistic => (z * 0.5).tanh() * 2.0,
            Self::Tanh => z.tanh(),
        }
    }

    fn leave(self, c: Expr<'_>) -> Expr<'_> {
        match self {
            Self::Logistic => (c * 0.5).tanh(),
            Self::Tanh => c.tanh(),
        }
    }
}

impl Cell for Lstm1997 {
    fn step(&self, graph: &CellBuilder) {
        let (x, h, c) = (graph.input(), graph.state("h"), graph.state("c"));
        let gates = if self.gate_recurrence { &["i", "o"][..] } else { &[] };
        let before: Vec<_> = gates.iter().map(|gate| (gate, graph.state(gate))).collect();
        let z = |name: &str| {
            let seen = before.iter().map(|(from, gate)| gate.linear(&format!("w_{from}{name}")));
            seen.fold(block(graph, name, x, h), |sum, term| sum + term)
        };
        let (i, o, g) = (z("i").sigmoid(), z("o").sigmoid(), self.squashing.enter(z("g")));
        if self.gate_recurrence {
            graph.next("i", i);
            graph.next("o", o);
        }
        let c = graph.next("c", c + i * g);
        graph.output(graph.next("h", o * self.squashing.leave(c)));
    }
}
