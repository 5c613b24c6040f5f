use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::BpttRule;
use crate::graph::{Expr, Relation, select};

/// Clamps every entry of the gradient by a state as it passes from one step to the step before.
///
/// # Definition
///
/// With δ the part of ∂L_b/∂s_{t−1} that comes back through step t, L_b the loss of sequence b averaged over its own outputs:
///
/// δ_k ← min(max(δ_k, −max), max) for each unit k of each state s; NaN stays NaN.
///
/// The share that step t − 1 adds by its own output is not clamped. A state that is read at several delays is clamped path by path.
/// Batches are averaged afterwards, so that neither the batch size nor the other sequences have an influence; a bound on the
/// gradient of the batch's mean loss, as in most published code, is this one's `max` divided by the batch size.
///
/// # Why it is here
///
/// Clips on the whole gradient act when it has exploded already, and shrink the contribution of near steps with that of far
/// ones. This bounds each sequence's gradient at each step, so that none can explode through time: what leaves a step is
/// at most `max` times its Jacobian.
///
/// # Example
///
/// ```yaml
/// bptt: [{kind: clip-state-gradient, max: 1.0}]
/// ```
///
/// # References
///
/// Li, Li, Cook, Zhu, Gao 2018 (arXiv:1803.04831v3) train IndRNN so: `grad_clipping` in their Lasagne code, which clamps the
/// gradient by the pre-activation, within the step, where this clamps between steps. Graves 2013 (arXiv:1308.0850v5), §2.1,
/// clamps at the pre-activations, too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct ClipStateGradient {
    /// The largest magnitude of an entry.
    #[schemars(range(max = 1e30), extend("exclusiveMinimum" = 0.0))]
    pub max: f64,
}

impl Default for ClipStateGradient {
    fn default() -> Self {
        Self { max: 1.0 }
    }
}

impl BpttRule for ClipStateGradient {
    fn pass<'g>(&self, cotangent: Expr<'g>, share: Expr<'g>) -> Expr<'g> {
        // Compare and select, so that NaN passes. A difference of floating-point numbers is zero only if they are equal.
        let bound = share * self.max;
        let below = select(cotangent + bound, Relation::Less, 0.0, -bound, cotangent);
        select(cotangent - bound, Relation::Greater, 0.0, bound, below)
    }
}
