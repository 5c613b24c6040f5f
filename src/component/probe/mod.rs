//! Probes measure how gradients flow while a network is trained.

mod gradient_by_lag;
mod state_gradients;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use self::{
    gradient_by_lag::{ALL_STATES, GradientByLag, QUANTILES},
    state_gradients::{StateGradient, StateGradients},
};
use crate::{
    component::{misfit::Misfit, task::Batch},
    registry,
};

/// One measured figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The recurrent layer, from 0 at the input.
    pub layer: Option<usize>,
    /// A state component, or `full` for all of them together.
    pub state: Option<String>,
    /// Steps back from the last step whose output is read.
    pub lag: Option<usize>,
    /// The position among several values.
    pub index: Option<usize>,
    /// `median`, `q10` or `q90` over the sequences.
    pub statistic: Cow<'static, str>,
    /// The number, in the unit that the probe states; infinities and NaN as they are.
    pub value: f64,
}

/// Something to measure at certain updates of a training.
pub trait Probe: std::fmt::Debug {
    /// Whether to measure after `update` updates. Every probe also measures before the first, and after the last if it is
    /// [`at_end`](Self::at_end).
    fn due(&self, update: u64) -> bool;

    /// Whether to measure after the last update.
    fn at_end(&self) -> bool;

    /// The number of updates after which it measures, of a training of `updates` updates.
    fn times(&self, updates: u64) -> u64;

    /// The length of the sequences to measure on, in the measure of the task's setting `length`; without it the task's own.
    fn length(&self) -> Option<usize>;

    /// Why its settings make no sense together.
    fn misfit(&self) -> Option<Misfit>;

    /// The most figures that it measures at a time, of layers with so many states each over sequences of `steps` steps.
    fn figures(&self, states: &[usize], steps: usize) -> usize;

    /// The number of sequences it measures on.
    fn sequences(&self) -> usize;

    /// Measures on `batch`, which has [`sequences`](Self::sequences) sequences of the probe's own stream.
    fn measure(&self, engine: &mut dyn StateGradients, parameters: &[f32], batch: &Batch) -> Vec<Measurement>;
}

registry! {
    /// Something to measure while training.
    pub enum ProbeSpec: Probe {
        "gradient-by-lag" => GradientByLag(GradientByLag),
    }
}
