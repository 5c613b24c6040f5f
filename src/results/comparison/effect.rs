//! Changes of metrics, tested over all arms together.

use std::collections::BTreeMap;

use super::Strictness;
use crate::results::claim::Sample;
use crate::results::number::significant;
use crate::results::table::ArmResults;
use crate::stats::{Estimate, differences, holm};
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
    /// The medians, or shares of solved trials, of each run by itself, before and now, as its own tables have them.
    pub levels: [Estimate; 2],
    /// Now less before, with the corrected interval: the difference of shares, or the median of the replicates' differences.
    pub difference: Estimate,
    /// The smallest difference that counts.
    pub threshold: f64,
    /// The name of the test.
    pub test: &'static str,
    /// The two-sided p-value, corrected by Holm's method for all arms and metrics that can be judged; none where so few replicates can
    /// show nothing, whatever they are.
    pub corrected_p: Option<f64>,
    /// Whether the difference is beyond the threshold, be it by chance or not.
    pub beyond: bool,
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
            short(before.value),
            short(now.value),
            short(difference.value),
            short(difference.low),
            short(difference.high),
            self.corrected_p.map_or_else(String::new, short)
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
    let judged = family(&found.iter().map(|(_, found)| found.least_p).collect::<Vec<f64>>(), strictness.alpha);
    let p: Vec<f64> = found.iter().zip(&judged).filter(|(_, judged)| **judged).map(|((_, found), _)| found.p).collect();
    let mut corrected = holm(&p).into_iter();
    let mut effects = vec![vec![]; pairs.len()];
    for ((at, found), judged) in found.into_iter().zip(judged) {
        let corrected = if judged { corrected.next() } else { None };
        // The interval that excludes 0 exactly where the corrected p-value is at most α.
        let factor = match corrected {
            Some(corrected) if found.p > 0.0 => (corrected / found.p).max(1.0),
            _ => p.len().max(1) as f64,
        };
        effects[at].extend(found.judged(corrected, factor, strictness));
    }
    effects
}

/// The smallest p-value that so many replicates can have, of a metric that is no share.
pub(super) fn least_p_of_numbers(replicates: usize) -> Option<f64> {
    Sample::Numbers(vec![]).least_p(replicates)
}

/// Which of the tests are corrected for each other: as many as can still reach α after that, those of the smallest possible p-values.
/// The others could never show anything, and would only blunt those that can (Tarone 1990, "A modified Bonferroni method for discrete
/// data"); which they are does not depend on the results.
fn family(least: &[f64], alpha: f64) -> Vec<bool> {
    let mut ranked: Vec<usize> = (0..least.len()).collect();
    ranked.sort_by(|one, other| least[*one].total_cmp(&least[*other]));
    let fits = |size: &usize| least[ranked[*size - 1]] * *size as f64 <= alpha;
    // Those of one possible p-value belong together.
    let whole = |size: &usize| ranked.get(*size).is_none_or(|next| least[*next] > least[ranked[*size - 1]]);
    let size = (1..=least.len()).rev().find(|size| whole(size) && fits(size)).unwrap_or(0);
    let mut judged = vec![false; least.len()];
    ranked[..size].iter().for_each(|test| judged[*test] = true);
    judged
}

/// A metric of an arm in both runs, not judged yet.
struct Found {
    metric: MetricName,
    levels: [Estimate; 2],
    sample: Sample,
    p: f64,
    /// The smallest p-value that so many replicates can have.
    least_p: f64,
    /// The number of replicates that both runs have.
    n: usize,
}

impl Found {
    fn new(metric: MetricName, before: &ArmResults, after: &ArmResults) -> Option<Self> {
        let by_replicate = |arm: &ArmResults| -> BTreeMap<u32, f64> {
            arm.trials.iter().filter_map(|trial| Some((trial.trial.replicate, trial.value(metric)?))).collect()
        };
        let [one, two] = [before, after].map(by_replicate);
        let common: Vec<[f64; 2]> =
            one.iter().filter_map(|(replicate, before)| Some([*before, *two.get(replicate)?])).collect();
        if common.is_empty() {
            return None;
        }
        let successes = |side: usize| (common.iter().filter(|pair| pair[side] == 1.0).count(), common.len());
        let sample = if metric.is_binary() {
            Sample::Successes { left: successes(1), right: successes(0) }
        } else {
            let [before, now] = [0, 1].map(|side| common.iter().map(|pair| pair[side]).collect::<Vec<f64>>());
            Sample::Numbers(differences(&now, &before, metric.non_finite())?)
        };
        let level = |arm: &ArmResults| match metric {
            MetricName::Solved => arm.solved(),
            MetricName::UpdatesToTarget => arm.updates_to_target(),
            metric => arm.median(metric),
        };
        let levels = [level(before)?, level(after)?];
        let least_p = sample.least_p(common.len())?;
        let p = sample.test(0.0, 0.5)?.p?;
        Some(Self { metric, levels, sample, p, least_p, n: common.len() })
    }

    fn judged(self, corrected_p: Option<f64>, factor: f64, strictness: Strictness) -> Option<Effect> {
        let tested = self.sample.test(0.0, 1.0 - strictness.alpha / factor)?;
        let difference = Estimate { n: self.n, ..tested.effect };
        let threshold = match self.metric {
            metric if metric.is_binary() => strictness.threshold,
            // An infinite level has no relative threshold: any finite difference from it is infinite.
            _ if self.levels[0].value.is_finite() => strictness.threshold * self.levels[0].value.abs(),
            _ => 0.0,
        };
        let within = difference.value.abs() <= threshold;
        let beyond = !within;
        let large = beyond && corrected_p.is_some_and(|p| p <= strictness.alpha);
        let rises = large && difference.low > 0.0;
        let falls = large && difference.high < 0.0;
        let change = match (rises, falls, self.metric.lower_is_better()) {
            (true, _, true) | (_, true, false) => Change::Worse,
            (true, _, false) | (_, true, true) => Change::Better,
            _ => Change::None,
        };
        let Self { metric, levels, sample, .. } = self;
        Some(Effect { metric, levels, difference, threshold, test: sample.name(), corrected_p, beyond, change })
    }
}
