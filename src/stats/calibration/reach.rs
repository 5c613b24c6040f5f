//! Whether a search finds the threshold that outcomes were drawn from.

use std::thread;

use super::data::Uniform;
use crate::stats::test_words::words;
use crate::stats::{Bound, Count, Ending, Misfit, Psychometric, Search, Searching, Stop, misfit};

/// A threshold, its spread in ln L and a lapse rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Truth {
    pub(super) threshold: f64,
    pub(super) spread: f64,
    pub(super) lapse: f64,
}

impl Truth {
    fn success(&self, length: u64) -> f64 {
        let eta = (libm::log(self.threshold) - libm::log(length as f64)) / self.spread;
        (1.0 - self.lapse) / (1.0 + libm::exp(-eta))
    }
}

/// The lengths of the simulated searches.
const RANGE: (u64, u64) = (10, 1000);

/// When they end, as suites do that say nothing else.
const STOP: Stop = Stop { precision: 1.5, trials: 80 };

const THRESHOLDS: [f64; 3] = [30.0, 100.0, 350.0];
const SPREADS: [f64; 4] = [0.08, 0.15, 0.3, 0.5];
const LAPSES: [f64; 3] = [0.0, 0.05, 0.1];

/// The outcome of many searches.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Found {
    /// The share of intervals that have the threshold.
    pub(super) covered: f64,
    /// The mean of ln of the estimate less that of the threshold.
    pub(super) bias: f64,
    pub(super) trials: f64,
    /// The mean of ln of the quotient of the interval's ends.
    pub(super) width: f64,
    /// Updates, a trial that fails spending a budget of 20 per step and one that succeeds half of it.
    pub(super) updates: f64,
}

/// The logarithm of a bound, at the end of the range where it lies outside.
fn logarithm(bound: Bound) -> f64 {
    libm::log(match bound {
        Bound::Below => RANGE.0 as f64,
        Bound::At(length) => length,
        Bound::Beyond => RANGE.1 as f64,
    })
}

fn updates(length: u64, solved: bool) -> f64 {
    20.0 * length as f64 * if solved { 0.5 } else { 1.0 }
}

/// A search of outcomes that are drawn from `truth`, with the updates that it took.
fn run(search: &Search, truth: &Truth, random: &mut Uniform) -> (f64, Searching) {
    let mut so_far = search.begin();
    let mut spent = 0.0;
    loop {
        let batch = search.next(&so_far);
        if batch.is_empty() {
            return (spent, so_far);
        }
        let solved: Vec<bool> =
            batch.iter().map(|&place| random.draw() < truth.success(search.lengths()[place])).collect();
        spent +=
            batch.iter().zip(&solved).map(|(&place, &solved)| updates(search.lengths()[place], solved)).sum::<f64>();
        search.observe(&mut so_far, &batch, &solved);
    }
}

fn one(search: &Search, truth: &Truth, random: &mut Uniform) -> Found {
    let (updates, so_far) = run(search, truth, random);
    let reach = search.reach(&so_far);
    let (low, high) = (logarithm(reach.low), logarithm(reach.high));
    let threshold = libm::log(truth.threshold);
    Found {
        covered: f64::from(low <= threshold && threshold <= high),
        bias: logarithm(reach.median) - threshold,
        trials: so_far.trials() as f64,
        width: high - low,
        updates,
    }
}

fn mean(of: impl Iterator<Item = Found>) -> Found {
    let (mut sum, mut count) = (Found::default(), 0.0);
    for found in of {
        count += 1.0;
        sum.covered += found.covered;
        sum.bias += found.bias;
        sum.trials += found.trials;
        sum.width += found.width;
        sum.updates += found.updates;
    }
    let Found { covered, bias, trials, width, updates } = sum;
    Found {
        covered: covered / count,
        bias: bias / count,
        trials: trials / count,
        width: width / count,
        updates: updates / count,
    }
}

pub(super) fn searches(truth: &Truth, count: u64) -> Found {
    let search = Search::new(RANGE.0, RANGE.1, STOP);
    let half = |first: u64| (first..count).step_by(2).map(|seed| one(&search, truth, &mut Uniform::new(seed)));
    thread::scope(|scope| {
        let other = scope.spawn(|| half(1).collect::<Vec<Found>>());
        let mut all: Vec<Found> = half(0).collect();
        all.extend(other.join().unwrap());
        mean(all.into_iter())
    })
}

