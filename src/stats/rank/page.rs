//! Page's test of a monotone trend over ordered conditions.

use super::midranks::midranks;
use super::permutations::{factorial, products};
use crate::stats::bounded::bounded_mean;
use crate::stats::order::NonFinite;
use crate::stats::permutation::{RESAMPLES, choose};
use crate::stats::test::{Alternative, Test};

/// Up to so many conditions the distribution is computed; beyond, drawn.
const EXACT_CONDITIONS: usize = 7;

/// Page's test of a trend: whether values rise with the order of the conditions, such as the lengths of a task, within the replicates.
///
/// Each row is a replicate with one value per condition, in their order. L = Σ_j j·R_j, with R_j the sum over rows of the ranks within
/// the row; if no condition differs, all orders within a row are equally likely. The p-value is exact for up to 7 conditions, ties or
/// not, and of 9999 random orders and the observed one beyond. Values that are not finite rank as `non_finite` says.
///
/// The effect is the mean over rows of Spearman's correlation between value and condition (0 for a row that does not vary), with the
/// interval of [`bounded_mean`] over the rows.
///
/// Page, "Ordered hypotheses for multiple treatments: a significance test for linear ranks", 1963.
///
/// `None` without rows, for rows of unequal length or of fewer than two values, or for a confidence outside (0, 1).
pub fn page_test(
    rows: &[&[f64]],
    non_finite: NonFinite,
    alternative: Alternative,
    confidence: f64,
    mut random: impl FnMut() -> u64,
) -> Option<Test> {
    let conditions = rows.first()?.len();
    if conditions < 2 || rows.iter().any(|row| row.len() != conditions) {
        return None;
    }
    let weights: Vec<f64> = (1..=conditions).map(|place| place as f64).collect();
    let ranks: Vec<Vec<f64>> = rows.iter().map(|row| midranks(row, non_finite)).collect();
    let sum = |ranks: &[f64]| weights.iter().zip(ranks).map(|(weight, rank)| weight * rank).sum::<f64>();
    let statistic: f64 = ranks.iter().map(|ranks| sum(ranks)).sum();
    let exact = conditions <= EXACT_CONDITIONS;
    let (below, above) = if exact {
        tails(&weights, &ranks, statistic)
    } else {
        let mut drawn = ranks.clone();
        let mut resample = || -> f64 {
            let each = drawn.iter_mut().map(|row| {
                choose(row, conditions, &mut random);
                sum(row)
            });
            each.sum()
        };
        let sums: Vec<f64> = std::iter::repeat_with(&mut resample).take(RESAMPLES).collect();
        // All sums are multiples of ½ and exact.
        let share = |count: usize| (count + 1) as f64 / (RESAMPLES + 1) as f64;
        (
            share(sums.iter().filter(|sum| **sum <= statistic).count()),
            share(sums.iter().filter(|sum| **sum >= statistic).count()),
        )
    };
    let correlations: Vec<f64> = ranks.iter().map(|ranks| correlation(&weights, ranks)).collect();
    Some(Test {
        name: if exact { "Page's trend test (exact)" } else { "Page's trend test (9999 random orders)" },
        statistic,
        p: alternative.p(below, above),
        least_p: least_p_of_page(rows.len(), conditions, alternative),
        n: rows.len(),
        effect: bounded_mean(&[&correlations], (-1.0, 1.0), confidence, &mut random)?,
    })
}

/// The smallest p-value of [`page_test`] for so many rows and conditions without ties, such as 2/36 for 2 rows of 3 and two sides.
pub fn least_p_of_page(rows: usize, conditions: usize, alternative: Alternative) -> f64 {
    let exact = conditions <= EXACT_CONDITIONS;
    let orders = if exact { libm::pow(factorial(conditions), rows as f64) } else { (RESAMPLES + 1) as f64 };
    (alternative.sides() / orders).min(1.0)
}

/// The correlation of one row's ranks with the order of the conditions; 0 where they do not vary.
fn correlation(weights: &[f64], ranks: &[f64]) -> f64 {
    let mean = (weights.len() + 1) as f64 / 2.0;
    let product = |left: &[f64], right: &[f64]| -> f64 {
        left.iter().zip(right).map(|(left, right)| (left - mean) * (right - mean)).sum()
    };
    let scale = libm::sqrt(product(weights, weights) * product(ranks, ranks));
    if scale > 0.0 { (product(weights, ranks) / scale).clamp(-1.0, 1.0) } else { 0.0 }
}

