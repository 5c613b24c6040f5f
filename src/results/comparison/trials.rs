//! The bits of trials, compared link by link and metric by metric.

use std::collections::{BTreeMap, BTreeSet};

use super::pairs::Pairs;
use super::side::Side;
use crate::results::number::significant;
use crate::results::table::TrialResults;
use crate::store::{Difference, Link, TrialRow, difference_of_trials};
use crate::train::MetricName;

/// A trial of the baseline, of the run, or of both.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedTrial {
    /// The id.
    pub trial_id: String,
    /// The label of its arm: the run's, or the baseline's where only that has it.
    pub arm: String,
    /// The number of its seed within the arm.
    pub replicate: u32,
    /// How its bits compare.
    pub bits: Bits,
}

/// How the bits of a trial compare.
#[derive(Clone, Debug, PartialEq)]
pub enum Bits {
    /// Every link of the chain and every metric that both have is the same.
    Same,
    /// The numerics changed.
    Other {
        /// The first evaluation at which the chains part, or where they never do, a metric differs.
        at: Difference,
        /// The largest relative difference of a metric since then, of those that both have; none where no evaluation is common.
        drift: Option<f64>,
        /// Where the chains are the same, so that the trained parameters are: the first metric that differs.
        metric: Option<MetricName>,
    },
    /// Chain and metrics are the same, and this column of the table of trials, which follows from them, is not: the table was written by
    /// another program, or what it reports changed.
    OtherRow(&'static str),
    /// Only the baseline has it.
    Missing,
    /// Only the run has it.
    New,
    /// It is no result on one side, or was computed under other circumstances.
    Incomparable(String),
}

/// The trials of the arms that both have by settings, then those that one has alone.
pub(super) fn compare_trials(baseline: &Side, run: &Side, pairs: &Pairs) -> Vec<ComparedTrial> {
    let mut compared = vec![];
    let of = |side: &Side, arm: usize| -> BTreeMap<u32, TrialResults> {
        side.results.arms[arm].trials.iter().map(|trial| (trial.trial.replicate, trial.clone())).collect()
    };
    let mut add = |label: &str, one: Option<&TrialResults>, two: Option<&TrialResults>| {
        let bits = match (one, two) {
            (Some(one), Some(two)) => bits(baseline, run, one, two),
            (Some(_), None) => Bits::Missing,
            _ => Bits::New,
        };
        let Some(trial) = two.or(one).map(|results| &results.trial) else { return };
        let (trial_id, replicate) = (trial.trial_id.clone(), trial.replicate);
        compared.push(ComparedTrial { trial_id, arm: label.to_owned(), replicate, bits });
    };
    for pair in pairs.both.iter().filter(|pair| pair.same_settings) {
        let (before, after) = (of(baseline, pair.baseline), of(run, pair.run));
        let replicates: std::collections::BTreeSet<u32> = before.keys().chain(after.keys()).copied().collect();
        let label = &run.results.arms[pair.run].arm.label;
        replicates.iter().for_each(|replicate| add(label, before.get(replicate), after.get(replicate)));
    }
    for arm in &pairs.added {
        let arm = &run.results.arms[*arm];
        arm.trials.iter().for_each(|trial| add(&arm.arm.label, None, Some(trial)));
    }
    for arm in &pairs.gone {
        let arm = &baseline.results.arms[*arm];
        arm.trials.iter().for_each(|trial| add(&arm.arm.label, Some(trial), None));
    }
    compared
}

/// The engine, the device and the numerics by which a trial was computed.
pub(super) fn circumstances(trial: &TrialResults) -> String {
    let trial = &trial.trial;
    format!("{} on {} under numerics {}", trial.engine, trial.device, trial.numerics)
}

fn bits(baseline: &Side, run: &Side, one: &TrialResults, two: &TrialResults) -> Bits {
    if let Some(failed) = [one, two].into_iter().find(|trial| !trial.is_result()) {
        let side = if std::ptr::eq(failed, one) { "in the baseline" } else { "in the run" };
        return Bits::Incomparable(format!("{side} it ended as {}", failed.trial.status.name()));
    }
    let (before, after) = (circumstances(one), circumstances(two));
    if before != after {
        return Bits::Incomparable(format!("{before} before, {after} now"));
    }
    if let Some(reason) = incomplete(one, two) {
        return Bits::Incomparable(reason);
    }
    let (first, second) = (chain(baseline, one), chain(run, two));
    if first.is_empty() || second.is_empty() {
        return Bits::Incomparable("no chain is stored".to_owned());
    }
    let (at, metric) = match difference_of_trials((&one.trial, first), (&two.trial, second)) {
        Some(at) => (at, None),
        // What is only reported leaves the parameters, which the chain is of, as they are.
        None => match difference_of_metrics(one, two) {
            Some((at, metric)) => (at, Some(metric)),
            None => match difference_of_rows(&one.trial, &two.trial) {
                Some(column) => return Bits::OtherRow(column),
                None => return Bits::Same,
            },
        },
    };
    Bits::Other { at, drift: drift(one, two, at.update), metric }
}

/// The first evaluation at which a metric that both have differs in a bit, and that metric.
fn difference_of_metrics(one: &TrialResults, two: &TrialResults) -> Option<(Difference, MetricName)> {
    let mut differing: BTreeMap<u64, Option<MetricName>> = BTreeMap::new();
    for ((split, measure), curve) in &one.curves {
        let other: BTreeMap<u64, f64> = two.curves.get(&(*split, *measure)).into_iter().flatten().copied().collect();
        for (update, before) in curve {
            let Some(after) = other.get(update) else { continue };
            let is_same = before.to_bits() == after.to_bits() || (before.is_nan() && after.is_nan());
            let found = differing.entry(*update).or_default();
            if !is_same && found.is_none() {
                *found = Some(MetricName::Measured(*split, *measure));
            }
        }
    }
    let mut same_until = None;
    for (update, metric) in differing {
        match metric {
            Some(metric) => return Some((Difference { update, same_until }, metric)),
            None => same_until = Some(update),
        }
    }
    None
}

/// Why the metrics of a trial are no whole on one side: some evaluations of a metric that both have are missing there, or all metrics are.
fn incomplete(one: &TrialResults, two: &TrialResults) -> Option<String> {
    let told = |side: &str, update: Option<u64>| match update {
        Some(update) => format!("{side} lacks metrics of update {update}"),
        None => format!("{side} has no metrics"),
    };
    match (one.curves.is_empty(), two.curves.is_empty()) {
        (true, false) => return Some(told("the baseline", None)),
        (false, true) => return Some(told("the run", None)),
        _ => {}
    }
    // Of trials that went as far as each other: others part at the end anyway.
    if one.trial.updates != two.trial.updates {
        return None;
    }
    for (metric, curve) in &one.curves {
        let Some(other) = two.curves.get(metric) else { continue };
        let [before, after] =
            [curve, other].map(|curve| curve.iter().map(|(update, _)| *update).collect::<BTreeSet<u64>>());
        if let Some(update) = before.difference(&after).next() {
            return Some(told("the run", Some(*update)));
        }
        if let Some(update) = after.difference(&before).next() {
            return Some(told("the baseline", Some(*update)));
        }
    }
    None
}

/// The first column of the table of trials that says what came of a training and differs.
fn difference_of_rows(one: &TrialRow, two: &TrialRow) -> Option<&'static str> {
    [
        ("status", one.status != two.status),
        ("updates", one.updates != two.updates),
        ("solved", one.solved != two.solved),
        ("updates_to_target", one.updates_to_target != two.updates_to_target),
    ]
    .into_iter()
    .find_map(|(column, differs)| differs.then_some(column))
}