/// Every length of a grid of lengths, spaced by 1.25, with as many replicates each.
pub(super) fn grid(truth: &Truth, replicates: u32, count: u64) -> Found {
    let curve = Psychometric::new(RANGE.0, RANGE.1);
    let mut lengths = vec![RANGE.0];
    while let Some(next) =
        lengths.last().map(|last| libm::round(*last as f64 * 1.25) as u64).filter(|next| *next <= RANGE.1)
    {
        lengths.push(next);
    }
    mean((0..count).map(|seed| {
        let mut random = Uniform::new(seed);
        let mut spent = 0.0;
        let mut at = |length: u64| {
            let outcomes: Vec<bool> = (0..replicates).map(|_| random.draw() < truth.success(length)).collect();
            spent += outcomes.iter().map(|&solved| updates(length, solved)).sum::<f64>();
            Count { length, solved: outcomes.iter().filter(|solved| **solved).count() as u32, tried: replicates }
        };
        let counts: Vec<Count> = lengths.iter().map(|&length| at(length)).collect();
        let reach = curve.posterior(&counts).threshold(0.95);
        let (low, high) = (logarithm(reach.low), logarithm(reach.high));
        let threshold = libm::log(truth.threshold);
        Found {
            covered: f64::from(low <= threshold && threshold <= high),
            bias: logarithm(reach.median) - threshold,
            trials: lengths.len() as f64 * f64::from(replicates),
            width: high - low,
            updates: spent,
        }
    }))
}

pub(super) fn truths() -> impl Iterator<Item = Truth> {
    LAPSES.into_iter().flat_map(|lapse| {
        SPREADS
            .into_iter()
            .flat_map(move |spread| THRESHOLDS.into_iter().map(move |threshold| Truth { threshold, spread, lapse }))
    })
}

/// A smaller version of the table: at the corners of what is promised.
#[test]
fn searches_cover_and_are_not_biased() {
    for (threshold, spread, lapse) in [(100.0, 0.08, 0.0), (100.0, 0.3, 0.0), (30.0, 0.15, 0.1), (350.0, 0.3, 0.1)] {
        let truth = Truth { threshold, spread, lapse };
        let Found { covered, bias, .. } = searches(&truth, 120);
        // Of 120, three standard errors of 93 % are 7 percent points.
        assert!(covered >= 0.86, "{truth:?}: {covered}");
        assert!(bias.abs() <= 0.05 + 3.0 * 0.012, "{truth:?}: {bias}");
    }
}

/// A threshold outside of the range is a bound, found with few trials, whichever seeds come.
#[test]
fn what_lies_outside_stays_a_bound() {
    let search = Search::new(RANGE.0, RANGE.1, STOP);
    for (threshold, ending) in [(1.0, Ending::Below), (1e6, Ending::Beyond)] {
        let truth = Truth { threshold, spread: 0.1, lapse: 0.0 };
        let (_, so_far) = run(&search, &truth, &mut Uniform::new(3));
        assert_eq!(search.ending(&so_far), Some(ending));
        assert!(so_far.trials() <= 40, "{}", so_far.trials());
    }
}

/// Outcomes of the model are hardly ever doubted; success that comes back, or depends on more than length and seed, is.
#[test]
fn outcomes_that_are_no_such_curve_are_told() {
    let curve = Psychometric::new(RANGE.0, RANGE.1);
    let doubted = |counts: &[Count], seed: u64| misfit(&curve, counts, words(seed));
    let count = |length: u64, solved: u32, tried: u32| Count { length, solved, tried };
    let rising = [count(20, 1, 8), count(40, 0, 6), count(160, 7, 8), count(320, 1, 8)];
    assert!(matches!(doubted(&rising, 1), Some(Misfit::Rising { .. })), "{:?}", doubted(&rising, 1));
    let scattered =
        [count(10, 8, 8), count(14, 0, 8), count(20, 8, 8), count(28, 0, 8), count(40, 8, 8), count(57, 0, 8)];
    assert!(doubted(&scattered, 2).is_some());
    let fine = [count(10, 4, 4), count(40, 5, 6), count(80, 3, 7), count(160, 1, 5), count(320, 0, 2)];
    assert_eq!(doubted(&fine, 3), None);
    let truth = Truth { threshold: 100.0, spread: 0.3, lapse: 0.05 };
    let search = Search::new(RANGE.0, RANGE.1, STOP);
    let alarms = (0..60).filter(|&seed| {
        let (_, so_far) = run(&search, &truth, &mut Uniform::new(seed));
        doubted(&so_far.counts(&search), seed).is_some()
    });
    let alarms = alarms.count();
    assert!(alarms <= 4, "{alarms} of 60");
}
