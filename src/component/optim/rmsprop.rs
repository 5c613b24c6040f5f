use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Inputs, NextState, Optimizer, StepContext};
use crate::graph::{Expr, Unary};

/// RMSprop: steps divided by a running root mean square of the gradient.
///
/// # Definition
///
/// s ← decay·s + (1 − decay)·g²; if `centered`, m ← decay·m + (1 − decay)·g and s is replaced by s − m²;
/// v ← momentum·v + g / (√s + epsilon); θ ← θ − learning-rate·v.
///
/// # Why it is here
///
/// Makes the step's size nearly independent of the gradient's, which helps on plateaus; it cannot tell the near from the
/// far part of a summed gradient.
///
/// # Example
///
/// ```yaml
/// optimizer: {kind: rmsprop, learning-rate: 1e-3, decay: 0.9}
/// ```
///
/// # References
///
/// Tieleman, Hinton 2012, lecture 6.5; Graves 2013 (arXiv:1308.0850v5), eq. 38–45, for the centered form; epsilon outside
/// the root as in PyTorch (`torch.optim.RMSprop`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Rmsprop {
    /// η.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub learning_rate: f64,
    /// The part of the running averages that is kept.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub decay: f64,
    /// Added to the root.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub epsilon: f64,
    /// The part of the last step that is kept.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub momentum: f64,
    /// Divide by the standard deviation in place of the root mean square.
    pub centered: bool,
}

impl Default for Rmsprop {
    fn default() -> Self {
        Self { learning_rate: 1e-3, decay: 0.9, epsilon: 1e-8, momentum: 0.0, centered: false }
    }
}

impl Optimizer for Rmsprop {
    fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    fn slots(&self) -> Vec<f32> {
        vec![0.0; 1 + usize::from(self.centered) + usize::from(self.momentum > 0.0)]
    }

    fn step<'g>(
        &self,
        at: &Inputs<'g, StepContext>,
        parameters: Expr<'g>,
        gradient: Expr<'g>,
        slots: &[Expr<'g>],
    ) -> NextState<'g> {
        let mut slots = slots.iter().copied();
        let mut slot = || slots.next().expect("as many as `slots` says");
        let (kept, new) = (self.decay, 1.0 - self.decay);
        let square = slot();
        let mut next = vec![];
        if self.centered {
            let mean = slot();
            // s − m² by its own recurrence: as a difference of two rounded numbers it could come out negative.
            let deviation = gradient - mean;
            next.push(kept * (square + new * (deviation * deviation)));
            next.push(mean + new * deviation);
        } else {
            next.push(kept * square + new * (gradient * gradient));
        }
        let mut step = gradient / (next[0].unary(Unary::Sqrt) + self.epsilon);
        if self.momentum > 0.0 {
            step = self.momentum * slot() + step;
            next.push(step);
        }
        NextState { parameters: parameters - at.rate() * step, slots: next }
    }
}
