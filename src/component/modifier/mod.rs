//! Modifiers: changes of a recurrent layer's step that make sense for any cell.

mod clockwork;
mod depth_residual;
mod dilation;
mod initial_state;
mod layer_norm;
mod recurrent_dropout;
mod skip;
mod zoneout;

pub(crate) use self::clockwork::groups;
pub use self::{
    clockwork::Clockwork,
    depth_residual::DepthResidual,
    dilation::Dilation,
    initial_state::{InitialState, Start},
    layer_norm::{LayerNorm, Normalized},
    recurrent_dropout::{Per, RecurrentDropout},
    skip::Skip,
    zoneout::{Rate, Zoneout},
};
use crate::{
    component::{cell::Laws, misfit::Misfit},
    graph::Graph,
    registry,
};

/// A change of any cell's step.
pub trait Modifier: std::fmt::Debug {
    /// The changed step of layer `layer`, counted from 0 at the input. It keeps the cell's states and parameters, and may add
    /// some. [`Graph::rewrite`] is what most are made of.
    fn modify(&self, cell: &Graph, layer: usize) -> Graph;

    /// The laws by which parameters that it adds to `cell` start, unless the suite names others for them.
    fn laws(&self, cell: &Graph, layer: usize) -> Laws {
        let _ = (cell, layer);
        Laws::new()
    }

    /// Why the modifier cannot change this cell in sequences of `steps` steps.
    fn misfit(&self, cell: &Graph, layer: usize, steps: usize) -> Option<Misfit> {
        let _ = (cell, layer, steps);
        None
    }

    /// Why the modifier makes no sense behind these.
    fn misfit_after(&self, earlier: &[ModifierSpec]) -> Option<Misfit> {
        let _ = earlier;
        None
    }
}

/// Why a modifier `kind`, which reads states, cannot come behind one that says what they are before the first step.
fn reads_after_initial_state(kind: &str, earlier: &[ModifierSpec]) -> Option<Misfit> {
    earlier.iter().any(|modifier| modifier.kind() == "initial-state").then(|| Misfit {
        setting: vec![],
        message: format!("`{kind}` reads states and comes behind `initial-state`, which it would not obey"),
        help: "put `initial-state` last".to_owned(),
    })
}

registry! {
    /// A change of any cell's step.
    pub enum ModifierSpec: Modifier {
        "zoneout" => Zoneout(Zoneout),
        "recurrent-dropout" => RecurrentDropout(RecurrentDropout),
        "dilation" => Dilation(Dilation),
        "layer-norm" => LayerNorm(LayerNorm),
        "skip" => Skip(Skip),
        "clockwork" => Clockwork(Clockwork),
        "depth-residual" => DepthResidual(DepthResidual),
        "initial-state" => InitialState(InitialState),
    }
}
