use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Misfit, Modifier, ModifierSpec, reads_after_initial_state};
use crate::graph::{Graph, Kind, NodeId, Op};

/// Skip connections through time: recurrent matrices see the state of several steps ago, too.
///
/// # Definition
///
/// Wherever the cell multiplies a state v of the step before by a matrix, W·v_{t−1} becomes
///
/// W·v_{t−1} + W_s·v_{t−s}, s = `steps`,
///
/// with a matrix W_s for each W: `w_hh_skip4` for `w_hh` and s = 4, of the same shape. Before the first step v is what it is there
/// for the cell: 0. Products with anything else than a state as it is, such as r ⊙ h in a GRU, stay as they are.
///
/// # Why it is here
///
/// A path over n steps has n/s links at least, beside all the longer ones: in the words of its source, the recurrent skip
/// coefficient is s. Where `dilation` moves the connection, this adds one.
///
/// # Example
///
/// ```yaml
/// model: {cell: elman, modifiers: [{kind: skip, steps: 10}]}
/// ```
///
/// # References
///
/// Zhang, Wu, Che, Lin, Memisevic, Salakhutdinov, Bengio 2016, Architectural complexity measures of recurrent neural networks
/// (arXiv:1602.08210v3), section 4; Lin, Horne, Tiňo, Giles 1996 (NARX) before them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Skip {
    /// s, how far back the added connection reads.
    #[schemars(range(min = 2, max = 1_000_000))]
    pub steps: usize,
}

impl Default for Skip {
    fn default() -> Self {
        Self { steps: 2 }
    }
}

/// The state that is read at the step before and multiplied in `node`, if so, and the name and rows of the matrix.
fn product(cell: &Graph, node: NodeId) -> Option<(usize, String, usize)> {
    let Op::Linear { value, weight, transposed: false } = cell.nodes[node.0].op else { return None };
    let Op::Previous { state, delay: 1 } = cell.nodes[value.0].op else { return None };
    let parameter = &cell.parameters[weight.0];
    (parameter.kind == Kind::Recurrent).then(|| (state.0, parameter.name.clone(), cell.nodes[node.0].width))
}

impl Modifier for Skip {
    fn modify(&self, cell: &Graph, _: usize) -> Graph {
        cell.rewrite(
            |so_far, node| {
                let same = so_far.same(node);
                let Some((state, name, rows)) = product(cell, node) else { return same };
                let before = so_far.previous(&cell.states[state], self.steps);
                same + before.linear_to(&format!("{name}_skip{}", self.steps), rows)
            },
            |_, _, next| next,
        )
    }

    fn misfit(&self, cell: &Graph, _: usize, steps: usize) -> Option<Misfit> {
        if self.steps >= steps {
            return Some(Misfit {
                setting: vec!["steps".to_owned()],
                message: format!("it reads the state {} steps back, and sequences have {steps} steps", self.steps),
                help: "lower `steps`, or lengthen the task".to_owned(),
            });
        }
        (0..cell.nodes.len()).all(|node| product(cell, NodeId(node)).is_none()).then(|| Misfit {
            setting: vec![],
            message: "no matrix of the cell multiplies its state of the step before, beside which to add one"
                .to_owned(),
            help: "leave `skip` out, put it before `dilation`, or take another cell".to_owned(),
        })
    }

    fn misfit_after(&self, earlier: &[ModifierSpec]) -> Option<Misfit> {
        if earlier.iter().any(|modifier| matches!(modifier, ModifierSpec::Skip(skip) if skip == self)) {
            return Some(Misfit {
                setting: vec!["steps".to_owned()],
                message: format!("`skip` with {} steps comes twice: both would have one matrix", self.steps),
                help: "keep one, or give the other another number of steps".to_owned(),
            });
        }
        reads_after_initial_state("skip", earlier)
    }
}
