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
    /// Gradient descent, or random guessing.
    pub algorithm: AlgorithmSpec,
    /// Terms whose gradients are added to that of the loss.
    pub regularizers: Vec<RegularizerSpec>,
    /// Clips of the gradient, applied in order.
    pub clip: Vec<ClipSpec>,
    /// The rule from gradient to step.
    pub optimizer: OptimizerSpec,
    /// Factors of the learning rate, multiplied.
    pub schedule: Vec<ScheduleSpec>,
    /// Factors of the learning rate of single parameters.
    pub learning_rate_factors: LearningRateFactorsSpec,
    /// Changes of the parameters after each step, made in order.
    pub constraints: Vec<ConstraintSpec>,
    /// Measurements of the network during the training.
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
