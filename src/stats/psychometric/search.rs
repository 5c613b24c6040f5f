//! The rule by which a search chooses lengths.

use std::{iter::successors, sync::OnceLock};

use super::{
    curve::{Count, Likelihood, Psychometric, ln},
    information::{Belief, Expectation},
    posterior::{Posterior, Reach},
};

/// Trials that are chosen together, so that they can run side by side.
pub const BATCH: usize = 4;

/// Information is weighed by this power of the updates that a trial is expected to cost. By none, a search takes the fewest trials, but
/// many of them at lengths where a failure costs most; by all of them it stays with short lengths, which say little of the threshold.
const WEIGHT_OF_COST: f64 = 0.5;

/// Of so many neighbouring lengths one is looked at first.
const COARSE: usize = 4;

/// The number of lengths from one to its double that may be tried.
const PER_OCTAVE: f64 = 8.0;

/// The posterior's share between the ends of an interval that is to have the threshold 95 times in 100. A search that stops once its
/// interval is narrow stops a little too early now and then, which the rest makes up for (src/stats/README.md has the simulation).
pub const CREDIBLE: f64 = 0.955;

/// When a search ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// The largest quotient of the interval's ends that is precise enough.
    pub precision: f64,
    /// The most trials.
    pub trials: usize,
}

/// Why a search is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The interval is narrow enough.
    Precise,
    /// All trials are spent.
    Spent,
    /// The threshold is below the range.
    Below,
    /// The threshold is beyond the range.
    Beyond,
}

/// The search for a threshold: which lengths can be tried and what is thought of them.
#[derive(Debug)]
pub struct Search {
    curve: Psychometric,
    lengths: Vec<u64>,
    likelihoods: Vec<OnceLock<Likelihood>>,
    stop: Stop,
}

/// How far a search is.
#[derive(Clone, Debug)]
pub struct Searching {
    logarithms: Vec<f64>,
    counts: Vec<(u32, u32)>,
    trials: usize,
    /// The length from which it doubles on; none once success was rare.
    doubling: Option<u64>,
}

impl Search {
    /// The search from `from` to `to`, both at least 1 and `from` < `to`, until `stop`.
    ///
    /// The lengths that may be tried are eight to the octave, the same ones in every range, with the doublings of `from` and `to`.
    pub fn new(from: u64, to: u64, stop: Stop) -> Self {
        let lengths = lengths(from, to);
        let likelihoods = lengths.iter().map(|_| OnceLock::new()).collect();
        Self { curve: Psychometric::new(from, to), lengths, likelihoods, stop }
    }

    /// The lengths that may be tried, ascending.
    pub fn lengths(&self) -> &[u64] {
        &self.lengths
    }

    /// The psychometric function with its prior.
    pub fn curve(&self) -> &Psychometric {
        &self.curve
    }

    /// A search before its first trial.
    pub fn begin(&self) -> Searching {
        Searching {
            logarithms: self.curve.log_prior().to_vec(),
            counts: vec![(0, 0); self.lengths.len()],
            trials: 0,
            doubling: self.lengths.first().copied(),
        }
    }

    /// The places, among [`Search::lengths`], of the trials to do next, all together; none when the search is over.
    ///
    /// First two trials at each of two lengths, the second the double of the first, and on until no more than half of four succeed:
    /// the expensive lengths are reached by networks that learn the shorter ones. Then four at a time, each where its outcome is
    /// expected to tell most about the threshold for what it costs (Kontsevich and Tyler 1999, with the nuisance parameters summed out
    /// before the entropy is taken), as if those chosen before it in the batch had come out as expected.
    pub fn next(&self, so_far: &Searching) -> Vec<usize> {
        if self.ending(so_far).is_some() {
            return vec![];
        }
        let left = self.stop.trials - so_far.trials;
        if let Some(length) = so_far.doubling {
            let both = [length, length.saturating_mul(2)].map(|length| self.nearest(length));
            return [both[0], both[0], both[1], both[1]].into_iter().take(left).collect();
        }
        let mut logarithms = so_far.logarithms.clone();
        let choose = |_| {
            let (place, success) = self.most_telling(&Belief::new(&self.curve, &logarithms));
            let Likelihood { solved, failed, .. } = self.likelihood(place);
            for (sum, (solved, failed)) in logarithms.iter_mut().zip(solved.iter().zip(failed)) {
                *sum += success * solved + (1.0 - success) * failed;
            }
            place
        };
        (0..BATCH.min(left)).map(choose).collect()
    }

