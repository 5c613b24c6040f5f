//! The outcome of the searches of a suite.

use crate::{
    results::table::Setting,
    stats::{Count, Ending, Estimate, Misfit, Reach},
};

/// The outcome of the searches of a suite, so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The path of the setting along which they search, such as `task.length`.
    pub path: String,
    /// Its name, such as `length`.
    pub name: String,
    /// The smallest value that they try.
    pub from: u64,
    /// The largest one.
    pub to: u64,
    /// The most trials of an arm.
    pub trials: u32,
    /// The budget, the target and the like, for which alone a reach holds, in a sentence.
    pub definition: String,
    /// Whether the probe `gradient-by-lag` measures their trials.
    pub has_gradients: bool,
    /// The arms in the order of the plan.
    pub arms: Vec<FoundArm>,
}

/// The outcome of the search of one arm.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundArm {
    /// The arm's label, without the setting that is searched along.
    pub label: String,
    /// The settings that it is made of.
    pub settings: Vec<Setting>,
    /// The labels of the arms of the plan that it is at single values.
    pub at_values: Vec<String>,
    /// The outcomes at each value that was tried, ascending.
    pub counts: Vec<Count>,
    /// The trials that were asked for and ended without a result.
    pub failed: usize,
    /// Its reach and the other parameters, once there is a trial.
    pub estimate: Option<Estimated>,
    /// Why the search is over; none while it goes on.
    pub ending: Option<Ending>,
    /// The lag up to which the gradient that the probe `gradient-by-lag` measured before training is no less than 1 % of that at lag 1, and
    /// whether that is the longest lag that was measured; none without the probe.
    pub gradient_reach: Option<(u32, bool)>,
}

/// The parameters of an arm's psychometric function, with their intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimated {
    /// The reach of the seeds that learn at all.
    pub reach: Reach,
    /// The reach of all seeds.
    pub of_all: Reach,
    /// The spread, in ln of the value.
    pub spread: Estimate,
    /// The share of seeds that fail at any value.
    pub lapse: Estimate,
    /// A reason not to believe it.
    pub misfit: Option<Misfit>,
    /// The fitted chance of success over the range, as (value, estimate).
    pub curve: Vec<(f64, Estimate)>,
}

impl Found {
    /// The smallest and the largest value that they try.
    pub fn range(&self) -> (u64, u64) {
        (self.from, self.to)
    }

    /// The arm that has the arm of the plan of this label at one of its values.
    pub fn of(&self, label: &str) -> Option<&FoundArm> {
        self.arms.iter().find(|arm| arm.at_values.iter().any(|at| at == label))
    }

    /// The arms whose search is over.
    pub fn ended(&self) -> usize {
        self.arms.iter().filter(|arm| arm.ending.is_some()).count()
    }
}

impl FoundArm {
    /// The trials that count.
    pub fn trials(&self) -> u32 {
        self.counts.iter().map(|count| count.tried).sum()
    }

    /// The trials that reached the target.
    pub fn solved(&self) -> u32 {
        self.counts.iter().map(|count| count.solved).sum()
    }
}
