//! The results of one suite's current plan.

use std::collections::BTreeMap;

use crate::results::Circumstances;
use crate::results::claim::Claim;
use crate::stats::{
    CONFIDENCE, Estimate, NonFinite, Observation, clopper_pearson, median_interval, quantile_with_censoring, tail,
};
use crate::store::{MetricCells, MetricRow, ProbeRow, SharedTrial, Status};
use crate::train::{Measure, MetricName, Moment, Split, UnknownMetric};

use super::gradient_flow::gradient_flow;
use super::setting::{LabelPart, Setting};

/// The rule of the median of updates to the target, for odd and even numbers of replicates, as tables and figures say it.
pub const MEDIAN_UPDATES: &str = "the first evaluation by which half of the replicates had reached it";

/// The target of training: a metric below or above a bound.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The metric that is held against the bound, such as `validation/loss`.
    pub metric: MetricName,
    /// Reached once the metric is below this.
    pub below: Option<f64>,
    /// Reached once the metric is above this.
    pub above: Option<f64>,
}

/// A set of trials that are equal but for the replicate, as the plan has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Arm {
    /// Unique within the plan, such as `elman tanh · orthogonal · length 50`.
    pub label: String,
    /// The settings that its label is made of: those at each path that an entry sweeps, in one order for all arms, or the
    /// label of its own entry and what that does not speak for.
    pub settings: Vec<Setting>,
    /// The settings at each path that any entry sweeps, in the same order, by which tables are filtered and figures arranged.
    pub swept: Vec<Setting>,
    /// The label of its own entry, part by part; empty without one.
    pub own_label: Vec<LabelPart>,
    /// The score of the best constant predictor on the arm's task, for each measure that says something of it.
    pub chance: Vec<(Measure, f64)>,
    /// The most updates a trial of this arm may take.
    pub budget: u64,
    /// The target of its training, where the suite has one.
    pub target: Option<Target>,
    /// Its probes.
    pub probes: Vec<Probed>,
    /// The lengths of its task that it is tested on, where the suite asks for others than its own.
    pub lengths: Option<Lengths>,
}

/// A probe of an arm's trainings.
#[derive(Clone, Debug, PartialEq)]
pub struct Probed {
    /// Its kind, such as `gradient-by-lag`.
    pub kind: String,
    /// The names of the states of each recurrent layer, that at the input first.
    pub states: Vec<Vec<String>>,
}

/// The lengths of a task that trained networks are tested on.
#[derive(Clone, Debug, PartialEq)]
pub struct Lengths {
    /// The shortest and the longest that training and test sequences have.
    pub own: (u32, u32),
    /// The others, ascending, with the score of the best constant predictor at each.
    pub others: Vec<(u32, Vec<(Measure, f64)>)>,
}

/// The results of one suite's current plan, from which tables, figures and the report are made.
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// The suite's name.
    pub suite: String,
    /// The suite's `about`.
    pub about: String,
    /// The arms in the order of the plan.
    pub arms: Vec<ArmResults>,
    /// The number of trials of the plan, stored or not.
    pub planned: usize,
    /// The circumstances under which they came about.
    pub circumstances: Circumstances,
    /// The claims of the suite, with the arms that they are about.
    pub claims: Vec<Claim>,
}

/// An arm with its stored trials.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmResults {
    /// The arm as the plan has it.
    pub arm: Arm,
    /// The stored trials by replicate.
    pub trials: Vec<TrialResults>,
}

/// A stored trial with all that was measured of it.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialResults {
    /// The row of the table of trials.
    pub trial: SharedTrial,
    /// For each measure of each split the evaluations: update and value, by update.
    pub curves: BTreeMap<(Split, Measure), Vec<(u64, f64)>>,
    /// The measurements of each probe at its first and its last update, by update, probe, layer, state, lag, index, statistic.
    /// What lies between may be a thousand times as much; the table of probes has it.
    pub probes: Vec<ProbeRow>,
}

