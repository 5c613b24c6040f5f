//! The restricted mean time.

use super::kaplan_meier::kaplan_meier;
use super::observation::Observation;
use crate::stats::distribution::normal::two_sided_z;
use crate::stats::estimate::Estimate;

/// The mean time to the event, each counted up to `horizon` at most, such as the budget: the area below the Kaplan–Meier curve until then.
/// With it comes the variance of the estimate.
///
/// The variance is Greenwood's: the sum over event times of the squared area that follows, times d/(r·(r − d)) for d events of r at risk;
/// the interval is the value ± z standard errors, cut at 0 and `horizon`. That is too short for few trials, and has no width where none or
/// all have the event at once. Where nobody was censored before the horizon, [`bounded_mean`](crate::stats::bounded_mean) of the times,
/// cut there, covers. Where the last trial at risk is censored before the horizon, the curve is carried on.
///
/// Royston and Parmar, "Restricted mean survival time", 2013, doi:10.1186/1471-2288-13-152.
///
/// `None` without observations, for a horizon that is not a positive number, or a confidence outside (0, 1).
pub fn restricted_mean(observations: &[Observation], horizon: f64, confidence: f64) -> Option<(Estimate, f64)> {
    if !(horizon > 0.0 && horizon.is_finite()) {
        return None;
    }
    let steps = kaplan_meier(observations, confidence)?;
    let steps: Vec<_> = steps.iter().filter(|step| step.time < horizon).collect();
    let (mut until, mut after, mut variance) = (horizon, 0.0, 0.0);
    for step in steps.iter().rev() {
        after += step.surviving.value * (until - step.time.max(0.0));
        until = step.time.max(0.0);
        let (all, lost) = (step.at_risk as f64, step.events as f64);
        if step.events < step.at_risk {
            variance += after * after * lost / (all * (all - lost));
        }
    }
    let value = until + after;
    let reach = two_sided_z(confidence) * libm::sqrt(variance);
    let (low, high) = ((value - reach).max(0.0), (value + reach).min(horizon));
    Some((Estimate { value, low, high, n: observations.len(), confidence }, variance))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(times: &[(f64, bool)], horizon: f64) -> Option<(Estimate, f64)> {
        let observations: Vec<_> = times.iter().map(|&(time, censored)| Observation { time, censored }).collect();
        restricted_mean(&observations, horizon, 0.95)
    }

    /// With one budget for all it is the mean of the times cut there, and its variance that of a mean.
    #[test]
    fn without_earlier_censoring_it_is_the_mean() {
        let times = [(1.0, false), (4.0, false), (6.0, false), (10.0, true), (10.0, true)];
        let (found, variance) = of(&times, 10.0).unwrap();
        assert!((found.value - 6.2).abs() <= 1e-14, "{found:?}");
        let squares: f64 = times.iter().map(|(time, _)| (time - 6.2) * (time - 6.2)).sum();
        assert!((variance - squares / 25.0).abs() <= 1e-13, "{variance}");
        assert!((found.high - found.value - 1.959_964 * libm::sqrt(variance)).abs() <= 1e-5, "{found:?}");
        let (shorter, _) = of(&times, 5.0).unwrap();
        assert!((shorter.value - (1.0 + 4.0 + 15.0) / 5.0).abs() <= 1e-14, "{shorter:?}");
    }

    #[test]
    fn all_censored_single_and_diverged_are_defined() {
        let (never, variance) = of(&[(10.0, true), (f64::NAN, false)], 10.0).unwrap();
        assert_eq!((never.value, never.low, variance), (10.0, 10.0, 0.0));
        let (once, variance) = of(&[(3.0, false)], 10.0).unwrap();
        assert_eq!((once.value, variance), (3.0, 0.0));
        for (times, horizon) in [(&[][..], 10.0), (&[(1.0, false)], 0.0), (&[(1.0, false)], f64::NAN)] {
            assert_eq!(of(times, horizon), None);
        }
    }
}
