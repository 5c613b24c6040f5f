use std::f64::consts::PI;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Cell, CellBuilder, Misfit,
    complex::{Complex, real_mod_relu},
    rotations,
};
use crate::component::init::{InitializerSpec, Interval};

/// Tunable efficient unitary network: the recurrent matrix is a product of layers of rotations of pairs of units.
///
/// # Definition
///
/// h_t = modReLU(W·h_{t−1} + V·x_t), W = D·F_L ⋯ F_1, L = `capacity`. Layer F_k rotates pairs of neighbours, (0, 1), (2, 3), … for odd
/// k, (1, 2), (3, 4), … for even k; a unit without partner stays as it is:
///
/// - `numbers: complex`: (a, b) ↦ (cos θ·a − e^{iφ}·sin θ·b, sin θ·a + e^{iφ}·cos θ·b), D = diag(e^{i·ω}); n = `hidden` complex units,
///   whose real and imaginary parts are the two halves of the state `h` \[2n\]; modReLU(z) = relu(|z| + b_h)·z/|z| with
///   |z| = √(re² + im² + 1e-10);
/// - `numbers: real`: φ = 0 and D = I, so that W is orthogonal; `h` \[n\].
///
/// Parameters: `theta_k` and `phi_k` with a number for each pair, `omega` \[n\], `w_xh` = V \[2n or n, inputs\], `b_h` \[n\]; h_0 = 0; the
/// output is h_t. Unless `init.parameters` names them, angles start uniform on \[−π, π).
///
/// # Why it is here
///
/// How much of the unitary group is needed? L = n layers reach all of it, fewer cost less: O(n·L) for a step.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: eurnn, capacity: 2}, hidden: 128}
/// ```
///
/// # References
///
/// Jing et al. 2017, Tunable efficient unitary neural networks (EUNN) and their application to RNNs (arXiv:1612.05231v3), §4.2: the
/// tunable style; the FFT style, which pairs distant units, is left out. Default capacity as in the authors' code
/// (jingli9111/EUNN-tensorflow, commit 33d749d), which adds 0.01 to |z| wherever it stands, also under relu; earlier versions
/// add 1e-5. V starts uniform on ±0.01 there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Eurnn {
    /// L, the number of layers of rotations.
    #[schemars(range(min = 1, max = 1024))]
    pub capacity: usize,
    /// Whether units are complex or real.
    pub numbers: Numbers,
}

/// The numbers that units hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Numbers {
    /// A complex number.
    #[default]
    Complex,
    /// A real number.
    Real,
}

impl Default for Eurnn {
    fn default() -> Self {
        Self { capacity: 2, numbers: Numbers::default() }
    }
}

impl Cell for Eurnn {
    fn step(&self, graph: &CellBuilder) {
        let (n, x) = (graph.hidden(), graph.input());
        let next = match self.numbers {
            Numbers::Complex => {
                let h = graph.state_of("h", 2 * n);
                let omega = graph.vector("omega");
                graph.start("omega", InitializerSpec::Interval(Interval { low: -PI, high: PI }));
                let turned = rotations::unitary(graph, self.capacity, Complex::halves(h)).times(Complex::phase(omega));
                let z = turned.plus(Complex::halves(x.linear_to("w_xh", 2 * n)));
                z.mod_relu(graph.vector("b_h")).joined()
            }
            Numbers::Real => {
                let z = rotations::orthogonal(graph, self.capacity, graph.state("h")) + x.linear("w_xh");
                real_mod_relu(z, graph.vector("b_h"))
            }
        };
        graph.output(graph.next("h", next));
    }

    fn misfit(&self, _: usize, hidden: usize) -> Option<Misfit> {
        rotations::misfit(self.capacity, hidden)
    }
}