impl Results {
    /// All stored trials, by arm and replicate.
    pub fn trials(&self) -> impl Iterator<Item = &TrialResults> {
        self.arms.iter().flat_map(|arm| &arm.trials)
    }

    /// The number of stored trials.
    pub fn stored(&self) -> usize {
        self.arms.iter().map(|arm| arm.trials.len()).sum()
    }

    /// The number of stored trials that say nothing of their arm, because a fault or a limit of time or memory ended them.
    pub fn failed(&self) -> usize {
        self.trials().filter(|trial| !trial.is_result()).count()
    }

    /// The number of trials that diverged.
    pub fn diverged(&self) -> usize {
        self.trials().filter(|trial| trial.trial.status == Status::Diverged).count()
    }

    #[cfg(test)]
    pub(in crate::results) fn trials_mut(&mut self) -> impl Iterator<Item = &mut TrialResults> {
        self.arms.iter_mut().flat_map(|arm| &mut arm.trials)
    }
}

impl ArmResults {
    /// The trials that finished or diverged.
    pub fn results(&self) -> impl Iterator<Item = &TrialResults> {
        self.trials.iter().filter(|trial| trial.is_result())
    }

    /// The values of `metric`, one of each trial that has one.
    pub fn values(&self, metric: MetricName) -> Vec<f64> {
        self.trials.iter().filter_map(|trial| trial.value(metric)).collect()
    }

    /// The proportion of the trials that reached the target, with the exact interval of Clopper and Pearson; absent where none aims at one.
    pub fn solved(&self) -> Option<Estimate> {
        let solved = self.values(MetricName::Solved);
        clopper_pearson(solved.iter().filter(|solved| **solved == 1.0).count(), solved.len(), CONFIDENCE)
    }

    /// The updates until the target: the Kaplan–Meier median, which is [`MEDIAN_UPDATES`], with the interval between order
    /// statistics; infinite where it lies beyond the budget, absent where no trial aims at a target.
    pub fn updates_to_target(&self) -> Option<Estimate> {
        let needed = self.values(MetricName::UpdatesToTarget);
        let estimate = median_interval(&needed, CONFIDENCE, NonFinite::Highest)?;
        Some(Estimate { value: self.quantile_of_updates(&needed, 0.5), ..estimate })
    }

    /// The band around that median: the Kaplan–Meier quartiles of four replicates or more, the soonest and the latest of two or
    /// three, absent of one; an end is infinite where it lies beyond the budget.
    pub fn updates_to_target_band(&self) -> Option<(f64, f64)> {
        let needed = self.values(MetricName::UpdatesToTarget);
        let tail = tail(needed.len());
        let end = |p| self.quantile_of_updates(&needed, p);
        (needed.len() > 1).then(|| (end(tail), end(1.0 - tail)))
    }

    /// The Kaplan–Meier `p`-quantile of the updates that trials `needed`.
    ///
    /// A trial that did not reach the target is censored at the budget; a diverged one too, not where it diverged.
    fn quantile_of_updates(&self, needed: &[f64], p: f64) -> f64 {
        let observation = |&update: &f64| match update.is_finite() {
            true => Observation { time: update, censored: false },
            false => Observation { time: self.arm.budget as f64, censored: true },
        };
        let observations: Vec<Observation> = needed.iter().map(observation).collect();
        quantile_with_censoring(&observations, p).unwrap_or(f64::INFINITY)
    }

    /// The median of a metric over the trials, with its exact interval; absent where no trial has a value.
    pub fn median(&self, metric: MetricName) -> Option<Estimate> {
        median_interval(&self.values(metric), CONFIDENCE, metric.non_finite())
    }

    /// The score of the best constant predictor, where that says something of the arm's task.
    pub fn chance(&self, measure: Measure) -> Option<f64> {
        self.arm.chance.iter().find(|(of, _)| *of == measure).map(|(_, value)| *value)
    }
}

