//! A median with a band around it, for figures.

use super::order::{NonFinite, ranked};
use super::quantile::of_ranked;

/// The fewest values whose band spans the quartiles.
const QUARTILES_FROM: usize = 4;

/// A median with the band of the values around it, which is no confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The quartiles of four values or more, the smallest and the largest of two or three, nothing of one.
    pub band: Option<(f64, f64)>,
    /// The number of values that it rests on.
    pub n: usize,
}

/// The share of `n` values that lies below the band, and above it.
pub fn tail(n: usize) -> f64 {
    if n < QUARTILES_FROM { 0.0 } else { 0.25 }
}

/// The median and band of `values`; a value that is not finite ranks as `non_finite` says. `None` without values.
pub fn spread(values: &[f64], non_finite: NonFinite) -> Option<Spread> {
    let ranked = ranked(values, non_finite);
    let n = ranked.len();
    let tail = tail(n);
    let band = of_ranked(&ranked, tail).zip(of_ranked(&ranked, 1.0 - tail)).filter(|_| n > 1);
    Some(Spread { median: of_ranked(&ranked, 0.5)?, band, n })
}

/// The band of [`spread`] in words, where it is of `least` to `most` values.
pub fn band_in_words(least: usize, most: usize) -> &'static str {
    match (least, most) {
        (_, 0 | 1) => "a single replicate",
        (_, ..QUARTILES_FROM) => "smallest to largest",
        (..QUARTILES_FROM, _) => "quartiles (smallest to largest below four replicates)",
        _ => "quartiles",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_show_their_range_and_one_shows_none() {
        let of = |values: &[f64], non_finite| spread(values, non_finite).map(|spread| (spread.median, spread.band));
        assert_eq!(of(&[], NonFinite::Highest), None);
        assert_eq!(of(&[2.0], NonFinite::Highest), Some((2.0, None)));
        assert_eq!(of(&[1.0, 2.0], NonFinite::Highest), Some((1.5, Some((1.0, 2.0)))));
        assert_eq!(of(&[3.0, 1.0, 2.0], NonFinite::Lowest), Some((2.0, Some((1.0, 3.0)))));
        assert_eq!(of(&[1.0, f64::NAN, 2.0], NonFinite::Highest), Some((2.0, Some((1.0, f64::INFINITY)))));
        assert_eq!(of(&[1.0, f64::NAN, 2.0], NonFinite::Lowest), Some((1.0, Some((f64::NEG_INFINITY, 2.0)))));
    }

    /// Of four values and more the band holds the middle half: as many values below it as above, a quarter each.
    #[test]
    fn the_band_of_four_and_more_is_the_middle_half() {
        for n in 4..40_u32 {
            let values: Vec<f64> = (0..n).map(|x| f64::from((x * 7 + 3) % n)).collect();
            let values = if n % 7 == 0 { (0..n).map(f64::from).collect() } else { values };
            let Spread { median, band: Some((low, high)), n: rests_on } = spread(&values, NonFinite::Highest).unwrap()
            else {
                panic!("no band of {n}")
            };
            let last = f64::from(n - 1);
            assert_eq!(rests_on, n as usize);
            assert!((median - last / 2.0).abs() <= 1e-12, "{n}: {median}");
            assert!((low - last / 4.0).abs() <= 1e-12 && (high - 3.0 * last / 4.0).abs() <= 1e-12, "{n}: {low} {high}");
        }
    }

    #[test]
    fn the_words_are_those_of_the_band() {
        for n in 1..8 {
            let values: Vec<f64> = (0..n).map(|x| f64::from(x * x)).collect();
            let band = spread(&values, NonFinite::Highest).unwrap().band;
            let range = (values[0], values[n as usize - 1]);
            let words = match band {
                None => "a single replicate",
                Some(band) if band == range => "smallest to largest",
                Some(_) => "quartiles",
            };
            assert_eq!(band_in_words(n as usize, n as usize), words, "{n}");
        }
        assert!(band_in_words(3, 4).contains("quartiles (smallest"));
    }
}
