use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Constraint, Rule};

/// Makes a rotation the new base that its parametrization starts from.
///
/// # Definition
///
/// For matrices with the parametrization `orthogonal-exponential`, W = B·exp(A − Aᵀ): before the first update and after every K-th,
/// K = `every`, B ← W and A ← 0, so that W stays as it is (dtriv). B is brought to the nearest rotation by a step of Newton and
/// Schulz each time. B is no trained number: clipping, optimizer and regularizers see A only. The optimizer's state stays as it is,
/// though it is of the gradients by the old A, as in the authors' code. Hash chains contain B. For the named `parameters` in every
/// layer that has them, or every recurrent matrix if none is named.
///
/// # Why it is here
///
/// Far from zero the exponential distorts distances, and steps of one length in A are steps of many lengths in W; near zero it does
/// not. K = 1 is descent along geodesics; K larger than the training has `updates` is W = B·exp(A − Aᵀ) with the initial W for B.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: {kind: henaff, form: skew}}
/// parametrize: {recurrent: orthogonal-exponential}
/// constraints: [{kind: rebase, every: 100}]
/// ```
///
/// # References
///
/// Lezcano-Casado 2019 (arXiv:1909.09501), algorithm 1; K = 100 from the authors' code (Lezcano/expRNN), which takes a new base before
/// the first update, too, and projects the base by a singular value decomposition, on every 100th change (every 30th in its copying
/// script) in place of every one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Rebase {
    /// Names such as `w_hh` in every layer, or `layer0.w_hh` in one; every recurrent matrix if empty.
    pub parameters: Vec<String>,
    /// K, in updates.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub every: u64,
}

impl Default for Rebase {
    fn default() -> Self {
        Self { parameters: vec![], every: 100 }
    }
}

impl Constraint for Rebase {
    fn parameters(&self) -> &[String] {
        &self.parameters
    }

    fn rule(&self) -> Rule<'_> {
        Rule::Rebase { every: self.every }
    }
}
