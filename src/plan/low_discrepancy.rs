//! Points that fill a cube evenly.

use crate::seed::Draws;

/// `count` points of the unit cube of `dimensions`, by Roberts' additive recurrence: point k is the fractional part of
/// shift + k·(1/φ, 1/φ², …) with φ the positive root of x^(d+1) = x + 1, and a random shift.
///
/// Source: M. Roberts 2018, "The unreasonable effectiveness of quasirandom sequences".
pub(super) fn unit_points(count: usize, dimensions: usize, draws: &mut Draws) -> Vec<Vec<f64>> {
    let mut root: f64 = 2.0;
    for _ in 0..64 {
        root = libm::pow(1.0 + root, 1.0 / (dimensions as f64 + 1.0));
    }
    let steps: Vec<f64> = (1..=dimensions).map(|power| 1.0 / libm::pow(root, power as f64)).collect();
    let shift: Vec<f64> = steps.iter().map(|_| draws.uniform()).collect();
    let coordinate = |k: usize, d: usize| {
        let value = shift[d] + k as f64 * steps[d];
        value - libm::floor(value)
    };
    (0..count).map(|k| (0..dimensions).map(|d| coordinate(k, d)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::{Purpose, stream};

    #[test]
    fn points_fill_the_square_more_evenly_than_chance() {
        let points = unit_points(64, 2, &mut stream(0, Purpose::Sweep, &[]).at(0));
        let mut counts = [0; 16];
        for point in &points {
            assert!(point.iter().all(|x| (0.0..1.0).contains(x)));
            counts[(point[0] * 4.0) as usize * 4 + (point[1] * 4.0) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (2..=6).contains(count)), "{counts:?}");
    }
}
