use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};
use crate::component::init::{Constant, InitializerSpec};

/// Recurrent highway network: several highway layers between one step and the next.
///
/// # Definition
///
/// s_0 = h_{t−1}; for ℓ = 1 … `depth`, the input only in the first,
///
/// n = tanh(\[ℓ = 1\]·W_xn·x_t + W_hnℓ·s_{ℓ−1} + b_nℓ), t and c likewise with σ, s_ℓ = t ⊙ n + c ⊙ s_{ℓ−1};
///
/// h_t = s_depth. With `coupled: true`, c = 1 − t. Parameters `w_xn`, `w_xt`, `w_xc` \[hidden, inputs\], `w_hn1`, `b_n1`,
/// `w_hn2` … \[hidden, hidden\] and \[hidden\]; transform gates `b_t1`, `b_t2` … start at −2. State `h` \[hidden\], zero at
/// first; the output is h_t.
///
/// # Why it is here
///
/// A deep transition has `depth` matrices for a gradient to vanish or explode in at every step; highway layers are an additive
/// path through all of them.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: rhn, depth: 5}}
/// ```
///
/// # References
///
/// Zilly, Srivastava, Koutník, Schmidhuber 2017, Recurrent highway networks (arXiv:1607.03474v5), eq. 6–9; coupled gates
/// as in its experiments, the initial −2 and the default depth as in the authors' code (whose best word model has depth 10).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Rhn {
    /// Highway layers in one step.
    #[schemars(range(min = 1, max = 100))]
    pub depth: usize,
    /// Whether the carry gate is what the transform gate leaves.
    pub coupled: bool,
}

impl Default for Rhn {
    fn default() -> Self {
        Self { depth: 3, coupled: true }
    }
}

impl Cell for Rhn {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let last = (1..=self.depth).fold(h, |s, layer| {
            let z = |name: &str| {
                let inside = s.linear(&format!("w_h{name}{layer}")) + graph.vector(&format!("b_{name}{layer}"));
                if layer == 1 { inside + x.linear(&format!("w_x{name}")) } else { inside }
            };
            let n = z("n").tanh();
            let transform = z("t").sigmoid();
            graph.start(&format!("b_t{layer}"), InitializerSpec::Constant(Constant { value: -2.0 }));
            let carry = if self.coupled { 1.0 - transform } else { z("c").sigmoid() };
            transform * n + carry * s
        });
        graph.output(graph.next("h", last));
    }
}
