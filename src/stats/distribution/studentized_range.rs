//! The studentized range with infinitely many degrees of freedom: the range of standard normals.

use super::normal::{normal_cdf, normal_density};
use super::quadrature::integral;
use super::root::crossing;

/// Beyond this, the density of a standard normal does not count.
const FARTHEST: f64 = 9.0;
const PANELS: usize = 8;

/// The probability that the range of `count` independent standard normals is at least `q`.
///
/// The largest lies at z, the others between z − q and z: P(range ≤ q) = k ∫ φ(z)·(Φ(z) − Φ(z − q))ᵏ⁻¹ dz.
pub(in crate::stats) fn range_survival(q: f64, count: usize) -> f64 {
    if q <= 0.0 {
        return 1.0;
    }
    if q == f64::INFINITY {
        return 0.0;
    }
    let k = count as f64;
    // 1 = k ∫ φ·Φᵏ⁻¹, so that small tails keep their digits.
    let beyond = |z: f64| {
        let all = normal_cdf(z);
        let within = all - normal_cdf(z - q);
        normal_density(z) * (libm::pow(all, k - 1.0) - libm::pow(within, k - 1.0))
    };
    (k * integral(-FARTHEST, FARTHEST, PANELS, beyond)).clamp(0.0, 1.0)
}

/// The range that `count` independent standard normals exceed with probability `tail`.
pub(in crate::stats) fn range_quantile(tail: f64, count: usize) -> f64 {
    crossing(0.0, 4.0 * FARTHEST, |q| tail - range_survival(q, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of two normals the range is |Z|·√2; others are of the tables of Nemenyi's test, q/√2 as Demšar 2006 prints it.
    #[test]
    fn it_is_that_of_the_tables() {
        for q in [0.1, 1.0, 2.77, 6.0] {
            assert!((range_survival(q, 2) - libm::erfc(0.5 * q)).abs() <= 1e-13, "{q}");
        }
        for (count, q) in [(2, 1.960), (3, 2.343), (4, 2.569), (5, 2.728), (10, 3.164)] {
            let found = range_quantile(0.05, count) * std::f64::consts::FRAC_1_SQRT_2;
            assert!((found - q).abs() <= 1e-3, "{count}: {found}");
        }
        assert_eq!((range_survival(0.0, 3), range_survival(f64::INFINITY, 3)), (1.0, 0.0));
    }
}
