//! All that a training needs, resolved.

use super::{Splits, TargetSpec};
use crate::{
    component::{
        algorithm::AlgorithmSpec,
        clip::ClipSpec,
        constraint::ConstraintSpec,
        optim::{LearningRateFactorsSpec, OptimizerSpec},
        parameter::Parameter,
        parametrization::Parametrized,
        probe::ProbeSpec,
        regularizer::RegularizerSpec,
        schedule::ScheduleSpec,
    },
    compute::kernel::Isa,
};

/// Everything a training needs, resolved.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The streams of its data.
    pub splits: Splits,
    /// The instruction set of clipping and the optimizer; it has no influence on any bit.
    pub isa: Isa,
    /// The place of each trained tensor in the flat buffer: raw parameters, where some are parametrized.
    pub layout: Vec<Parameter>,
    /// Initial values of the flat buffer.
    pub parameters: Vec<f32>,
    /// The weights that the flat buffer stands for.
    pub parametrized: Parametrized,
    pub algorithm: AlgorithmSpec,
    pub regularizers: Vec<RegularizerSpec>,
    pub clip: Vec<ClipSpec>,
    pub optimizer: OptimizerSpec,
    pub schedule: Vec<ScheduleSpec>,
    pub learning_rate_factors: LearningRateFactorsSpec,
    pub constraints: Vec<ConstraintSpec>,
    pub probes: Vec<ProbeSpec>,
    /// Sequences per update.
    pub batch: usize,
    /// The most updates.
    pub budget: u64,
    /// Updates between evaluations.
    pub evaluate_every: u64,
    /// Sequences of the validation set.
    pub validation: usize,
    /// Sequences of the test set.
    pub test: usize,
    /// The largest error of a number that counts as right.
    pub tolerance: f64,
    /// The score at which the training is over before the budget is spent.
    pub target: Option<TargetSpec>,
}
