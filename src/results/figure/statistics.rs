//! What the figures need of statistics.

/// A median over replicates with the spread around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub median: f64,
    /// Quartiles of four values or more, smallest and largest of two or three.
    pub interval: Option<(f64, f64)>,
}

/// Summarizes `values`, counting each that is not finite as `worst`; absent without values.
pub(super) fn spread(values: &[f64], worst: f64) -> Option<Spread> {
    if values.is_empty() {
        return None;
    }
    let ranked: Vec<f64> = values.iter().map(|&value| if value.is_finite() { value } else { worst }).collect();
    let median = quantile(&ranked, 0.5);
    let interval = match ranked.len() {
        1 => None,
        2 | 3 => Some((quantile(&ranked, 0.0), quantile(&ranked, 1.0))),
        _ => Some((quantile(&ranked, 0.25), quantile(&ranked, 0.75))),
    };
    Some(Spread { median, interval })
}

/// What [`spread`]'s interval is for `n` values, in words.
pub(super) fn interval_name(least: usize, most: usize) -> &'static str {
    match (least, most) {
        (_, 0 | 1) => "a single replicate",
        (_, 2 | 3) => "smallest to largest",
        (0..=3, _) => "quartiles (smallest to largest below four replicates)",
        _ => "quartiles",
    }
}

/// The quantile `q` in 0..=1, interpolated between neighbouring values (type 7 of Hyndman and Fan). Infinite values keep
/// their rank: a quantile that touches one is infinite.
pub(super) fn quantile(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = q * last as f64;
    let below = libm::floor(place) as usize;
    let share = place - below as f64;
    let (low, high) = (sorted[below], sorted[(below + 1).min(last)]);
    if share == 0.0 || low == high { low } else { low + share * (high - low) }
}

/// Wilson's interval for `successes` of `n` at 95 % confidence: (low, high).
pub(super) fn wilson(successes: u64, n: u64) -> (f64, f64) {
    /// The 0.975 quantile of the normal distribution.
    const Z: f64 = 1.959_963_984_540_054;
    if n == 0 {
        return (0.0, 1.0);
    }
    let (n, share) = (n as f64, successes as f64 / n as f64);
    let middle = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_keep_infinite_values_in_their_rank() {
        let values = [1.0, 2.0, 3.0, f64::INFINITY, f64::INFINITY];
        assert_eq!(quantile(&values, 0.5), 3.0);
        assert_eq!(quantile(&values, 0.25), 2.0);
        assert_eq!(quantile(&values, 0.75), f64::INFINITY);
        assert_eq!(quantile(&[1.0, f64::INFINITY], 0.5), f64::INFINITY);
        assert_eq!(quantile(&[1.0, 2.0], 0.5), 1.5);
    }

    #[test]
    fn few_values_show_their_range_and_one_shows_none() {
        assert_eq!(spread(&[], f64::INFINITY), None);
        assert_eq!(spread(&[2.0], f64::INFINITY), Some(Spread { median: 2.0, interval: None }));
        assert_eq!(spread(&[3.0, 1.0, 2.0], 0.0), Some(Spread { median: 2.0, interval: Some((1.0, 3.0)) }));
        let diverged = spread(&[1.0, f64::NAN, 2.0], f64::INFINITY).unwrap();
        assert_eq!(diverged, Spread { median: 2.0, interval: Some((1.0, f64::INFINITY)) });
    }

    #[test]
    fn wilson_matches_published_values() {
        // Newcombe (1998), table I: 81 of 263 and 0 of 20.
        let (low, high) = wilson(81, 263);
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5, "{low} {high}");
        let (low, high) = wilson(0, 20);
        assert!(low == 0.0 && (high - 0.1611).abs() < 5e-5, "{high}");
    }
}
