use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, Misfit, complex::real_mod_relu, rotations};
use crate::component::init::{Constant, InitializerSpec};

/// Gated orthogonal recurrent unit: a GRU whose candidate sees the state through an orthogonal matrix.
///
/// # Definition
///
/// With reset gate r = σ(W_xr·x_t + W_hr·h_{t−1} + b_r) and update gate u = σ(W_xu·x_t + W_hu·h_{t−1} + b_u):
///
/// n = modReLU(W_xn·x_t + r ⊙ (Q·h_{t−1}), b_n), h_t = u ⊙ h_{t−1} + (1 − u) ⊙ n,
///
/// with modReLU(z, b) = relu(|z| + b)·sign(z). Q is orthogonal, a product of `capacity` layers of rotations with the trained angles
/// `theta_1`, …, as in the cell `eurnn` with real numbers. State `h` \[hidden\], zero at first; the output is h_t. Unless
/// `init.parameters` names them, angles start uniform on \[−π, π), b_r at 2, b_n at 0.01.
///
/// # Why it is here
///
/// Unitary networks remember everything and cannot forget; this one can.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: goru, capacity: 2}}
/// ```
///
/// # References
///
/// Jing, Gulcehre, Peurifoy, Shen, Tegmark, Soljačić, Bengio 2017, Gated orthogonal recurrent units: on learning to forget
/// (arXiv:1706.02761v3), section 3; capacity and initial biases as in the authors' code (jingli9111/GORU-tensorflow, commit 0ea3c04),
/// which takes the FFT style of rotations by default, adds 0.001 to |z| under relu, and starts all matrices but Q uniform on ±0.01.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Goru {
    /// The number of layers of rotations.
    #[schemars(range(min = 1, max = 1024))]
    pub capacity: usize,
}

impl Default for Goru {
    fn default() -> Self {
        Self { capacity: 2 }
    }
}

impl Cell for Goru {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let r = (x.linear("w_xr") + h.linear("w_hr") + graph.vector("b_r")).sigmoid();
        let u = (x.linear("w_xu") + h.linear("w_hu") + graph.vector("b_u")).sigmoid();
        let z = x.linear("w_xn") + r * rotations::orthogonal(graph, self.capacity, h);
        let n = real_mod_relu(z, graph.vector("b_n"));
        graph.start("b_r", InitializerSpec::Constant(Constant { value: 2.0 }));
        graph.start("b_n", InitializerSpec::Constant(Constant { value: 0.01 }));
        graph.output(graph.next("h", u * h + (1.0 - u) * n));
    }

    fn misfit(&self, _: usize, hidden: usize) -> Option<Misfit> {
        rotations::misfit(self.capacity, hidden)
    }
}
