//! The numbers that stored trials give a claim, one of each replicate.

use std::collections::{BTreeMap, BTreeSet};

use super::contrast::{Claim, Contrast};
use super::sample::Sample;
use crate::results::table::{ArmResults, Results, TrialResults};
use crate::stats::rank_correlation;
use crate::train::MetricName;

/// The evidence for or against a claim.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Evidence {
    /// A sample for each step of an order, else one; none without replicates.
    pub steps: Vec<Sample>,
    /// The number of replicates that count: all trials have results, and the number that is compared is known.
    pub n: usize,
    /// The number of replicates that do not count.
    pub missing: usize,
}

/// The evidence that the stored trials give.
pub(super) fn evidence(claim: &Claim, results: &Results) -> Evidence {
    let values = Values::new(claim, results);
    let metric = claim.spec.metric;
    let is_counted = claim.spec.in_at_least.is_some();
    // A single pair of arms is compared by counts, several strata by means over them.
    let pairs = |pairs: &[[usize; 2]]| match pairs {
        _ if is_counted => Sample::Numbers(values.each(|replicate| values.mean(pairs, replicate))),
        _ if metric.is_fixed() => Sample::Fixed(values.mean(pairs, values.replicates[0])),
        [[left, right]] if metric.is_binary() => {
            Sample::Successes { left: values.successes(*left), right: values.successes(*right) }
        }
        pairs => Sample::Numbers(values.each(|replicate| values.mean(pairs, replicate))),
    };
    let steps = match &claim.contrast {
        _ if values.replicates.is_empty() => vec![],
        Contrast::Arms(strata) => vec![pairs(strata)],
        Contrast::Order(strata) => {
            let step = |at: usize| strata.iter().map(|arms| [arms[at + 1], arms[at]]).collect::<Vec<_>>();
            (1..strata.first().map_or(0, Vec::len)).map(|next| pairs(&step(next - 1))).collect()
        }
        Contrast::Level(arms) => {
            let above =
                |replicate: u32| mean(arms.iter().map(|(arm, bound)| difference(values.of(*arm, replicate), *bound)));
            vec![match arms[..] {
                _ if is_counted => Sample::Numbers(values.each(above)),
                _ if metric.is_fixed() => Sample::Fixed(above(values.replicates[0])),
                [(arm, bound)] if metric.is_binary() => Sample::Share { of: values.successes(arm), bound },
                _ => Sample::Numbers(values.each(above)),
            }]
        }
        Contrast::Trend(strata) => {
            let trend = |arms: &Vec<(f64, usize)>, replicate: u32| {
                let (at, found): (Vec<f64>, Vec<f64>) =
                    arms.iter().map(|(at, arm)| (*at, values.of(*arm, replicate))).unzip();
                rank_correlation(&at, &found)
            };
            vec![Sample::Numbers(values.each(|replicate| mean(strata.iter().map(|arms| trend(arms, replicate)))))]
        }
        Contrast::Correlation(strata) => {
            let with = claim.spec.with.unwrap_or(metric);
            let other = Values { by_arm: by_arm(claim, results, with), replicates: vec![], missing: 0 };
            let together = |arms: &Vec<usize>, replicate: u32| {
                let (one, two): (Vec<f64>, Vec<f64>) =
                    arms.iter().map(|arm| (values.of(*arm, replicate), other.of(*arm, replicate))).unzip();
                rank_correlation(&one, &two)
            };
            vec![Sample::Numbers(values.each(|replicate| mean(strata.iter().map(|arms| together(arms, replicate)))))]
        }
    };
    without_unknown(Evidence { steps, n: values.replicates.len(), missing: values.missing })
}

