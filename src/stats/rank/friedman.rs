//! Friedman's test of several methods over the same tasks, and which of them differ.

use super::midranks::{midranks, tie_correction};
use crate::stats::distribution::beta::f_survival;
use crate::stats::distribution::gamma::chi_squared_survival;
use crate::stats::distribution::normal::normal_cdf;
use crate::stats::distribution::studentized_range::{range_quantile, range_survival};
use crate::stats::multiple::holm;
use crate::stats::order::NonFinite;

/// How methods rank over blocks, such as tasks, and whether they differ at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Friedman {
    /// The mean rank of each method over the blocks; 1 is the lowest value.
    pub mean_ranks: Vec<f64>,
    /// The number of blocks.
    pub blocks: usize,
    /// Friedman's χ², corrected for ties, with one degree of freedom less than methods.
    pub chi_squared: f64,
    /// The p-value of χ², which is too large for few blocks.
    pub p: f64,
    /// Iman and Davenport's F, infinite where all blocks rank alike.
    pub f: f64,
    /// The p-value of F, the better approximation.
    pub f_p: f64,
}

/// Friedman's test whether methods differ, by their ranks within blocks: each row is a block with one value per method.
///
/// χ² is corrected for ties; where every row is flat it is 0 and p is 1. Iman and Davenport's F has k − 1 and (k − 1)(n − 1)
/// degrees of freedom; with a single block there is none and its p is 1. Values that are not finite rank as `non_finite` says.
///
/// Friedman, "The use of ranks to avoid the assumption of normality", 1937. Iman and Davenport, "Approximations of the critical region
/// of the Friedman statistic", 1980. Demšar, "Statistical comparisons of classifiers over multiple data sets", 2006.
///
/// `None` without rows, for rows of unequal length or fewer than two methods.
pub fn friedman_test(rows: &[&[f64]], non_finite: NonFinite) -> Option<Friedman> {
    let methods = rows.first()?.len();
    if methods < 2 || rows.iter().any(|row| row.len() != methods) {
        return None;
    }
    let ranks: Vec<Vec<f64>> = rows.iter().map(|row| midranks(row, non_finite)).collect();
    let (n, k) = (rows.len() as f64, methods as f64);
    let sums: Vec<f64> = (0..methods).map(|method| ranks.iter().map(|row| row[method]).sum()).collect();
    let ties: f64 = ranks.iter().map(|row| tie_correction(row)).sum();
    let spread: f64 = sums.iter().map(|sum| (sum - n * (k + 1.0) / 2.0) * (sum - n * (k + 1.0) / 2.0)).sum();
    let scale = n * k * (k + 1.0) - ties / (k - 1.0);
    // With flat rows only, both are 0 up to rounding.
    let chi_squared = if scale > 1e-9 * n { 12.0 * spread / scale } else { 0.0 };
    let rest = n * (k - 1.0) - chi_squared;
    let f = match () {
        () if rows.len() < 2 || chi_squared == 0.0 => 0.0,
        () if rest <= 1e-9 * n => f64::INFINITY,
        () => (n - 1.0) * chi_squared / rest,
    };
    Some(Friedman {
        mean_ranks: sums.iter().map(|sum| sum / n).collect(),
        blocks: rows.len(),
        chi_squared,
        p: chi_squared_survival(chi_squared, k - 1.0),
        f,
        f_p: if rows.len() < 2 { 1.0 } else { f_survival(f, k - 1.0, (k - 1.0) * (n - 1.0)) },
    })
}

impl Friedman {
    /// The standard error of a difference of mean ranks, without ties.
    fn error(&self) -> f64 {
        let k = self.mean_ranks.len() as f64;
        libm::sqrt(k * (k + 1.0) / (6.0 * self.blocks as f64))
    }