impl TrialResults {
    /// The trial with its rows of the tables of metrics and probes, each in the table's order.
    ///
    /// # Errors
    /// When a row is of a metric that this version does not know.
    pub fn new(
        trial: impl Into<SharedTrial>,
        metrics: &[MetricRow],
        probes: Vec<ProbeRow>,
    ) -> Result<Self, UnknownMetric> {
        let mut results = Self { trial: trial.into(), curves: BTreeMap::new(), probes };
        metrics.iter().try_for_each(|row| results.add(&row.into()))?;
        Ok(results)
    }

    /// Whether no update changed what the network computes: the loss on the same validation sequences is one number, bit for bit, at
    /// every evaluation from before the first update on.
    pub fn is_untrained(&self) -> bool {
        let losses = self.curves.get(&(Split::Validation, Measure::Loss)).map_or(&[][..], Vec::as_slice);
        let [(before, first), rest @ ..] = losses else { return false };
        let same = |(update, loss): &(u64, f64)| update > before && loss.to_bits() == first.to_bits();
        self.is_result() && first.is_finite() && !rest.is_empty() && rest.iter().all(same)
    }

    /// Adds a row of the metrics; rows of one metric come by update.
    pub(super) fn add(&mut self, row: &MetricCells<'_>) -> Result<(), UnknownMetric> {
        if let MetricName::Measured(split, measure) = MetricName::of_row(row.split, row.metric)? {
            self.curves.entry((split, measure)).or_default().push((row.update, row.value));
        }
        Ok(())
    }

    /// Adds a row of the probes, which come by update, if it may be of its probe's first or last update.
    pub(super) fn add_measurement(&mut self, row: ProbeRow) {
        let mut of_probe = self.probes.iter().filter(|other| other.probe == row.probe).map(|other| other.update);
        if let Some((first, last)) = of_probe.next().map(|first| (first, of_probe.next_back().unwrap_or(first)))
            && last != first
            && last != row.update
        {
            self.probes.retain(|other| other.probe != row.probe || other.update == first);
        }
        self.probes.push(row);
    }

    /// Whether the trial says something about its arm: it finished or diverged.
    pub fn is_result(&self) -> bool {
        self.trial.status.is_result()
    }

    /// The value of `metric` for this trial, by the one rule for tables, figures, filters and choices.
    ///
    /// - A trial that a fault or a limit of time or memory ended says nothing: there is no value.
    /// - A measure of a split is its value at the last evaluation. Of a diverged trial it is NaN, which ranks as worse than
    ///   every number, whatever was measured before.
    /// - `solved` is 1 or 0, and `updates-to-target` infinite for a trial that did not reach its target; without a target
    ///   there is neither.
    /// - `gradient-by-lag/initial-horizon` and its kin are of the probe's first and last measurement
    ///   ([`gradient_flow`](super::gradient_flow)); the last one of a diverged trial is NaN.
    pub fn value(&self, metric: MetricName) -> Option<f64> {
        #[cfg(test)]
        work::count();
        if !self.is_result() {
            return None;
        }
        match metric {
            MetricName::Measured(split, measure) => match self.trial.status {
                Status::Diverged => Some(f64::NAN),
                _ => self.curves.get(&(split, measure))?.last().map(|(_, value)| *value),
            },
            MetricName::Solved => self.trial.solved.map(|solved| f64::from(u8::from(solved))),
            MetricName::UpdatesToTarget => {
                let reached = |update: Option<u64>| update.map_or(f64::INFINITY, |update| update as f64);
                self.trial.solved.map(|solved| reached(self.trial.updates_to_target.filter(|_| solved)))
            }
            MetricName::Diverged => Some(f64::from(u8::from(self.trial.status == Status::Diverged))),
            MetricName::Parameters => Some(self.trial.parameters as f64),
            MetricName::FlopsPerUpdate => Some(self.trial.flops_per_update as f64),
            MetricName::Gradient(Moment::Final, _) if self.trial.status == Status::Diverged => Some(f64::NAN),
            MetricName::Gradient(moment, flow) => gradient_flow(&self.probes, self.trial.updates, moment, flow),
        }
    }
}