/// The evidence without replicates of which some number is not known, because a value is not a number or infinities contradict
/// each other.
fn without_unknown(evidence: Evidence) -> Evidence {
    let lists = || {
        evidence.steps.iter().filter_map(|step| match step {
            Sample::Numbers(numbers) => Some(numbers),
            _ => None,
        })
    };
    let known: Vec<bool> = (0..evidence.n).map(|at| lists().all(|numbers| !numbers[at].is_nan())).collect();
    let n = known.iter().filter(|known| **known).count();
    if n == evidence.n {
        return evidence;
    }
    let keep =
        |numbers: &[f64]| numbers.iter().zip(&known).filter(|(_, known)| **known).map(|(number, _)| *number).collect();
    let steps = evidence.steps.iter().map(|step| match step {
        Sample::Numbers(numbers) => Sample::Numbers(keep(numbers)),
        other => other.clone(),
    });
    Evidence { steps: if n == 0 { vec![] } else { steps.collect() }, n, missing: evidence.missing + evidence.n - n }
}

/// The values of a claim's arms, for the replicates that have all of them.
struct Values {
    by_arm: BTreeMap<usize, BTreeMap<u32, f64>>,
    replicates: Vec<u32>,
    missing: usize,
}

impl Values {
    fn new(claim: &Claim, results: &Results) -> Self {
        let by_arm = by_arm(claim, results, claim.spec.metric);
        let other = claim.spec.with.map(|with| self::by_arm(claim, results, with)).unwrap_or_default();
        let trials =
            claim.contrast.arms().into_iter().filter_map(|arm| results.arms.get(arm)).flat_map(|arm| &arm.trials);
        let stored: BTreeSet<u32> = trials.map(|trial| trial.trial.replicate).collect();
        // Arms have equally many replicates, of which some may not be stored.
        let planned = results.planned.checked_div(results.arms.len()).unwrap_or(0).max(stored.len());
        let has = |replicate: &u32| by_arm.values().chain(other.values()).all(|values| values.contains_key(replicate));
        let quota = claim.spec.in_at_least;
        let counts = |replicate: &u32| quota.is_none_or(|quota| (*replicate as usize) < quota.of);
        let planned = quota.map_or(planned, |quota| quota.of);
        let replicates: Vec<u32> = stored.into_iter().filter(has).filter(counts).collect();
        let missing = planned - replicates.len();
        Self { by_arm, replicates, missing }
    }

    /// The value of an arm's trial.
    fn of(&self, arm: usize, replicate: u32) -> f64 {
        self.by_arm.get(&arm).and_then(|values| values.get(&replicate)).copied().unwrap_or(f64::NAN)
    }

    /// One number of each replicate.
    fn each(&self, of: impl Fn(u32) -> f64) -> Vec<f64> {
        self.replicates.iter().map(|replicate| of(*replicate)).collect()
    }

    /// The mean over strata of a replicate's differences.
    fn mean(&self, pairs: &[[usize; 2]], replicate: u32) -> f64 {
        mean(pairs.iter().map(|[left, right]| difference(self.of(*left, replicate), self.of(*right, replicate))))
    }

    /// Successes of an arm, and of how many trials.
    fn successes(&self, arm: usize) -> (usize, usize) {
        (
            self.each(|replicate| self.of(arm, replicate)).into_iter().filter(|value| *value == 1.0).count(),
            self.replicates.len(),
        )
    }
}

/// The values of the trials of each arm that have one.
fn by_arm(claim: &Claim, results: &Results, metric: MetricName) -> BTreeMap<usize, BTreeMap<u32, f64>> {
    let of = |arm: usize| (arm, results.arms.get(arm).map(|arm| by_replicate(arm, metric)).unwrap_or_default());
    claim.contrast.arms().into_iter().map(of).collect()
}

/// The values of an arm's trials. Of a metric with a better and a worse side, what is not finite because a training diverged or
/// never reached its target is worse than every number.
fn by_replicate(arm: &ArmResults, metric: MetricName) -> BTreeMap<u32, f64> {
    let ranked = |value: f64| match metric.has_direction() && !value.is_finite() {
        true => metric.non_finite().infinity(),
        false => value,
    };
    let value = |trial: &TrialResults| Some((trial.trial.replicate, ranked(trial.value(metric)?)));
    arm.trials.iter().filter_map(value).collect()
}

/// The difference of two values, of which two that are as bad as can be do not differ.
fn difference(left: f64, right: f64) -> f64 {
    if left == right { 0.0 } else { left - right }
}

/// The mean over strata.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}
