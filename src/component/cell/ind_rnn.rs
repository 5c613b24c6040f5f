use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};
use crate::component::{
    activation::{ActivationSpec, Relu},
    init::{InitializerSpec, Interval},
};

/// Independently recurrent network: each unit sees its own past alone.
///
/// # Definition
///
/// h_t = f(W_xh·x_t + u ⊙ h_{t−1} + b_h), f = ReLU; parameters `w_xh` \[hidden, inputs\], `u_h` = u \[hidden\], `b_h` \[hidden\]; h_0 = 0;
/// the output is h_t. Unless `init.parameters` names it, u starts uniform on \[0, 1). The paper keeps |u| ≤ γ^(1/T) in sequences of
/// T steps; that is the constraint `max-magnitude`, which is for u if it names no parameters.
///
/// # Why it is here
///
/// The gain of n steps is uⁿ times slopes, unit by unit: what vanishes and explodes is a number one can look at and bound. Units
/// meet in the next layer only, so that it wants two at least: one layer cannot multiply a value by its mark, and does not learn to
/// add.
///
/// # Example
///
/// ```yaml
/// model: {cell: ind-rnn, hidden: 128, layers: 2}
/// constraints: [{kind: max-magnitude, bound: 1.0}]
/// ```
///
/// # References
///
/// Li, Li, Cook, Zhu, Gao 2018, Independently recurrent neural network (arXiv:1803.04831v3), eq. 2. Their code's notes advise u = 1
/// in a last layer of which only the last output is read: `init: {parameters: {layer1.u_h: {kind: constant, value: 1.0}}}`.
/// With 32 units in two layers (Adam at 1e-3, 5 seeds, 3000 updates) all learn to add at length 100 with either start, at 200 all with u = 1 and
/// 3 with u uniform, at 400 3 with u = 1 and none with u uniform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct IndRnn {
    /// f, the activation.
    pub activation: ActivationSpec,
}

impl Default for IndRnn {
    fn default() -> Self {
        Self { activation: ActivationSpec::Relu(Relu {}) }
    }
}

impl Cell for IndRnn {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let z = x.linear("w_xh") + graph.diagonal("u_h") * h + graph.vector("b_h");
        graph.start("u_h", InitializerSpec::Interval(Interval { low: 0.0, high: 1.0 }));
        graph.output(graph.next("h", self.activation.apply(z)));
    }

    fn activations(&self) -> Vec<&ActivationSpec> {
        vec![&self.activation]
    }
}