/// The probabilities that L is at most and at least `statistic`, by convolving the distributions of the rows.
fn tails(weights: &[f64], ranks: &[Vec<f64>], statistic: f64) -> (f64, f64) {
    // Twice a sum of products with midranks is a whole number.
    let doubled = |sum: f64| (2.0 * sum) as usize;
    let mut distribution = vec![1.0];
    for row in ranks {
        let sums = products(weights, row);
        let most = sums.iter().copied().map(doubled).max().unwrap_or(0);
        let mut of_row = vec![0.0; most + 1];
        sums.iter().for_each(|&sum| of_row[doubled(sum)] += 1.0 / sums.len() as f64);
        let mut next = vec![0.0; distribution.len() + most];
        for (place, probability) in distribution.iter().enumerate().filter(|(_, probability)| **probability > 0.0) {
            for (further, of_row) in of_row.iter().enumerate().filter(|(_, of_row)| **of_row > 0.0) {
                next[place + further] += probability * of_row;
            }
        }
        distribution = next;
    }
    let at = doubled(statistic);
    (distribution[..=at].iter().sum(), distribution[at..].iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::test_words::words;

    fn test(rows: &[&[f64]], alternative: Alternative) -> Option<Test> {
        page_test(rows, NonFinite::Highest, alternative, 0.95, words(1))
    }

    #[test]
    fn p_is_that_counted_by_hand() {
        // Three conditions, two rows: only one of 36 orders rises in both rows; L is 28, the most.
        let rising = test(&[&[1.0, 2.0, 3.0], &[0.1, 0.2, 0.9]], Alternative::Greater).unwrap();
        assert_eq!((rising.statistic, rising.effect.value), (28.0, 1.0));
        assert!((rising.p - 1.0 / 36.0).abs() <= 1e-15 && (rising.least_p - 1.0 / 36.0).abs() <= 1e-15, "{rising:?}");
        let falling = test(&[&[3.0, 2.0, 1.0], &[0.9, 0.2, 0.1]], Alternative::Less).unwrap();
        assert!((falling.p - 1.0 / 36.0).abs() <= 1e-15 && falling.effect.value == -1.0, "{falling:?}");
        // One row with one neighbouring exchange, L = 27: 1 + 2·2 of 36.
        let nearly = test(&[&[1.0, 2.0, 3.0], &[0.2, 0.1, 0.9]], Alternative::Greater).unwrap();
        assert!((nearly.p - 5.0 / 36.0).abs() <= 1e-15, "{nearly:?}");
    }

    #[test]
    fn ties_divergence_and_odd_rows_are_defined() {
        let flat = test(&[&[1.0; 3], &[2.0; 3]], Alternative::TwoSided).unwrap();
        assert_eq!((flat.p, flat.effect.value), (1.0, 0.0));
        let diverged = test(&[&[1.0, 2.0, f64::NAN], &[1.0, f64::INFINITY, f64::NAN]], Alternative::Greater).unwrap();
        // The tied row has 3 orders, of which 1 is as high: 1/6·1/3.
        assert!((diverged.p - 1.0 / 18.0).abs() <= 1e-15, "{diverged:?}");
        assert_eq!(test(&[&[1.0, 2.0], &[1.0]], Alternative::Greater), None);
        assert_eq!(test(&[&[1.0]], Alternative::Greater), None);
        assert_eq!(test(&[], Alternative::Greater), None);
    }

    /// Of 8 conditions orders are drawn; the exact p of four rows with one exchange each is below what drawing can give.
    #[test]
    fn of_many_conditions_it_draws() {
        let row: Vec<f64> = (0..8).map(f64::from).collect();
        let found = test(&[&row, &row, &row], Alternative::TwoSided).unwrap();
        assert_eq!((found.p, found.least_p), (2e-4, 2e-4));
        assert_eq!(found.name, "Page's trend test (9999 random orders)");
        let mixed: Vec<f64> = (0..8).map(|x| f64::from((x * 5) % 8)).collect();
        let drawn = test(&[&mixed], Alternative::Greater).unwrap();
        let exact = crate::stats::spearman_test(
            (&row, NonFinite::Highest),
            (&mixed, NonFinite::Highest),
            Alternative::Greater,
            0.95,
            words(1),
        );
        assert!((drawn.p - exact.unwrap().p).abs() <= 0.02, "{drawn:?}");
    }
}
