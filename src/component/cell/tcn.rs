use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};
use crate::{
    component::{
        activation::{ActivationSpec, Relu},
        init::{InitializerSpec, Normal, Uniform},
    },
    graph::Expr,
};

/// Temporal convolution, causal: a residual block of two convolutions over time. The control that has no recurrence.
///
/// # Definition
///
/// With k = `kernel-size`, inputs and inner values before the first step being 0:
///
/// - z_t = dropout(f(Σ_j W1_j·x_{t−j} + b_1)), j = 0 … k − 1;
/// - c_t = dropout(f(Σ_j W2_j·z_{t−j} + b_2));
/// - y_t = f(c_t + x_t), or f(c_t + W_xr·x_t + b_r) where x_t has not `hidden` units.
///
/// Parameters: `w_1_0` … \[hidden, inputs\], `w_2_0` … \[hidden, hidden\] by j, `b_1`, `b_2` and, in the first layer, `w_xr`, `b_r`; the
/// output is y_t \[hidden\]. The past is held in the states `x` \[inputs\] and `z` \[hidden\]. Unless `init.parameters` names them, the
/// kernels start uniform on ±1/√(k·inputs) and ±1/√(k·hidden), `w_xr` normal with deviation 0.01.
///
/// Each layer sees 2·(k − 1) steps further back. With the modifier `dilation` it is the dilated TCN: layer l reads at distances that
/// are multiples of d = steps·growth^l, and L layers see 2·(k − 1)·(2^L − 1) + 1 steps for `{steps: 1, growth: 2}`.
///
/// # Why it is here
///
/// No gradient passes through more than 2·L matrices, whatever the lag: what it does not learn is not for vanishing. What lies
/// further back than its field, it cannot learn at all.
///
/// # Example
///
/// ```yaml
/// task: {kind: adding, length: 1000}
/// model:
///   cell: {kind: tcn, kernel-size: 7}
///   hidden: 30
///   layers: 8
///   modifiers: [{kind: dilation, steps: 1, growth: 2}]
/// ```
///
/// # References
///
/// Bai, Kolter, Koltun 2018, An empirical evaluation of generic convolutional and recurrent networks for sequence modeling
/// (arXiv:1803.01271v2), section 3, and the authors' code (locuslab/TCN, `TCN/tcn.py`), without its weight normalization; dropout is
/// of single units there too. The matrices start by the laws that its code amounts to: its normal start of the kernels is overwritten by
/// the weight normalization. Biases start by `init.bias`; there uniform on ±1/√(k·inputs), ±1/√(k·hidden) and, b_r, ±1/√inputs.
/// Default kernel as in `TemporalConvNet`; its adding script takes 7.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Tcn {
    /// f, the activation.
    pub activation: ActivationSpec,
    /// k, the number of inputs that a convolution reads.
    #[schemars(range(min = 1, max = 64))]
    pub kernel_size: usize,
    /// The fraction of units dropped behind each convolution in training.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub dropout: f64,
}

impl Default for Tcn {
    fn default() -> Self {
        Self { activation: ActivationSpec::Relu(Relu {}), kernel_size: 2, dropout: 0.0 }
    }
}

impl Cell for Tcn {
    fn step(&self, graph: &CellBuilder) {
        let x = graph.input();
        let z = self.convolution(graph, "x", x, "1");
        let c = self.convolution(graph, "z", z, "2");
        let through = if x.width() == graph.hidden() {
            x
        } else {
            let resized = x.linear("w_xr") + graph.vector("b_r");
            graph.start("w_xr", InitializerSpec::Normal(Normal { deviation: 0.01, gain: None }));
            resized
        };
        graph.output(self.activation.apply(c + through));
    }

    fn activations(&self) -> Vec<&ActivationSpec> {
        vec![&self.activation]
    }
}

impl Tcn {
    /// A convolution of `value`, whose past is the state `state`, with its nonlinearity.
    fn convolution<'g>(&self, graph: &'g CellBuilder, state: &str, value: Expr<'g>, number: &str) -> Expr<'g> {
        let bound = 1.0 / libm::sqrt((self.kernel_size * value.width()) as f64);
        let tap = |delay: usize| {
            let read = if delay == 0 { value } else { graph.delayed(state, value.width(), delay) };
            let name = format!("w_{number}_{delay}");
            let product = read.linear(&name);
            graph.start(&name, InitializerSpec::Uniform(Uniform { bound: Some(bound) }));
            product
        };
        let sum = (0..self.kernel_size).map(tap).reduce(|sum, product| sum + product);
        let sum = sum.expect("a kernel has an entry") + graph.vector(&format!("b_{number}"));
        if self.kernel_size > 1 {
            graph.next(state, value);
        }
        self.activation.apply(sum).dropout(self.dropout)
    }
}
