//! The log-rank test.

use super::observation::{Observation, sorted};
use crate::stats::distribution::gamma::chi_squared_survival;
use crate::stats::distribution::normal::two_sided_z;
use crate::stats::estimate::Estimate;
use crate::stats::permutation::binomial;
use crate::stats::test::Test;

/// The log-rank test whether two samples have their events at the same rate, censored or not.
///
/// At each event time the events of the left sample are compared with its share of those at risk: with O observed and E expected in
/// all, and V the hypergeometric variance, (O − E)²/V is χ² with one degree of freedom, if approximately for few trials. The statistic
/// is that χ².
///
/// The effect is Peto's logarithm of the hazard ratio, (O − E)/V ± z/√V: above 0 the left sample has its events sooner. Without an
/// event while both are at risk nothing is known: p is 1, and the effect is 0 between −∞ and ∞. A time that is not a number is an event
/// that was never seen.
///
/// Mantel, "Evaluation of survival data and two new rank order statistics arising in its consideration", 1966. Yusuf, Peto et al. 1985.
///
/// `None` without observations on either side or for a confidence outside (0, 1).
pub fn log_rank_test(left: &[Observation], right: &[Observation], confidence: f64) -> Option<Test> {
    let z = two_sided_z(confidence);
    if left.is_empty() || right.is_empty() || z.is_nan() {
        return None;
    }
    let (left, right) = (sorted(left), sorted(right));
    let n = left.len() + right.len();
    let mut times: Vec<f64> = left.iter().chain(&right).filter(|seen| !seen.censored).map(|seen| seen.time).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    let from = |side: &[Observation], time: f64| side.partition_point(|seen| seen.time < time);
    let at_risk = |side: &[Observation], time: f64| (side.len() - from(side, time)) as f64;
    let events = |side: &[Observation], time: f64| {
        let then = side[from(side, time)..].iter().take_while(|seen| seen.time == time);
        then.filter(|seen| !seen.censored).count() as f64
    };
    let (mut excess, mut variance) = (0.0, 0.0);
    for time in times {
        let (ours, all) = (at_risk(&left, time), at_risk(&left, time) + at_risk(&right, time));
        let (our_events, all_events) = (events(&left, time), events(&left, time) + events(&right, time));
        excess += our_events - all_events * ours / all;
        if all > 1.0 {
            variance += all_events * (ours / all) * (1.0 - ours / all) * (all - all_events) / (all - 1.0);
        }
    }
    let known = variance > 0.0;
    let statistic = if known { excess * excess / variance } else { 0.0 };
    let (value, reach) = if known { (excess / variance, z / libm::sqrt(variance)) } else { (0.0, f64::INFINITY) };
    Some(Test {
        name: "log-rank test (χ²)",
        statistic,
        p: chi_squared_survival(statistic, 1.0),
        least_p: (2.0 / binomial(n, left.len())).min(1.0),
        n,
        effect: Estimate { value, low: value - reach, high: value + reach, n, confidence },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observations(times: &[(f64, bool)]) -> Vec<Observation> {
        times.iter().map(|&(time, censored)| Observation { time, censored }).collect()
    }

    #[test]
    fn the_statistic_is_that_worked_by_hand() {
        let left = observations(&[(1.0, false), (3.0, true)]);
        let right = observations(&[(2.0, false), (4.0, false)]);
        // At 1: 1 − 2/4, V = 1/4. At 2: 0 − 1/3, V = 2/9. At 4 one side is gone.
        let found = log_rank_test(&left, &right, 0.95).unwrap();
        let (excess, variance) = (0.5 - 1.0 / 3.0, 0.25 + 2.0 / 9.0);
        assert!((found.statistic - excess * excess / variance).abs() <= 1e-14, "{found:?}");
        assert!((found.effect.value - excess / variance).abs() <= 1e-14, "{found:?}");
        let mirrored = log_rank_test(&right, &left, 0.95).unwrap();
        assert!((mirrored.effect.value + found.effect.value).abs() <= 1e-14 && (mirrored.p - found.p).abs() <= 1e-14);
    }

    #[test]
    fn all_censored_and_diverged_are_defined() {
        let never = observations(&[(9.0, true), (9.0, true), (f64::NAN, false)]);
        let found = log_rank_test(&never, &never, 0.95).unwrap();
        assert_eq!((found.p, found.effect.value, found.effect.high), (1.0, 0.0, f64::INFINITY));
        let soon = observations(&[(1.0, false), (2.0, false), (3.0, false), (4.0, false)]);
        let apart = log_rank_test(&soon, &never, 0.95).unwrap();
        assert!(apart.effect.value > 0.0 && apart.p < 0.05, "{apart:?}");
        assert_eq!(log_rank_test(&[], &never, 0.95), None);
    }
}
