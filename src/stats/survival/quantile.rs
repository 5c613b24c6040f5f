//! Quantiles of times to an event that some trials never reached.

use super::observation::{Observation, sorted};

/// The Kaplan–Meier `p`-quantile, 0 ≤ p ≤ 1: the earliest event time at which the estimated share of trials with the event is at
/// least `p`; the median for ½. `None` where the share stays below, that is, the quantile lies beyond what was watched; also
/// without observations.
///
/// So it is always a time at which a trial did reach the target: of an even number of trials the median is the earlier of the two
/// in the middle. A trial censored at the time of an event counts as watched then. A time that is not a number
/// (NaN, infinite) is an event that was never seen: such a trial is watched to the end and never reaches its target, as a
/// diverged one does.
///
/// Kaplan and Meier, "Nonparametric estimation from incomplete observations", 1958.
pub fn quantile_with_censoring(observations: &[Observation], p: f64) -> Option<f64> {
    let sorted = sorted(observations);
    let mut surviving = 1.0;
    let mut at_risk = sorted.len();
    for same in sorted.chunk_by(|left, right| left.time == right.time) {
        let events = same.iter().filter(|seen| !seen.censored).count();
        if events > 0 {
            surviving *= (at_risk - events) as f64 / at_risk as f64;
            // The products of such fractions round: 9/10·8/9·…·5/6 is ½.
            if surviving <= 1.0 - p + 1e-12 {
                return Some(same[0].time);
            }
        }
        at_risk -= same.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn median(times: &[(f64, bool)]) -> Option<f64> {
        let observations: Vec<_> = times.iter().map(|&(time, censored)| Observation { time, censored }).collect();
        quantile_with_censoring(&observations, 0.5)
    }

    #[test]
    fn without_censoring_it_is_the_lower_median() {
        assert_eq!(median(&[(3.0, false), (1.0, false), (2.0, false)]), Some(2.0));
        let ten: Vec<_> = (1..=10).rev().map(|time| (f64::from(time), false)).collect();
        assert_eq!(median(&ten), Some(5.0));
        assert_eq!(median(&[(4.0, false); 4]), Some(4.0));
    }

    /// Without censoring the p-quantile is the ⌈np⌉-th smallest, and the ends are the first and the last.
    #[test]
    fn quantiles_are_times_of_events() {
        let observations: Vec<_> =
            (1..=8).map(|time| Observation { time: f64::from(time), censored: time == 8 }).collect();
        for (p, time) in [(0.0, Some(1.0)), (0.25, Some(2.0)), (0.5, Some(4.0)), (0.75, Some(6.0)), (1.0, None)] {
            assert_eq!(quantile_with_censoring(&observations, p), time, "{p}");
        }
        assert_eq!(quantile_with_censoring(&observations[..7], 1.0), Some(7.0));
    }

    #[test]
    fn beyond_the_budget_there_is_none() {
        assert_eq!(median(&[(10.0, false), (100.0, true), (100.0, true)]), None);
        assert_eq!(median(&[(10.0, false), (20.0, false), (100.0, true)]), Some(20.0));
        // Exactly half: the later of the events brings the share to ½.
        assert_eq!(median(&[(10.0, false), (20.0, false), (100.0, true), (100.0, true)]), Some(20.0));
        assert_eq!(median(&[(100.0, true)]), None);
        assert_eq!(median(&[]), None);
    }

    /// The 6-mercaptopurine arm of Freireich et al. 1963, the textbook example: its median is 23 weeks.
    #[test]
    fn it_is_that_of_the_textbook() {
        let events = [6, 6, 6, 7, 10, 13, 16, 22, 23];
        let censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
        let events = events.iter().map(|&time| (f64::from(time), false));
        let all: Vec<_> = events.chain(censored.iter().map(|&time| (f64::from(time), true))).collect();
        assert_eq!(median(&all), Some(23.0));
    }

    #[test]
    fn a_diverged_trial_never_reaches_its_target() {
        assert_eq!(median(&[(1.0, false), (f64::NAN, false), (f64::INFINITY, false)]), None);
        assert_eq!(median(&[(1.0, false), (2.0, false), (f64::NAN, false)]), Some(2.0));
    }
}
