//! How often a claim is supported by chance.

use super::data::{Data, UNBOUNDED, Uniform};
use crate::stats::proportion::fisher_p;
use crate::stats::{
    Alternative, Hypothesis, NonFinite, differences, holm, median_difference, permutation_test, sign_flip_test,
    simultaneous_confidence, spearman_test,
};

/// Numbers of claims of a simulated suite, none of which is true. With 5 replicates seven of them cannot be supported at all.
pub(super) const CLAIMS: [usize; 2] = [1, 7];

/// The share of suites that support any of their claims, by each way of testing them.
pub(super) struct FalseSupport {
    pub(super) test: &'static str,
    pub(super) data: &'static str,
    pub(super) n: usize,
    pub(super) claims: usize,
    pub(super) supported: f64,
}

/// The p-value of one claim, and whether its interval at the simultaneous confidence lies above the margin, 0.
type Claim = fn(&mut Uniform, &Data, usize, f64) -> (f64, bool);

const TESTS: [(&str, Claim); 5] = [
    ("mean difference, sign flips", |random, data, n, confidence| {
        let differences = pairs(random, data, n);
        let test = sign_flip_test(&differences, Hypothesis::NO_EFFECT, confidence, || random.word()).unwrap();
        (test.p, test.effect.confidence >= confidence && test.effect.low > 0.0)
    }),
    ("median difference, sign flips", |random, data, n, confidence| {
        let differences = pairs(random, data, n);
        let test = sign_flip_test(&differences, Hypothesis::NO_EFFECT, confidence, || random.word()).unwrap();
        let effect = median_difference(&differences, confidence).unwrap();
        (test.p, effect.confidence >= confidence && effect.low > 0.0)
    }),
    ("difference of means, permutations", |random, data, n, confidence| {
        let (left, right) = (random.sample(data, n), random.sample(data, n));
        let no_effect = Hypothesis::NO_EFFECT;
        let test = permutation_test(&left, &right, NonFinite::Highest, no_effect, confidence, || random.word());
        test.map(|test| (test.p, test.effect.low > 0.0)).unwrap()
    }),
    ("solved, Fisher", |random, _, n, confidence| {
        let mut solved = |p: f64| (0..n).filter(|_| random.draw() < p).count();
        let (left, right) = (solved(0.6), solved(0.6));
        let (below, above) = fisher_p((left, n), (right, n));
        let p = Alternative::TwoSided.p(below, above);
        // The interval excludes 0 exactly if the test rejects, and is slow.
        (p, p <= 1.0 - confidence && left > right)
    }),
    ("Spearman", |random, data, n, confidence| {
        let (left, right) = (random.sample(data, n), random.sample(data, n));
        let highest = NonFinite::Highest;
        let two_sided = Alternative::TwoSided;
        let test = spearman_test((&left, highest), (&right, highest), two_sided, confidence, || random.word());
        test.map_or((1.0, false), |test| (test.p, test.effect.low > 0.0))
    }),
];

fn pairs(random: &mut Uniform, data: &Data, n: usize) -> Vec<f64> {
    let (left, right) = (random.sample(data, n), random.sample(data, n));
    differences(&left, &right, NonFinite::Highest).unwrap()
}

/// Suites of so many claims at α, corrected by Holm's method, whose arms do not differ.
///
/// The permutation test is slow for 10 replicates: there it sees normal and censored data only, and that only if `all` is asked for.
pub(super) fn false_support(n: usize, claims: usize, suites: u32, alpha: f64, all: bool) -> Vec<FalseSupport> {
    let confidence = simultaneous_confidence(1.0 - alpha, claims);
    let mut found = vec![];
    for (test, claim) in TESTS {
        let slow = n >= 10 && test.ends_with("permutations");
        let some = |data: &&Data| !slow || (all && ["normal", UNBOUNDED[3].name].contains(&data.name));
        for data in UNBOUNDED.iter().filter(some) {
            let mut any = 0;
            for seed in 0..suites {
                let random = &mut Uniform::new(u64::from(seed) + 7);
                let tested: Vec<(f64, bool)> = (0..claims).map(|_| claim(random, data, n, confidence)).collect();
                let p: Vec<f64> = tested.iter().map(|(p, _)| *p).collect();
                any += u32::from(holm(&p).iter().zip(&tested).any(|(p, (_, above))| *p <= alpha && *above));
            }
            found.push(FalseSupport {
                test,
                data: data.name,
                n,
                claims,
                supported: f64::from(any) / f64::from(suites),
            });
        }
    }
    found
}

/// A claim is two-sided at α and supported on one side: by chance half as often, and so below α without allowance for the simulation.
#[test]
fn claims_without_an_effect_are_supported_at_alpha_at_most() {
    let mut some = 0;
    for (n, claims) in [(5, 1), (10, 1), (10, 7)] {
        for FalseSupport { test, data, supported, .. } in false_support(n, claims, 200, 0.05, false) {
            assert!(supported <= 0.05, "{test} of {data}, n = {n}, {claims} claims: {supported}");
            some += u32::from(supported > 0.0);
        }
    }
    assert!(some > 10, "{some}: it simulates claims that cannot be supported");
}

/// The simulation sees claims that are not corrected: of seven at 20 % on either side about half of the suites support one.
#[test]
fn without_correction_more_would_be_supported() {
    let data = &UNBOUNDED[0];
    let any = (0..300).filter(|seed| {
        let random = &mut Uniform::new(u64::from(*seed as u32) + 7);
        (0..7).any(|_| {
            let differences = pairs(random, data, 10);
            let test = sign_flip_test(&differences, Hypothesis::NO_EFFECT, 0.8, || random.word()).unwrap();
            test.p <= 0.2 && test.effect.low > 0.0
        })
    });
    let share = any.count() as f64 / 300.0;
    assert!((share - 0.52).abs() <= 0.1, "{share}");
}
