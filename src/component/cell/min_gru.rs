use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder};
use crate::graph::{Expr, Relation, select};

/// Minimal GRU: gate and candidate see the input alone.
///
/// # Definition
///
/// z = σ(W_xz·x_t + b_z), n = g(W_xn·x_t + b_n), h_t = (1 − z) ⊙ h_{t−1} + z ⊙ n.
///
/// - `candidate: linear`: g(v) = v;
/// - `candidate: positive`: g(v) = v + 1/2 for v ≥ 0, else σ(v), which the paper uses to train in log space.
///
/// State `h` \[hidden\], zero at first; the output is h_t.
///
/// # Why it is here
///
/// Linear in the state, so that all steps could be computed at once: ∂h_t/∂h_{t−1} = diag(1 − z), no matrix is ever multiplied up.
/// For want of a matrix on the state several layers must do together what one cannot.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: min-gru, candidate: positive}, layers: 2}
/// ```
///
/// # References
///
/// Feng, Tung, Ahmed, Bengio, Hajimirsadeghi 2024, Were RNNs all we needed? (arXiv:2410.01201v1), section 3.1; appendix B for g.
/// Their code in log space starts at h_0 = g(0) = 1/2.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct MinGru {
    /// g, the function of the candidate.
    pub candidate: Candidate,
}

/// The function around what a minimal cell writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Candidate {
    /// The identity: g(v) = v.
    #[default]
    Linear,
    /// A function with positive values: v + 1/2 for v ≥ 0, else σ(v).
    Positive,
}

impl Candidate {
    /// g(v).
    pub(super) fn apply(self, v: Expr<'_>) -> Expr<'_> {
        match self {
            Self::Linear => v,
            Self::Positive => select(v, Relation::GreaterOrEqual, 0.0, v + 0.5, v.sigmoid()),
        }
    }
}

impl Cell for MinGru {
    fn step(&self, graph: &CellBuilder) {
        let (x, h) = (graph.input(), graph.state("h"));
        let z = (x.linear("w_xz") + graph.vector("b_z")).sigmoid();
        let n = self.candidate.apply(x.linear("w_xn") + graph.vector("b_n"));
        graph.output(graph.next("h", (1.0 - z) * h + z * n));
    }
}
