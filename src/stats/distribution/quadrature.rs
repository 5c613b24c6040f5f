//! Integrals of smooth functions.

/// Nodes of the rule; it is exact for polynomials of degree 63.
const NODES: usize = 32;

/// The integral of a smooth function from `low` to `high`, by Gauss and Legendre's rule on each of `panels` equal parts.
pub(in crate::stats) fn integral(low: f64, high: f64, panels: usize, function: impl Fn(f64) -> f64) -> f64 {
    let rule = rule();
    let half = 0.5 * (high - low) / panels as f64;
    let mut sum = 0.0;
    for panel in 0..panels {
        let centre = low + half * (2 * panel + 1) as f64;
        sum += rule.iter().map(|(node, weight)| weight * function(centre + half * node)).sum::<f64>();
    }
    half * sum
}

/// Nodes within [−1, 1] and their weights: the roots of the Legendre polynomial, by Newton's method.
fn rule() -> [(f64, f64); NODES] {
    let count = NODES as f64;
    let mut rule = [(0.0, 0.0); NODES];
    for (at, place) in rule.iter_mut().enumerate() {
        let mut x = libm::cos(std::f64::consts::PI * (at as f64 + 0.75) / (count + 0.5));
        let mut slope = 1.0;
        for _ in 0..10 {
            let (mut before, mut value) = (1.0, x);
            for degree in 2..=NODES {
                let degree = degree as f64;
                (before, value) = (value, ((2.0 * degree - 1.0) * x * value - (degree - 1.0) * before) / degree);
            }
            slope = count * (x * value - before) / (x * x - 1.0);
            x -= value / slope;
        }
        *place = (x, 2.0 / ((1.0 - x * x) * slope * slope));
    }
    rule
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_integrated_exactly() {
        assert!((integral(0.0, 1.0, 1, |x| libm::pow(x, 60.0)) - 1.0 / 61.0).abs() <= 1e-15);
        assert!((integral(-1.0, 3.0, 3, |x| x * x) - 28.0 / 3.0).abs() <= 1e-13);
        assert!((integral(0.0, 20.0, 4, |x| libm::exp(-x)) - 1.0).abs() <= 1e-8);
        assert_eq!(integral(1.0, 1.0, 2, |x| x), 0.0);
    }
}
