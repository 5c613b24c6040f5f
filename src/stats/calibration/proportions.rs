//! The coverage of intervals of proportions and of their differences, computed over all outcomes.

use crate::stats::distribution::binomial::probabilities;
use crate::stats::{
    Alternative, CONFIDENCE, Estimate, bounded_mean, clopper_pearson, fisher_exact_test, newcombe, newcombe_paired,
    test_words::words, wilson,
};

/// The least coverage of an interval over proportions, and its mean.
pub(super) struct Least {
    pub(super) interval: &'static str,
    pub(super) n: usize,
    pub(super) least: f64,
    pub(super) mean: f64,
}

/// Proportions from 0.01 to 0.99.
fn grid(steps: u32) -> impl Iterator<Item = f64> + Clone {
    (1..steps).map(move |step| f64::from(step) / f64::from(steps))
}

pub(super) fn of_proportions(n: usize) -> Vec<Least> {
    let single = |interval, of: fn(usize, usize, f64) -> Option<Estimate>| {
        let ends: Vec<Estimate> = (0..=n).map(|successes| of(successes, n, CONFIDENCE).unwrap()).collect();
        let covered = |p: f64| -> f64 {
            let covers = |end: &Estimate| f64::from(u8::from(end.low <= p && p <= end.high));
            probabilities(n, p).iter().zip(&ends).map(|(p, end)| p * covers(end)).sum()
        };
        least(interval, n, grid(1000).map(covered))
    };
    let melded = |x, y| fisher_exact_test((x, n), (y, n), Alternative::TwoSided, CONFIDENCE).unwrap().effect;
    let scored = |x, y| newcombe((x, n), (y, n), CONFIDENCE).unwrap();
    vec![
        single("Clopper and Pearson", clopper_pearson),
        single("Wilson", wilson),
        least("difference, melded", n, independent(n, melded)),
        least("difference, Newcombe", n, independent(n, scored)),
        least(
            "paired difference, bounded mean",
            n,
            paired(n, |both, left, right| {
                let mut differences = vec![0.0; n];
                differences[..left].fill(1.0);
                differences[left..left + right].fill(-1.0);
                let _ = both;
                bounded_mean(&[&differences], (-1.0, 1.0), CONFIDENCE, words(1)).unwrap()
            }),
        ),
        least(
            "paired difference, Newcombe",
            n,
            paired(n, |both, left, right| newcombe_paired(both, left, right, n, CONFIDENCE).unwrap()),
        ),
    ]
}

fn least(interval: &'static str, n: usize, covered: impl Iterator<Item = f64>) -> Least {
    let covered: Vec<f64> = covered.collect();
    let mean = covered.iter().sum::<f64>() / covered.len() as f64;
    Least { interval, n, least: covered.into_iter().fold(1.0, f64::min), mean }
}

/// The coverage of a difference for pairs of proportions.
fn independent(n: usize, of: impl Fn(usize, usize) -> Estimate) -> impl Iterator<Item = f64> {
    let outcomes: Vec<(usize, usize)> = (0..=n).flat_map(|x| (0..=n).map(move |y| (x, y))).collect();
    let ends: Vec<Estimate> = outcomes.iter().map(|&(x, y)| of(x, y)).collect();
    grid(40).flat_map(|left| grid(40).map(move |right| (left, right))).map(move |(left, right)| {
        let (ours, theirs) = (probabilities(n, left), probabilities(n, right));
        let covers = |end: &Estimate| end.low <= left - right + 1e-12 && left - right - 1e-12 <= end.high;
        let covered = outcomes.iter().zip(&ends).filter(|(_, end)| covers(end));
        covered.map(|(&(x, y), _)| ours[x] * theirs[y]).sum()
    })
}

/// The coverage of a difference for probabilities that both, only the left, and only the right of a pair succeed.
fn paired(n: usize, of: impl Fn(usize, usize, usize) -> Estimate) -> impl Iterator<Item = f64> {
    let mut outcomes = vec![];
    for both in 0..=n {
        for left in 0..=n - both {
            outcomes.extend((0..=n - both - left).map(|right| (both, left, right)));
        }
    }
    let ends: Vec<Estimate> = outcomes.iter().map(|&(both, left, right)| of(both, left, right)).collect();
    let log = |count: usize| libm::lgamma(count as f64 + 1.0);
    let chances =
        grid(12).flat_map(|both| grid(12).flat_map(move |left| grid(12).map(move |right| (both, left, right))));
    chances.filter(|(both, left, right)| both + left + right < 0.999).map(move |(both, left, right)| {
        let chance = |&(b, l, r): &(usize, usize, usize)| {
            let rest = n - b - l - r;
            let ways = log(n) - log(b) - log(l) - log(r) - log(rest);
            let part = |count: usize, p: f64| count as f64 * libm::log(p);
            libm::exp(ways + part(b, both) + part(l, left) + part(r, right) + part(rest, 1.0 - both - left - right))
        };
        let covers = |end: &Estimate| end.low <= left - right + 1e-12 && left - right - 1e-12 <= end.high;
        outcomes.iter().zip(&ends).filter(|(_, end)| covers(end)).map(|(outcome, _)| chance(outcome)).sum()
    })
}

/// For every proportion and every pair of them, not on average.
#[test]
fn intervals_of_proportions_cover_at_any() {
    for n in [5, 10] {
        for found in of_proportions(n) {
            let shown = ["Clopper and Pearson", "difference, melded", "paired difference, bounded mean"];
            let Least { interval, least, mean, .. } = found;
            if shown.contains(&interval) {
                assert!(least >= 0.945, "{interval}, n = {n}: {least}, {mean} on average");
            } else {
                assert!(least < 0.93, "{interval}, n = {n}: {least} is no worse than what is shown");
            }
        }
    }
}
