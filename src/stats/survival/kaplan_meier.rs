//! The Kaplan–Meier estimator.

use super::observation::{Observation, sorted};
use crate::stats::distribution::normal::two_sided_z;
use crate::stats::estimate::Estimate;
use crate::stats::proportion::clopper_pearson;

/// The share of trials without the event from one event time to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SurvivalStep {
    /// The time of events.
    pub time: f64,
    /// The trials watched until then.
    pub at_risk: usize,
    /// The events then.
    pub events: usize,
    /// The share without the event from then on; its n is the number of all trials.
    pub surviving: Estimate,
    /// Greenwood's variance of that share.
    pub variance: f64,
}

/// The Kaplan–Meier estimate of the share of trials that have had no event, at each event time, with its interval.
///
/// Before the first event it is 1. A trial censored at the time of an event counts as watched then; a time that is not a number is
/// watched to the end. As long as no trial has been censored earlier, as in trials with one budget, the share is a proportion and its
/// interval that of [`clopper_pearson`], which always covers. Later it is Greenwood's on the scale ln(−ln S), `exponential Greenwood`
/// in lifelines, which stays within [0, 1]; at S = 0, where that has no width, its upper end is that of Clopper and Pearson for the
/// trials at risk.
///
/// Kaplan and Meier, "Nonparametric estimation from incomplete observations", 1958. Greenwood 1926. Kalbfleisch and Prentice, "The
/// statistical analysis of failure time data", 1980.
///
/// `None` without observations or for a confidence outside (0, 1).
pub fn kaplan_meier(observations: &[Observation], confidence: f64) -> Option<Vec<SurvivalStep>> {
    let (sorted, z) = (sorted(observations), two_sided_z(confidence));
    let n = sorted.len();
    if n == 0 || z.is_nan() {
        return None;
    }
    let mut steps = vec![];
    let (mut surviving, mut sum, mut at_risk, mut censored) = (1.0, 0.0, n, false);
    for same in sorted.chunk_by(|left, right| left.time == right.time) {
        let events = same.iter().filter(|seen| !seen.censored).count();
        if events > 0 {
            let (all, lost) = (at_risk as f64, events as f64);
            surviving *= (all - lost) / all;
            sum += lost / (all * (all - lost));
            let last = events == at_risk;
            let estimate = match () {
                () if !censored => clopper_pearson(at_risk - events, n, confidence)?,
                () if last => {
                    let high = clopper_pearson(0, at_risk, confidence)?.high;
                    Estimate { value: 0.0, low: 0.0, high, n, confidence }
                }
                () => {
                    let log = libm::log(surviving);
                    let reach = libm::exp(z * libm::sqrt(sum) / log.abs());
                    let (low, high) = (libm::exp(log * reach), libm::exp(log / reach));
                    Estimate { value: surviving, low, high, n, confidence }
                }
            };
            let variance = if last { 0.0 } else { surviving * surviving * sum };
            steps.push(SurvivalStep { time: same[0].time, at_risk, events, surviving: estimate, variance });
        }
        censored |= same.iter().any(|seen| seen.censored);
        at_risk -= same.len();
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(times: &[(f64, bool)]) -> Option<Vec<SurvivalStep>> {
        let observations: Vec<_> = times.iter().map(|&(time, censored)| Observation { time, censored }).collect();
        kaplan_meier(&observations, 0.95)
    }

    #[test]
    fn without_censoring_it_is_the_share_that_is_left() {
        let found = steps(&[(1.0, false), (2.0, false), (2.0, false), (5.0, true)]).unwrap();
        let shares: Vec<_> = found.iter().map(|step| (step.time, step.at_risk, step.events)).collect();
        assert_eq!(shares, [(1.0, 4, 1), (2.0, 3, 2)]);
        assert_eq!(found[0].surviving, clopper_pearson(3, 4, 0.95).unwrap());
        assert_eq!(found[1].surviving, clopper_pearson(1, 4, 0.95).unwrap());
        // p(1 − p)/n.
        assert!((found[0].variance - 0.75 * 0.25 / 4.0).abs() <= 1e-15, "{found:?}");
        assert!((found[1].variance - 0.25 * 0.75 / 4.0).abs() <= 1e-15, "{found:?}");
    }

    #[test]
    fn what_is_never_seen_to_happen_is_defined() {
        assert_eq!(steps(&[(5.0, true), (5.0, true)]), Some(vec![]));
        assert_eq!(steps(&[]), None);
        let diverged = steps(&[(f64::NAN, false), (1.0, false)]).unwrap();
        assert_eq!((diverged.len(), diverged[0].surviving.value), (1, 0.5));
        let gone = steps(&[(1.0, true), (2.0, false)]).unwrap();
        assert_eq!((gone[0].surviving.value, gone[0].surviving.low, gone[0].variance), (0.0, 0.0, 0.0));
        assert!((gone[0].surviving.high - 0.975).abs() <= 1e-12, "{gone:?}");
        let single = steps(&[(3.0, false)]).unwrap();
        assert_eq!((single[0].surviving.value, single[0].surviving.n), (0.0, 1));
    }
}