/// A count of the values of trials that were looked up, for tests of how work grows.
#[cfg(test)]
pub(in crate::results) mod work {
    use std::cell::Cell;

    thread_local!(static LOOKED_UP: Cell<usize> = const { Cell::new(0) });

    pub fn count() {
        LOOKED_UP.with(|count| count.set(count.get() + 1));
    }

    /// The look-ups that `of` makes.
    pub fn done_by<T>(of: impl FnOnce() -> T) -> usize {
        let before = LOOKED_UP.with(Cell::get);
        of();
        LOOKED_UP.with(Cell::get) - before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::record;

    /// A trial that reached its target at update 300 and was evaluated at 0, 100 and 300.
    fn trial() -> TrialResults {
        let mut trial = record(0).trial;
        (trial.status, trial.solved, trial.updates_to_target) = (Status::Finished, Some(true), Some(300));
        let rows = [(0, 0.5), (100, 0.25), (300, 0.125)].map(|(update, value)| MetricRow {
            trial_id: trial.trial_id.clone(),
            update,
            split: "validation".to_owned(),
            metric: "loss".to_owned(),
            value,
        });
        TrialResults::new(trial, &rows, vec![]).unwrap()
    }

    fn values(trial: &TrialResults) -> [Option<f64>; 4] {
        let names = ["validation/loss", "test/loss", "solved", "updates-to-target"];
        names.map(|name| trial.value(name.parse().unwrap()))
    }

    #[test]
    fn a_metric_of_a_trial_is_its_value_at_the_last_evaluation() {
        assert_eq!(values(&trial()), [Some(0.125), None, Some(1.0), Some(300.0)]);
    }

    #[test]
    fn what_did_not_reach_its_target_needs_longer_than_anything() {
        let mut trial = trial();
        // Whatever else is stored of it.
        trial.trial.solved = Some(false);
        assert_eq!(values(&trial), [Some(0.125), None, Some(0.0), Some(f64::INFINITY)]);
        trial.trial.solved = None;
        assert_eq!(values(&trial), [Some(0.125), None, None, None]);
    }

    #[test]
    fn a_diverged_trial_is_not_a_number_and_a_failed_one_is_nothing() {
        let mut trial = trial();
        (trial.trial.status, trial.trial.solved) = (Status::Diverged, Some(false));
        let [validation, test, solved, updates] = values(&trial);
        assert!(validation.unwrap().is_nan() && test.unwrap().is_nan());
        assert_eq!((solved, updates), (Some(0.0), Some(f64::INFINITY)));
        for status in Status::ALL.into_iter().filter(|status| !status.is_result()) {
            trial.trial.status = status;
            assert_eq!(values(&trial), [None; 4]);
        }
    }

    #[test]
    fn of_the_measurements_the_first_and_the_last_are_kept() {
        let mut trial = trial();
        let pattern = record(0).probes[0].clone();
        for update in [0, 10, 20, 30] {
            for (probe, lag) in [("a", 0), ("a", 1), ("b", 0)] {
                if probe == "a" || update < 20 {
                    let probe = probe.to_owned();
                    trial.add_measurement(ProbeRow { update, probe, lag: Some(lag), ..pattern.clone() });
                }
            }
        }
        let kept: Vec<_> = trial.probes.iter().map(|row| (row.update, row.probe.as_str(), row.lag.unwrap())).collect();
        assert_eq!(kept, [(0, "a", 0), (0, "a", 1), (0, "b", 0), (10, "b", 0), (30, "a", 0), (30, "a", 1)]);
    }

    #[test]
    fn a_row_of_an_unknown_metric_is_an_error() {
        let record = record(0);
        let mut row = record.metrics[0].clone();
        row.metric = "f1".to_owned();
        let unknown = TrialResults::new(record.trial, &[row], vec![]).unwrap_err();
        assert!(unknown.to_string().contains("validation/f1"), "{unknown}");
    }
}
