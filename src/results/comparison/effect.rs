//! Changes of metrics, tested over all arms together.

use std::collections::BTreeMap;

use super::Strictness;
use crate::results::claim::Sample;
use crate::results::number::significant;
use crate::results::table::{ArmResults, TrialResults};
use crate::stats::{Estimate, holm, median};
use crate::train::{Measure, MetricName, Split};

/// The metrics that are compared.
const METRICS: [MetricName; 3] =
    [MetricName::Solved, MetricName::UpdatesToTarget, MetricName::Measured(Split::Test, Measure::Loss)];

/// The change of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Worse by more than the threshold, and than chance explains.
    Worse,
    /// Better so.
    Better,
    /// Neither.
    None,
}

/// A metric of an arm in both runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The metric.
    pub metric: MetricName,
    /// The medians, or shares of solved trials, before and now.
    pub levels: [f64; 2],
    /// Now less before, with the corrected interval: the difference of shares, or the median of the replicates' differences.
    pub difference: Estimate,
    /// The smallest difference that counts.
    pub threshold: f64,
    /// The name of the test.
    pub test: &'static str,
    /// The two-sided p-value, corrected for all arms and metrics by Holm's method.
    pub corrected_p: f64,
    /// The change in a word.
    pub change: Change,
}

impl Effect {
    /// The change in numbers.
    pub fn sentence(&self) -> String {
        let short = |number: f64| significant(number, 3);
        let Self { metric, levels: [before, now], difference, .. } = self;
        format!(
            "{metric} {} before, {} now, difference {} [{}, {}], corrected p = {}",
            short(*before),
            short(*now),
            short(difference.value),
            short(difference.low),
            short(difference.high),
            short(self.corrected_p)
        )
    }
}

/// Of each pair of arms, before and now, the changes of all metrics that both have.
pub(super) fn effects(pairs: &[(&ArmResults, &ArmResults)], strictness: Strictness) -> Vec<Vec<Effect>> {
    let found: Vec<(usize, Found)> = pairs
        .iter()
        .enumerate()
        .flat_map(|(at, (before, after))| {
            METRICS.into_iter().filter_map(move |metric| Some((at, Found::new(metric, before, after)?)))
        })
        .collect();
    let p: Vec<f64> = found.iter().map(|(_, found)| found.p).collect();
    let mut effects = vec![vec![]; pairs.len()];
    for ((at, found), corrected) in found.into_iter().zip(holm(&p)) {
        // The interval that excludes 0 exactly where the corrected p-value is at most α.
        let factor = if found.p > 0.0 { (corrected / found.p).max(1.0) } else { p.len() as f64 };
        effects[at].extend(found.judged(corrected, factor, strictness));
    }
    effects
}

/// A metric of an arm in both runs, not judged yet.
struct Found {
    metric: MetricName,
    levels: [f64; 2],
    sample: Sample,
    p: f64,
}

impl Found {
    fn new(metric: MetricName, before: &ArmResults, after: &ArmResults) -> Option<Self> {
        let [one, two] = [before, after].map(|arm| by_replicate(arm, metric));
        let common: Vec<[f64; 2]> =
            one.iter().filter_map(|(replicate, before)| Some([*before, *two.get(replicate)?])).collect();
        if common.is_empty() {
            return None;
        }
        let level = |side: usize| {
            let values: Vec<f64> = common.iter().map(|pair| pair[side]).collect();
            median(&values, metric.non_finite()).unwrap_or(f64::NAN)
        };
        let successes = |side: usize| (common.iter().filter(|pair| pair[side] == 1.0).count(), common.len());
        let (levels, sample) = if metric.is_binary() {
            let (left, right) = (successes(1), successes(0));
            let share = |(count, n): (usize, usize)| count as f64 / n as f64;
            ([share(right), share(left)], Sample::Successes { left, right })
        } else {
            let difference = |[before, after]: &[f64; 2]| if before == after { 0.0 } else { after - before };
            ([level(0), level(1)], Sample::Numbers(common.iter().map(difference).collect()))
        };
        let p = sample.test(0.0, 0.5)?.p?;
        Some(Self { metric, levels, sample, p })
    }

    fn judged(self, corrected_p: f64, factor: f64, strictness: Strictness) -> Option<Effect> {
        let difference = self.sample.test(0.0, 1.0 - strictness.alpha / factor)?.effect;
        let threshold = match self.metric {
            metric if metric.is_binary() => strictness.threshold,
            // An infinite level has no relative threshold: any finite difference from it is infinite.
            _ if self.levels[0].is_finite() => strictness.threshold * self.levels[0].abs(),
            _ => 0.0,
        };
        let large = difference.value.abs() > threshold && corrected_p <= strictness.alpha;
        let rises = large && difference.low > 0.0;
        let falls = large && difference.high < 0.0;
        let change = match (rises, falls, self.metric.lower_is_better()) {
            (true, _, true) | (_, true, false) => Change::Worse,
            (true, _, false) | (_, true, true) => Change::Better,
            _ => Change::None,
        };
        let Self { metric, levels, sample, .. } = self;
        Some(Effect { metric, levels, difference, threshold, test: sample.name(), corrected_p, change })
    }
}

/// The values of an arm's trials; what is not finite is worse than every number.
fn by_replicate(arm: &ArmResults, metric: MetricName) -> BTreeMap<u32, f64> {
    let ranked = |value: f64| if value.is_finite() { value } else { metric.non_finite().infinity() };
    let value = |trial: &TrialResults| Some((trial.trial.replicate, ranked(trial.value(metric)?)));
    arm.trials.iter().filter_map(value).collect()
}
