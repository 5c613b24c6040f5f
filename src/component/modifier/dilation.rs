use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Misfit, Modifier};
use crate::graph::{Clock, Graph, Op};

/// Dilation: the cell reads its states from several steps back.
///
/// # Definition
///
/// In layer l = 0, 1, … of the network, counted from the input, every state that the cell reads from step t − 1 it reads from step
///
/// t − d, d = `steps` · `growth`^l,
///
/// zero before the first step; one read from step t − k is read from t − k·d. The layer is then d interleaved copies of the cell
/// that share their parameters: one for the steps with t ≡ 0 (mod d), one for t ≡ 1, ….
///
/// # Why it is here
///
/// A path over n steps has n/d links, so that the gradient vanishes, or explodes, d times more slowly per step. With
/// `growth: 2` over several layers, the last of which sees all steps through those below, it is the DilatedRNN.
///
/// # Example
///
/// ```yaml
/// model: {cell: gru, layers: 4, modifiers: [{kind: dilation, steps: 1, growth: 2}]}
/// ```
///
/// # References
///
/// Chang et al. 2017, Dilated recurrent neural networks (arXiv:1710.02224v3), eq. 1 and §2.2; their fusion layer for a first
/// dilation above 1 is left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Dilation {
    /// The delay of the first layer's states, in steps.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub steps: usize,
    /// The factor by which each further layer reads further back.
    #[schemars(range(min = 1, max = 1000))]
    pub growth: usize,
}

impl Default for Dilation {
    fn default() -> Self {
        Self { steps: 2, growth: 1 }
    }
}

impl Dilation {
    /// The delay d of layer `layer`.
    fn factor(&self, layer: usize) -> usize {
        (0..layer).fold(self.steps, |steps, _| steps.saturating_mul(self.growth))
    }
}

impl Modifier for Dilation {
    fn modify(&self, cell: &Graph, layer: usize) -> Graph {
        let factor = self.factor(layer);
        cell.rewrite(
            |so_far, node| match cell.nodes[node.0].op {
                Op::Previous { state, delay } => so_far.previous(&cell.states[state.0], delay.saturating_mul(factor)),
                // Each of the interleaved copies has first steps of its own.
                Op::Clock(Clock::First(steps)) => so_far.builder.first(steps * factor, cell.nodes[node.0].width),
                _ => so_far.same(node),
            },
            |_, _, next| next,
        )
    }

    fn misfit(&self, cell: &Graph, layer: usize, steps: usize) -> Option<Misfit> {
        if self.factor(layer) > 1 && cell.clocks().any(|(_, clock)| matches!(clock, Clock::Periods(_))) {
            return Some(Misfit {
                setting: vec![],
                message: format!("layer {layer} has clocks, which would stand still in some of its interleaved copies"),
                help: "put `dilation` before the modifier `clockwork`, or take another cell".to_owned(),
            });
        }
        let furthest = cell.longest_delay().saturating_mul(self.factor(layer));
        (furthest >= steps).then(|| Misfit {
            setting: vec!["steps".to_owned()],
            message: format!("layer {layer} reads its state {furthest} steps back, and sequences have {steps} steps"),
            help: "lower `steps` or `growth`, or lengthen the task".to_owned(),
        })
    }
}