/// The stored chain of a trial.
fn chain<'a>(side: &'a Side, trial: &TrialResults) -> &'a [Link] {
    side.chains.get(&trial.trial.trial_id).map_or(&[], Vec::as_slice)
}

/// The largest relative difference of a metric from `update` on.
fn drift(one: &TrialResults, two: &TrialResults, update: u64) -> Option<f64> {
    let mut largest: Option<f64> = None;
    for (metric, curve) in &one.curves {
        let other: BTreeMap<u64, f64> = two.curves.get(metric).into_iter().flatten().copied().collect();
        for (at, before) in curve.iter().filter(|(at, _)| *at >= update) {
            let Some(after) = other.get(at) else { continue };
            let relative = relative(*before, *after);
            largest = Some(largest.map_or(relative, |largest| largest.max(relative)));
        }
    }
    largest
}

/// |a − b| over the larger of |a| and |b|: 0 where they are equal, ∞ where just one is a finite number.
fn relative(one: f64, two: f64) -> f64 {
    if one == two || (one.is_nan() && two.is_nan()) {
        return 0.0;
    }
    let relative = (one - two).abs() / one.abs().max(two.abs());
    if relative.is_nan() || !one.is_finite() || !two.is_finite() { f64::INFINITY } else { relative }
}

impl Bits {
    /// Whether numbers changed that are to be the same.
    pub fn is_changed(&self) -> bool {
        matches!(self, Self::Other { .. } | Self::OtherRow(_))
    }

    /// The name in tables, such as `changed`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Same => "identical",
            Self::Other { .. } | Self::OtherRow(_) => "changed",
            Self::Missing => "missing",
            Self::New => "new",
            Self::Incomparable(_) => "incomparable",
        }
    }

    /// The comparison of its bits in a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Same => "the bits are the same".to_owned(),
            Self::Other { at, drift, metric } => {
                let changed = metric.map_or_else(
                    || "other bits".to_owned(),
                    |metric| format!("another {metric} of the same parameters"),
                );
                let since = at.same_until.map_or_else(String::new, |update| format!(", the same until {update}"));
                let drift = drift
                    .map_or_else(String::new, |drift| format!("; metrics drift by {} since", significant(drift, 2)));
                format!("the numerics changed: {changed} at update {}{since}{drift}", at.update)
            }
            Self::OtherRow(column) => {
                format!("the table of trials has another `{column}` of the same chain and metrics")
            }
            Self::Missing => "the run lacks this trial of the baseline".to_owned(),
            Self::New => "the baseline lacks this trial".to_owned(),
            Self::Incomparable(reason) => format!("not comparable: {reason}"),
        }
    }
}
