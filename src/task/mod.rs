//! Synthetic tasks with a known time lag: what is to be learnt, and what a network without memory scores.

mod adding;
mod adding_pascanu;
mod batch;
mod chance;
mod copy;
mod random_data;
mod sequence;
mod temporal_order;

pub use self::{
    adding::Adding,
    adding_pascanu::AddingPascanu,
    batch::Batch,
    chance::Chance,
    copy::Copy,
    random_data::RandomData,
    sequence::{Goal, Sequence, Targets},
    temporal_order::{TemporalOrder2, TemporalOrder3},
};
use crate::{registry, seed::Draws};

/// What a network for the task looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimensions {
    /// Units of the input at each step.
    pub inputs: usize,
    /// What the outputs mean, and how many there are.
    pub goal: Goal,
    /// The longest sequence, in steps.
    pub steps: usize,
}

/// A source of sequences to learn from.
pub trait Task: std::fmt::Debug {
    fn dimensions(&self) -> Dimensions;

    /// Writes one sequence into `sequence`, which comes with all inputs zero and nothing to predict.
    fn generate(&self, draws: &mut Draws, sequence: &mut Sequence);

    /// What the best predictor that ignores the input scores.
    fn chance(&self) -> Chance;

    /// The largest error of an output that counts as right, for tasks with numbers as targets.
    fn tolerance(&self) -> f64 {
        0.0
    }

    /// Number of distinct training sequences, for a task with a finite data set.
    fn finite(&self) -> Option<usize> {
        None
    }
}

registry! {
    /// What is to be learnt.
    pub enum TaskSpec: Task {
        "adding" => Adding(Adding),
        "adding-pascanu" => AddingPascanu(AddingPascanu),
        "copy" => Copy(Copy),
        "temporal-order-2" => TemporalOrder2(TemporalOrder2),
        "temporal-order-3" => TemporalOrder3(TemporalOrder3),
        "random-data" => RandomData(RandomData),
    }
}
