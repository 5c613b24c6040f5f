//! The effects that so many replicates can find, and the replicates that it takes.

use super::distribution::binomial::probabilities;
use super::distribution::normal::normal_quantile;
use super::permutation::flips;
use super::proportion::fisher_p;
use super::quantile::of_ranked;
use super::test::Alternative;

/// Up to so many pairs all sign flips are looked at in a simulation.
const EXACT: usize = 10;
/// Random flips of a simulated sample beyond.
const FLIPS: usize = 999;
/// The most replicates that are tried.
const MOST: usize = 200;

/// The mean paired difference, in standard deviations of the differences, that the two-sided sign-flip test at `alpha` finds with
/// probability `power` in `n` pairs; infinite where that test can reach no p ≤ α.
///
/// Normal differences are simulated, `simulations` times. The test finds a shift of a sample exactly if its interval's lower end moves
/// past 0, so the answer is the `power` quantile of minus those ends. `random` gives uniform 64-bit words.
///
/// `None` for an `alpha` or a `power` outside (0, 1), without pairs or simulations.
pub fn detectable_difference(
    n: usize,
    alpha: f64,
    power: f64,
    simulations: usize,
    mut random: impl FnMut() -> u64,
) -> Option<f64> {
    let share = |share: f64| share > 0.0 && share < 1.0;
    if !share(alpha) || !share(power) || n == 0 || simulations == 0 {
        return None;
    }
    let mut needed = Vec::with_capacity(simulations);
    for _ in 0..simulations {
        let sample: Vec<f64> = (0..n).map(|_| normal(random())).collect();
        let interval = flips(&sample, EXACT, FLIPS, &mut random).estimate(0.0, n, 1.0 - alpha);
        if interval.confidence < 1.0 - alpha {
            return Some(f64::INFINITY);
        }
        needed.push(-interval.low);
    }
    needed.sort_by(f64::total_cmp);
    of_ranked(&needed, power)
}

/// The fewest pairs in which [`detectable_difference`] is at most `difference`; `None` where 200 are too few.
pub fn pairs_needed(
    difference: f64,
    alpha: f64,
    power: f64,
    simulations: usize,
    mut random: impl FnMut() -> u64,
) -> Option<usize> {
    fewest(|n| {
        let found = detectable_difference(n, alpha, power, simulations, &mut random);
        found.is_some_and(|found| found <= difference)
    })
}

/// The fewest replicates whose least p-value is at most `alpha`, such as 6 for [`least_p_of_sign_flips`](super::least_p_of_sign_flips)
/// at 0.05 and two sides; `None` where 200 are too few. Of m claims corrected by Holm's method the first must reach α/m.
pub fn replicates_to_reach(alpha: f64, least_p: impl Fn(usize) -> f64) -> Option<usize> {
    (1..=MOST).find(|&n| least_p(n) <= alpha)
}

/// The probability that Fisher's exact test at `alpha`, two-sided, tells two proportions of n replicates each apart, computed.
///
/// NaN for a proportion outside [0, 1].
pub fn power_of_fisher(left: f64, right: f64, n: usize, alpha: f64) -> f64 {
    let proportion = |p: f64| (0.0..=1.0).contains(&p);
    if !proportion(left) || !proportion(right) {
        return f64::NAN;
    }
    let (ours, theirs) = (probabilities(n, left), probabilities(n, right));
    let mut power = 0.0;
    for (x, ours) in ours.iter().enumerate() {
        for (y, theirs) in theirs.iter().enumerate() {
            let (below, above) = fisher_p((x, n), (y, n));
            if Alternative::TwoSided.p(below, above) <= alpha {
                power += ours * theirs;
            }
        }
    }
    power
}

/// The fewest replicates on either side for which [`power_of_fisher`] reaches `power`; `None` where 200 are too few.
pub fn replicates_needed_for_proportions(left: f64, right: f64, alpha: f64, power: f64) -> Option<usize> {
    fewest(|n| power_of_fisher(left, right, n, alpha) >= power)
}

