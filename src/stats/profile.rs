//! Performance profiles.

use super::bounded::bounded_mean;
use super::estimate::Estimate;

/// A performance profile: for each threshold the share of trials whose score is at most that, over the mean of the tasks.
///
/// Each stratum has the scores of a method's trials on one task, lower being better, such as updates to target over the budget. The band
/// is pointwise, the interval of [`bounded_mean`]; of a single task that of a proportion. A score that is not a number is above every
/// threshold.
///
/// Dolan and Moré, "Benchmarking optimization software with performance profiles", 2002. Agarwal et al., arXiv:2108.13264v4, section 4.2,
/// who draw the share above.
///
/// `None` without trials, for a task without trials, or a confidence outside (0, 1).
pub fn performance_profile(
    strata: &[&[f64]],
    thresholds: &[f64],
    confidence: f64,
    mut random: impl FnMut() -> u64,
) -> Option<Vec<Estimate>> {
    let at = |&threshold: &f64| {
        let reached = |stratum: &&[f64]| -> Vec<f64> {
            stratum.iter().map(|&score| f64::from(u8::from(score <= threshold))).collect()
        };
        let reached: Vec<Vec<f64>> = strata.iter().map(reached).collect();
        let reached: Vec<&[f64]> = reached.iter().map(Vec::as_slice).collect();
        bounded_mean(&reached, (0.0, 1.0), confidence, &mut random)
    };
    thresholds.iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::test_words::words;

    #[test]
    fn a_profile_rises_from_none_to_all_that_reach_it() {
        let strata: [&[f64]; 2] = [&[0.1, 0.5, f64::NAN], &[0.2, 0.3, 0.4, f64::INFINITY]];
        let found = performance_profile(&strata, &[0.0, 0.25, 0.5, 1.0], 0.95, words(1)).unwrap();
        let values: Vec<f64> = found.iter().map(|estimate| estimate.value).collect();
        let expected = [0.0, (1.0 / 3.0 + 0.25) / 2.0, (2.0 / 3.0 + 0.75) / 2.0, (2.0 / 3.0 + 0.75) / 2.0];
        assert!(values.iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= 1e-15), "{values:?}");
        assert!(found.iter().all(|point| point.low < point.high && point.n == 7));
        assert_eq!(performance_profile(&[&[]], &[0.5], 0.95, words(1)), None);
        assert_eq!(performance_profile(&strata, &[], 0.95, words(1)), Some(vec![]));
    }
}
