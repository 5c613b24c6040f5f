//! Modifiers: changes of a recurrent layer's step that make sense for any cell.

mod dilation;
mod recurrent_dropout;
mod zoneout;

pub use self::{
    dilation::Dilation,
    recurrent_dropout::RecurrentDropout,
    zoneout::{Rate, Zoneout},
};
use crate::{graph::Graph, registry};

/// A change of any cell's step.
pub trait Modifier: std::fmt::Debug {
    /// The changed step of layer `layer`, counted from 0 at the input. It keeps the cell's states and parameters, and may add
    /// some. [`Graph::rewrite`] is what most are made of.
    fn modify(&self, cell: &Graph, layer: usize) -> Graph;

    /// Why it cannot be had for this cell in sequences of `steps` steps.
    fn misfit(&self, cell: &Graph, layer: usize, steps: usize) -> Option<Misfit> {
        let _ = (cell, layer, steps);
        None
    }
}

/// A setting that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The keys that lead to the setting.
    pub setting: Vec<String>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

registry! {
    /// A change of any cell's step.
    pub enum ModifierSpec: Modifier {
        "zoneout" => Zoneout(Zoneout),
        "recurrent-dropout" => RecurrentDropout(RecurrentDropout),
        "dilation" => Dilation(Dilation),
    }
}
