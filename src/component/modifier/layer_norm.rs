use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Misfit, Modifier, ModifierSpec};
use crate::{
    component::{
        cell::Laws,
        init::{Constant, InitializerSpec},
    },
    graph::{Graph, NodeId, Op},
};

/// Layer normalization, of every matrix product or of what a layer shows.
///
/// # Definition
///
/// With `of: products`, each product a = W·v of the cell, of inputs and of states alike, becomes
///
/// g ⊙ (a − mean(a)) / √(variance(a) + `epsilon`),
///
/// with `of: output` the output y_t becomes that of y_t, plus a trained shift, and states stay what they are; mean and variance being over the units of a, the variance without Bessel's correction. g is a trained vector that starts at 1:
/// `w_hh_gain` for `w_hh`, `w_hh_gain2` where the matrix is used a second time. The cell's own biases are the shifts. Behind a cell they are `y_gain` and
/// `y_shift`.
///
/// For an Elman cell that is f(g_x ⊙ norm(W_xh·x_t) + g_h ⊙ norm(W_hh·h_{t−1}) + b_h): the two products are normalized one by
/// one, as in the source's LSTM and GRU, where its eq. 4 for plain networks normalizes their sum. In an LSTM every gate's products
/// are, each on its own; its c is not (the cell `lstm-layer-norm` normalizes it, too). Cells whose products have a structure lose it:
/// the matrix of `antisymmetric` is not antisymmetric behind two normalizations.
///
/// # Why it is here
///
/// The scale of W has no influence any more, so that products neither vanish nor explode; what is carried from step to step
/// beside them still can.
///
/// # Example
///
/// ```yaml
/// model: {cell: gru, layers: 2, modifiers: [{kind: layer-norm, of: output}]}
/// ```
///
/// # References
///
/// Ba, Kiros, Hinton 2016, Layer normalization (arXiv:1607.06450v1), section 3.1 and the supplement's eq. 20–29; epsilon as in
/// PyTorch 2.13, `nn.LayerNorm`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LayerNorm {
    /// The vectors that are normalized.
    pub of: Normalized,
    /// ε, added to the variance.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub epsilon: f64,
}

impl Default for LayerNorm {
    fn default() -> Self {
        Self { of: Normalized::Products, epsilon: 1e-5 }
    }
}

/// The vectors that are normalized.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Normalized {
    /// Every matrix product of the cell.
    #[default]
    Products,
    /// The layer's output, which the next layer or the readout reads.
    Output,
}

/// The names of the gain and the shift behind a cell.
const BEHIND: [&str; 2] = ["y_gain", "y_shift"];

/// The name of the gain of the product in `node`, if there is one.
fn gain(cell: &Graph, node: NodeId) -> Option<String> {
    let weight_of = |op: &Op| if let Op::Linear { weight, .. } = *op { Some(weight) } else { None };
    let weight = weight_of(&cell.nodes[node.0].op)?;
    let before = cell.nodes[..node.0].iter().filter(|node| weight_of(&node.op) == Some(weight)).count();
    let number = if before == 0 { String::new() } else { (before + 1).to_string() };
    Some(format!("{}_gain{number}", cell.parameters[weight.0].name))
}

impl Modifier for LayerNorm {
    fn modify(&self, cell: &Graph, _: usize) -> Graph {
        if self.of == Normalized::Output {
            return cell.rewrite_output(
                |so_far, node| so_far.same(node),
                |_, _, next| next,
                |so_far, output| {
                    let [gain, shift] = BEHIND.map(|name| so_far.builder.vector_of(name, output.width()));
                    output.normalized(self.epsilon) * gain + shift
                },
            );
        }
        cell.rewrite(
            |so_far, node| {
                let same = so_far.same(node);
                let Some(name) = gain(cell, node) else { return same };
                let gain = so_far.builder.vector_of(&name, same.width());
                same.normalized(self.epsilon) * gain
            },
            |_, _, next| next,
        )
    }

    fn laws(&self, cell: &Graph, _: usize) -> Laws {
        let gains: Vec<String> = match self.of {
            Normalized::Products => (0..cell.nodes.len()).filter_map(|node| gain(cell, NodeId(node))).collect(),
            Normalized::Output => vec![BEHIND[0].to_owned()],
        };
        gains.into_iter().map(|name| (name, InitializerSpec::Constant(Constant { value: 1.0 }))).collect()
    }

    fn misfit(&self, cell: &Graph, _: usize, _: usize) -> Option<Misfit> {
        let single = |node: usize| cell.nodes[node].width == 1 && gain(cell, NodeId(node)).is_some();
        let (what, single) = match self.of {
            Normalized::Products => ("a matrix product of the cell", (0..cell.nodes.len()).any(single)),
            Normalized::Output => ("the output of the cell", cell.nodes[cell.output.0].width == 1),
        };
        single.then(|| Misfit {
            setting: vec![],
            message: format!("{what} has a single unit, and normalized that is 0"),
            help: "raise `hidden`, or leave `layer-norm` out".to_owned(),
        })
    }

    fn misfit_after(&self, earlier: &[ModifierSpec]) -> Option<Misfit> {
        let same = |modifier: &ModifierSpec| matches!(modifier, ModifierSpec::LayerNorm(other) if other.of == self.of);
        earlier.iter().any(same).then(|| Misfit {
            setting: vec![],
            message: "`layer-norm` comes twice: what is normalized stays what it is".to_owned(),
            help: "keep one".to_owned(),
        })
    }
}