    /// The difference of mean ranks beyond which Nemenyi's test tells two methods apart at `alpha`, with all pairs of methods compared:
    /// the bar of a critical-difference diagram. NaN for an α outside (0, 1).
    ///
    /// Nemenyi, "Distribution-free multiple comparisons", 1963.
    pub fn critical_difference(&self, alpha: f64) -> f64 {
        if !(alpha > 0.0 && alpha < 1.0) {
            return f64::NAN;
        }
        range_quantile(alpha, self.mean_ranks.len()) * std::f64::consts::FRAC_1_SQRT_2 * self.error()
    }

    /// Nemenyi's p-value of each pair of methods (i < j, by i, then j), adjusted for all pairs.
    pub fn nemenyi(&self) -> Vec<f64> {
        let methods = self.mean_ranks.len();
        self.pairs(|z| range_survival(z * std::f64::consts::SQRT_2, methods))
    }

    /// The p-value of each pair of methods (i < j, by i, then j) by the normal approximation, adjusted for all pairs by Holm's method.
    pub fn pairwise_holm(&self) -> Vec<f64> {
        holm(&self.pairs(|z| 2.0 * normal_cdf(-z)))
    }

    fn pairs(&self, p: impl Fn(f64) -> f64) -> Vec<f64> {
        let (ranks, error) = (&self.mean_ranks, self.error());
        let pairs = (0..ranks.len()).flat_map(|i| (i + 1..ranks.len()).map(move |j| (i, j)));
        pairs.map(|(i, j)| p((ranks[i] - ranks[j]).abs() / error)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three methods that rank alike in every one of four blocks: the largest χ² there is.
    #[test]
    fn statistics_are_those_worked_by_hand() {
        let row: &[f64] = &[1.0, 2.0, 3.0];
        let found = friedman_test(&[row; 4], NonFinite::Highest).unwrap();
        assert_eq!((found.mean_ranks.as_slice(), found.chi_squared, found.f), (row, 8.0, f64::INFINITY));
        assert!((found.p - libm::exp(-4.0)).abs() <= 1e-14 && found.f_p == 0.0, "{found:?}");
        // 2.343·√(3·4/(6·4)).
        assert!((found.critical_difference(0.05) - 2.343 * libm::sqrt(0.5)).abs() <= 1e-3);
        assert_eq!(found.nemenyi().len(), 3);
        // 1.41 standard errors apart, and 2.83.
        let p = found.pairwise_holm();
        assert!((p[1] - 3.0 * libm::erfc(2.0)).abs() <= 1e-14 && (p[0] - 2.0 * libm::erfc(1.0)).abs() <= 1e-14);
        let threshold = found.critical_difference(0.05);
        for (p, difference) in found.nemenyi().iter().zip([1.0, 2.0, 1.0]) {
            assert_eq!(*p < 0.05, difference > threshold, "{p}");
        }
    }

    #[test]
    fn ties_divergence_and_single_blocks_are_defined() {
        let flat = friedman_test(&[&[1.0, 1.0, 1.0], &[2.0, 2.0, 2.0]], NonFinite::Highest).unwrap();
        assert_eq!((flat.chi_squared, flat.p, flat.f, flat.f_p), (0.0, 1.0, 0.0, 1.0));
        assert!(flat.nemenyi().iter().all(|p| (p - 1.0).abs() <= 1e-12));
        let diverged = friedman_test(&[&[1.0, f64::NAN, f64::INFINITY][..]; 3], NonFinite::Highest).unwrap();
        assert_eq!(diverged.mean_ranks, [1.0, 2.5, 2.5]);
        let single = friedman_test(&[&[1.0, 2.0]], NonFinite::Highest).unwrap();
        assert_eq!((single.chi_squared, single.f_p), (1.0, 1.0));
        assert!(single.critical_difference(1.5).is_nan());
        assert_eq!(friedman_test(&[&[1.0, 2.0], &[1.0]], NonFinite::Highest), None);
        assert_eq!(friedman_test(&[&[1.0]], NonFinite::Highest), None);
        assert_eq!(friedman_test(&[], NonFinite::Highest), None);
    }
}
