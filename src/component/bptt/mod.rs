//! Rules for what passes back from step to step: changes of backpropagation through time itself, as opposed to clips, which
//! change the gradient that it found.

mod clip_state_gradient;
mod truncate;

pub use self::{clip_state_gradient::ClipStateGradient, truncate::Truncate};
use crate::{graph::Expr, registry};

/// A rule for the cotangents of carried states, ∂L/∂s, on their way from the step that read a state to the step that made it.
/// The share that the step which made it adds, by its own output, is not changed. A state that is read at several delays has a path for
/// each, and each obeys the rule on its own.
pub trait BpttRule: std::fmt::Debug {
    /// The part of `cotangent`, one step's ∂L/∂s \[width\], that passes. In each sequence `share` \[width\] holds the share that its own
    /// loss has in L, the mean over the batch: `cotangent` is that share of the gradient of the sequence's own loss.
    fn pass<'g>(&self, cotangent: Expr<'g>, share: Expr<'g>) -> Expr<'g> {
        let _ = share;
        cotangent
    }

    /// Whether nothing passes from step `t` and later ones to the steps before it.
    fn cuts(&self, t: usize) -> bool {
        let _ = t;
        false
    }
}

registry! {
    /// A rule for the gradient that passes back from step to step.
    #[schemars(rename = "BpttRule")]
    pub enum BpttSpec: BpttRule {
        "clip-state-gradient" => ClipStateGradient(ClipStateGradient),
        "truncate" => Truncate(Truncate),
    }
}

/// The part of `cotangent` that passes all of `rules`, in order.
pub fn pass<'g>(rules: &[BpttSpec], cotangent: Expr<'g>, share: Expr<'g>) -> Expr<'g> {
    rules.iter().fold(cotangent, |cotangent, rule| rule.pass(cotangent, share))
}

/// Whether one of `rules` cuts between step `t` and the one before it.
pub fn cut(rules: &[BpttSpec], t: usize) -> bool {
    rules.iter().any(|rule| rule.cuts(t))
}
