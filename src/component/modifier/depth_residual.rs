use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Misfit, Modifier, ModifierSpec};
use crate::graph::{Graph, Op};

/// Residuals across depth: a layer's input is added to its output.
///
/// # Definition
///
/// In every layer but the first, which has the task's input: the output y_t becomes y_t + x_t, where x_t is the output of the layer
/// below. States stay what they are: the sum is not carried on.
///
/// # Why it is here
///
/// It keeps the gradient through many layers at one step. Along time it shortens no path: of the two ways to vanish it repairs one.
///
/// # Example
///
/// ```yaml
/// model: {cell: ind-rnn, layers: 6, modifiers: [depth-residual]}
/// ```
///
/// # References
///
/// He, Zhang, Ren, Sun 2016, Deep residual learning (arXiv:1512.03385v1), in recurrent stacks as in Wu et al. 2016, Google's neural
/// machine translation system (arXiv:1609.08144v2), eq. 6.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct DepthResidual {}

/// Units of the step's input; none if it has no influence.
fn inputs(cell: &Graph) -> Option<usize> {
    cell.nodes.iter().find(|node| node.op == Op::Input).map(|node| node.width)
}

impl Modifier for DepthResidual {
    fn modify(&self, cell: &Graph, layer: usize) -> Graph {
        if layer == 0 {
            return cell.clone();
        }
        cell.rewrite_output(
            |so_far, node| so_far.same(node),
            |_, _, next| next,
            |so_far, output| output + so_far.builder.input(),
        )
    }

    fn misfit(&self, cell: &Graph, layer: usize, _: usize) -> Option<Misfit> {
        let (inputs, outputs) = (inputs(cell)?, cell.nodes[cell.output.0].width);
        (layer > 0 && inputs != outputs).then(|| Misfit {
            setting: vec![],
            message: format!("layer {layer} has {inputs} inputs and {outputs} outputs, which cannot be added"),
            help: "leave `depth-residual` out, or take a cell whose layers all have one width".to_owned(),
        })
    }

    fn misfit_after(&self, earlier: &[ModifierSpec]) -> Option<Misfit> {
        earlier.iter().any(|modifier| modifier.kind() == "depth-residual").then(|| Misfit {
            setting: vec![],
            message: "`depth-residual` comes twice: the input would be added twice".to_owned(),
            help: "keep one".to_owned(),
        })
    }
}
