//! Samples, and how each is tested.

use crate::stats::{
    Alternative, Estimate, Hypothesis, Test, clopper_pearson, fisher_exact_test, least_p_of_sign_flips, sign_test,
};

/// The smallest α that the inversion of an interval tells from zero.
const SMALLEST: f64 = 1e-12;

/// The numbers of a comparison, with the test that fits them.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::results) enum Sample {
    /// A number that no seed changes.
    Fixed(f64),
    /// Numbers of any distribution, one of each replicate: differences of paired trials, rank correlations.
    Numbers(Vec<f64>),
    /// Successes of two arms, each out of so many.
    Successes {
        /// On the left.
        left: (usize, usize),
        /// On the right.
        right: (usize, usize),
    },
    /// Successes of one arm out of so many, whose share is compared with a bound.
    Share {
        /// Successes and trials.
        of: (usize, usize),
        /// The number that the share is compared with.
        bound: f64,
    },
}

/// The outcome of a test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::results) struct Tested {
    /// The two-sided p-value; none where nothing is left to chance.
    pub p: Option<f64>,
    /// The effect with its interval.
    pub effect: Estimate,
}

impl Sample {
    /// The name of the test.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Fixed(_) => "none, no seed changes it",
            Self::Numbers(_) => "sign test",
            Self::Successes { .. } => "Fisher's exact test",
            Self::Share { .. } => "exact binomial test",
        }
    }

    /// The smallest two-sided p-value that so many replicates can have at all, whatever they show; none where nothing is left to chance.
    pub fn least_p(&self, replicates: usize) -> Option<f64> {
        let kind = match self {
            Self::Fixed(_) => Kind::Fixed,
            Self::Numbers(_) => Kind::Signs,
            Self::Successes { .. } => Kind::Successes,
            Self::Share { bound, .. } => Kind::Share { bound: *bound, above: true },
        };
        kind.least_p(replicates)
    }

    /// The two-sided test of the hypothesis that the effect is `null`, with the interval of this confidence, which has no ends where so
    /// few replicates can give none. `None` where some replicate's number is not known.
    pub fn test(&self, null: f64, confidence: f64) -> Option<Tested> {
        let hypothesis = Hypothesis { null, alternative: Alternative::TwoSided };
        let tested = |test: Test| {
            let mut effect = test.effect;
            if effect.confidence < confidence {
                (effect.low, effect.high, effect.confidence) = (f64::NEG_INFINITY, f64::INFINITY, confidence);
            }
            Tested { p: Some(test.p), effect }
        };
        match self {
            Self::Fixed(value) => {
                let effect = Estimate { value: *value, low: *value, high: *value, n: 1, confidence: 1.0 };
                value.is_finite().then_some(Tested { p: None, effect })
            }
            Self::Numbers(numbers) => sign_test(numbers, hypothesis, confidence).map(tested),
            Self::Successes { left, right } => {
                let test = |confidence: f64| fisher_exact_test(*left, *right, Alternative::TwoSided, confidence);
                let found = test(confidence)?;
                let inverted = || inverted(null, |confidence| Some(test(confidence)?.effect));
                Some(Tested { p: Some(if null == 0.0 { found.p } else { inverted() }), effect: found.effect })
            }
            Self::Share { of: (successes, n), bound } => {
                let effect = |confidence: f64| {
                    let share = clopper_pearson(*successes, *n, confidence)?;
                    let [value, low, high] = [share.value, share.low, share.high].map(|end| end - bound);
                    Some(Estimate { value, low, high, ..share })
                };
                Some(Tested { p: Some(inverted(null, effect)), effect: effect(confidence)? })
            }
        }
    }
}

/// The two-sided p-value of a hypothesis by the inversion of intervals: the largest α whose interval of confidence 1 − α holds it.
fn inverted(null: f64, interval: impl Fn(f64) -> Option<Estimate>) -> f64 {
    let holds = |alpha: f64| interval(1.0 - alpha).is_none_or(|found| !(null < found.low || null > found.high));
    let (mut held, mut free) = (SMALLEST, 1.0 - SMALLEST);
    if holds(free) {
        return 1.0;
    }
    if !holds(held) {
        return SMALLEST;
    }
    // Down to a relative width that no reader sees; the end that is larger is the safe one.
    while free / held > 1.0 + 1e-9 {
        let middle = libm::sqrt(held * free);
        if holds(middle) { held = middle } else { free = middle }
    }
    free
}

/// The form of a sample, from which follows what so many replicates can show at best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::results) enum Kind {
    /// Nothing is left to chance.
    Fixed,
    /// Signs of numbers.
    Signs,
    /// Successes of two arms.
    Successes,
    /// Successes of an arm, whose share is to lie above (or below) a number strictly between 0 and 1.
    Share {
        /// The number.
        bound: f64,
        /// Whether it is to lie above.
        above: bool,
    },
}

impl Kind {
    /// The smallest two-sided p-value that a test of `n` replicates can have; none where nothing is left to chance.
    pub fn least_p(self, n: usize) -> Option<f64> {
        if n == 0 {
            return Some(1.0);
        }
        match self {
            Self::Fixed => None,
            Self::Signs => Some(least_p_of_sign_flips(n, Alternative::TwoSided)),
            Self::Successes => {
                // All on one side and none on the other: one of C(2n, n) choices.
                let log = |n: usize| libm::lgamma(n as f64 + 1.0);
                Some((2.0 * libm::exp(2.0 * log(n) - log(2 * n))).min(1.0))
            }
            Self::Share { bound, above } => {
                let share = if above { bound } else { 1.0 - bound };
                Some((2.0 * libm::pow(share.clamp(0.0, 1.0), n as f64)).min(1.0))
            }
        }
    }
}