    /// The place where a trial tells most about the threshold for what it costs, and its chance of success: the best of every fourth
    /// place, or of those around it.
    fn most_telling(&self, belief: &Belief) -> (usize, f64) {
        let worth = |place: usize| {
            let Expectation { success, information } = belief.expectation(self.likelihood(place));
            // A trial that fails spends its budget, one that succeeds about half of it; an update of twice the length takes twice as long.
            let cost = self.lengths[place] as f64 * (1.0 - success / 2.0);
            (information / libm::pow(cost, WEIGHT_OF_COST), (place, success))
        };
        let best = |places: &mut dyn Iterator<Item = usize>| {
            places.map(worth).reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, best)| best)
        };
        let places = 0..self.lengths.len();
        let coarse = best(&mut places.clone().step_by(COARSE)).map_or(0, |(place, _)| place);
        let around = coarse.saturating_sub(COARSE - 1)..(coarse + COARSE).min(places.end);
        best(&mut around.into_iter()).unwrap_or((coarse, 0.0))
    }

    /// Takes the outcomes of a batch, in the order in which [`Search::next`] gave its places.
    pub fn observe(&self, so_far: &mut Searching, batch: &[usize], solved: &[bool]) {
        for (&place, &solved) in batch.iter().zip(solved) {
            let likelihood = self.likelihood(place);
            let row = if solved { &likelihood.solved } else { &likelihood.failed };
            for (sum, logarithm) in so_far.logarithms.iter_mut().zip(row) {
                *sum += logarithm;
            }
            let (successes, tried) = &mut so_far.counts[place];
            *successes += u32::from(solved);
            *tried += 1;
            so_far.trials += 1;
        }
        if let Some(length) = so_far.doubling {
            let successes = solved.iter().filter(|solved| **solved).count();
            let next = length.saturating_mul(4);
            let last = self.lengths.last().copied().unwrap_or(length);
            so_far.doubling = (successes * 2 > batch.len() && next <= last).then_some(next);
        }
    }

    /// Why the search is over, if it is.
    pub fn ending(&self, so_far: &Searching) -> Option<Ending> {
        let spent = so_far.trials >= self.stop.trials;
        if so_far.trials == 0 || (so_far.doubling.is_some() && !spent) {
            return None;
        }
        let [low, _, high] = self.posterior(so_far).interval(CREDIBLE);
        let ends = [self.lengths.first(), self.lengths.last()].map(|end| end.map_or(f64::NAN, |&end| ln(end)));
        match () {
            () if high < ends[0] => Some(Ending::Below),
            () if low > ends[1] => Some(Ending::Beyond),
            () if high - low <= libm::log(self.stop.precision) => Some(Ending::Precise),
            () => spent.then_some(Ending::Spent),
        }
    }

    /// The threshold as it is known.
    pub fn reach(&self, so_far: &Searching) -> Reach {
        self.posterior(so_far).threshold(CREDIBLE)
    }

    /// The posterior of the curve.
    pub fn posterior(&self, so_far: &Searching) -> Posterior<'_> {
        Posterior::new(&self.curve, &so_far.logarithms)
    }

    fn nearest(&self, length: u64) -> usize {
        let places = 0..self.lengths.len();
        places.min_by_key(|&place| self.lengths[place].abs_diff(length)).unwrap_or(0)
    }

    fn likelihood(&self, place: usize) -> &Likelihood {
        self.likelihoods[place].get_or_init(|| self.curve.likelihood(self.lengths[place]))
    }
}

impl Searching {
    /// How many trials were done.
    pub fn trials(&self) -> usize {
        self.trials
    }

    /// Logarithms of prior times likelihood at every point of the grid.
    #[cfg(test)]
    pub(super) fn logarithms(&self) -> &[f64] {
        &self.logarithms
    }

    /// The outcomes at each length that was tried, ascending.
    pub fn counts(&self, search: &Search) -> Vec<Count> {
        let all = search.lengths.iter().zip(&self.counts);
        let tried = all.filter(|(_, (_, tried))| *tried > 0);
        tried.map(|(&length, &(solved, tried))| Count { length, solved, tried }).collect()
    }
}

/// The lengths that may be tried between two ends: 2^(k/8) rounded, for whole k, the doublings of the lower end, and the ends.
fn lengths(from: u64, to: u64) -> Vec<u64> {
    let first = libm::floor(PER_OCTAVE * libm::log2(from as f64)).max(0.0) as u64;
    let last = libm::ceil(PER_OCTAVE * libm::log2(to as f64)) as u64;
    let rounded = |step: u64| libm::round(libm::exp2(step as f64 / PER_OCTAVE)) as u64;
    let between = (first..=last).map(rounded).filter(|length| (from..=to).contains(length));
    let doubled = successors(Some(from), |length| length.checked_mul(2).filter(|length| *length <= to));
    let mut lengths: Vec<u64> = between.chain(doubled).chain([to]).collect();
    lengths.sort_unstable();
    lengths.dedup();
    lengths
}
