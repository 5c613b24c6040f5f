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

/// Layer normalization of every matrix product.
///
/// # Definition
///
/// Each product a = W·v of the cell, of inputs and of states alike, becomes
///
/// g ⊙ (a − mean(a)) / √(variance(a) + `epsilon`),
///
/// mean and variance being over the units of a, the variance without Bessel's correction. g is a trained vector that starts at 1:
/// `w_hh_gain` for `w_hh`, `w_hh_gain2` where the matrix is used a second time. The cell's own biases are the shifts.
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
/// model: {cell: gru, modifiers: [layer-norm]}
/// ```
///
/// # References
///
/// Ba, Kiros, Hinton 2016, Layer normalization (arXiv:1607.06450v1), section 3.1 and the supplement's eq. 20–29; epsilon as in
/// PyTorch 2.13, `nn.LayerNorm`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LayerNorm {
    /// ε, added to the variance.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub epsilon: f64,
}

impl Default for LayerNorm {
    fn default() -> Self {
        Self { epsilon: 1e-5 }
    }
}

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
        let gains = (0..cell.nodes.len()).filter_map(|node| gain(cell, NodeId(node)));
        gains.map(|name| (name, InitializerSpec::Constant(Constant { value: 1.0 }))).collect()
    }

    fn misfit(&self, cell: &Graph, _: usize, _: usize) -> Option<Misfit> {
        let single = |node: usize| cell.nodes[node].width == 1 && gain(cell, NodeId(node)).is_some();
        (0..cell.nodes.len()).any(single).then(|| Misfit {
            setting: vec![],
            message: "a matrix product of the cell has a single unit, and normalized that is 0".to_owned(),
            help: "raise `hidden`, or leave `layer-norm` out".to_owned(),
        })
    }

    fn misfit_after(&self, earlier: &[ModifierSpec]) -> Option<Misfit> {
        earlier.iter().any(|modifier| modifier.kind() == "layer-norm").then(|| Misfit {
            setting: vec![],
            message: "`layer-norm` comes twice: what is normalized stays what it is".to_owned(),
            help: "keep one".to_owned(),
        })
    }
}