/// The least n that is enough, where more are enough too but for small steps back.
fn fewest(mut enough: impl FnMut(usize) -> bool) -> Option<usize> {
    let (mut too_few, mut most) = (0, 1);
    while !enough(most) {
        if most == MOST {
            return None;
        }
        (too_few, most) = (most, (2 * most).min(MOST));
    }
    (too_few + 1..=most).find(|&n| enough(n))
}

/// A standard normal of one word, by inversion.
fn normal(word: u64) -> f64 {
    normal_quantile(((word >> 11) as f64 + 0.5) * (1.0 / (1_u64 << 53) as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::test_words::words;
    use crate::stats::{
        least_p_of_correlation, least_p_of_fisher, least_p_of_page, least_p_of_permutations, least_p_of_sign_flips,
    };

    /// With many pairs the sign-flip test finds what the t-test finds: (z₀.₉₇₅ + z₀.₈)/√n, and a little more for few.
    #[test]
    fn the_detectable_difference_is_near_that_of_the_t_test() {
        let found = |n| detectable_difference(n, 0.05, 0.8, 2000, words(4)).unwrap();
        // By statsmodels' TTestPower: 0.9964 at n = 10, 0.4089 at 49.
        assert!((found(10) - 0.996).abs() <= 0.06, "{}", found(10));
        assert!((found(49) - 0.409).abs() <= 0.03, "{}", found(49));
        assert_eq!((found(5), found(1)), (f64::INFINITY, f64::INFINITY));
        assert!(found(6).is_finite());
        for (alpha, power, n) in [(0.0, 0.8, 10), (0.05, 1.0, 10), (0.05, f64::NAN, 10), (0.05, 0.8, 0)] {
            assert_eq!(detectable_difference(n, alpha, power, 10, words(1)), None);
        }
        let needed = pairs_needed(1.0, 0.05, 0.8, 2000, words(4)).unwrap();
        assert!((9..=12).contains(&needed), "{needed}");
        assert_eq!(pairs_needed(1e-3, 0.05, 0.8, 50, words(4)), None);
    }

    #[test]
    fn the_replicates_that_a_test_needs_at_least_are_those_of_its_least_p() {
        let two_sided = Alternative::TwoSided;
        assert_eq!(replicates_to_reach(0.05, |n| least_p_of_sign_flips(n, two_sided)), Some(6));
        assert_eq!(replicates_to_reach(0.05, |n| least_p_of_permutations(n, n, two_sided)), Some(4));
        assert_eq!(replicates_to_reach(0.05, |n| least_p_of_fisher(n, n, two_sided)), Some(4));
        assert_eq!(replicates_to_reach(0.05, |n| least_p_of_page(n, 3, two_sided)), Some(3));
        assert_eq!(replicates_to_reach(0.05, |n| least_p_of_correlation(n, two_sided)), Some(5));
        // Seven claims at once.
        assert_eq!(replicates_to_reach(0.05 / 7.0, |n| least_p_of_sign_flips(n, two_sided)), Some(9));
        assert_eq!(replicates_to_reach(1e-9, |n| least_p_of_sign_flips(n, two_sided)), None);
        assert_eq!(replicates_to_reach(f64::NAN, |_| 0.0), None);
    }

    #[test]
    fn power_for_proportions_is_computed() {
        // Only 5 of 5 against 0 of 5, or one less on one side: p = 2/252 and 12/252.
        let power = power_of_fisher(0.9, 0.1, 5, 0.05);
        let (five, four) = (libm::pow(0.9, 5.0), 5.0 * libm::pow(0.9, 4.0) * 0.1);
        assert!((power - five * (five + 2.0 * four)).abs() <= 1e-6, "{power}");
        assert_eq!(power_of_fisher(1.0, 0.0, 3, 0.05), 0.0);
        assert_eq!(power_of_fisher(1.0, 0.0, 4, 0.05), 1.0);
        assert_eq!(replicates_needed_for_proportions(1.0, 0.0, 0.05, 0.8), Some(4));
        assert_eq!(replicates_needed_for_proportions(0.5, 0.51, 0.05, 0.8), None);
        assert!(power_of_fisher(f64::NAN, 0.5, 5, 0.05).is_nan());
    }
}
