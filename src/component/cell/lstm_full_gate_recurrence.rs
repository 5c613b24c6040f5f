use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, block::block, lstm_peephole::peephole};

/// Long short-term memory with full gate recurrence (FGR): every gate sees all gates of the step before.
///
/// # Definition
///
/// `lstm-peephole` with R_i·i_{t−1} + R_f·f_{t−1} + R_o·o_{t−1} added inside each of the gates i, f, o: nine more matrices
/// `w_ii`, `w_fi`, `w_oi`, `w_if`, … \[hidden, hidden\], named by the gate they read and the gate they feed. States `h`, `c`,
/// `i`, `f`, `o` \[hidden\], all zero at first; the output is h_t.
///
/// # Why it is here
///
/// The connections of the LSTM of 1997 that later ones dropped. They help nothing in the ablation study, at twice the weights.
///
/// # Example
///
/// ```yaml
/// model: {cell: lstm-full-gate-recurrence}
/// ```
///
/// # References
///
/// Greff, Srivastava, Koutník, Steunebrink, Schmidhuber 2017, LSTM: a search space odyssey (arXiv:1503.04069v2), FGR.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LstmFullGateRecurrence {}

impl Cell for LstmFullGateRecurrence {
    fn step(&self, graph: &CellBuilder) {
        let (x, h, c) = (graph.input(), graph.state("h"), graph.state("c"));
        let before = ["i", "f", "o"].map(|name| (name, graph.state(name)));
        let gate = |name: &str, c| {
            let seen = before.iter().map(|(from, gate)| gate.linear(&format!("w_{from}{name}")));
            let z = seen.fold(block(graph, name, x, h) + peephole(graph, name, c), |sum, term| sum + term);
            graph.next(name, z.sigmoid())
        };
        let (i, f) = (gate("i", c), gate("f", c));
        let g = block(graph, "g", x, h).tanh();
        let c = graph.next("c", f * c + i * g);
        graph.output(graph.next("h", gate("o", c) * c.tanh()));
    }
}
