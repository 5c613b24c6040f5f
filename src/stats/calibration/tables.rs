//! The tables of src/stats/README.md.

#![expect(clippy::print_stdout, reason = "the tables are what these are run for")]

use std::time::Instant;

use super::coverage::{coverages, hold};
use super::data::{UNBOUNDED, Uniform};
use super::proportions::of_proportions;
use super::reach::{Found, Truth, grid, searches, truths};
use super::verdicts::{CLAIMS, FalseSupport, false_support};
use crate::stats::test_words::words;
use crate::stats::{
    Alternative, CONFIDENCE, Estimate, Hypothesis, NonFinite, bounded_mean, clopper_pearson, detectable_difference,
    least_p_of_permutations, least_p_of_sign_flips, median_interval, pairs_needed, power_of_fisher,
    replicates_needed_for_proportions, sign_flip_test,
};

const SIMULATIONS: u32 = 1000;
const SUITES: u32 = 2000;

fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

#[test]
#[ignore = "simulates for minutes and prints"]
fn coverage() {
    println!("| interval | data | shown | 2 | 3 | 4 | 5 | 10 |\n|---|---|---|---|---|---|---|---|");
    let by_n: Vec<_> = [2, 3, 4, 5, 10].map(|n| coverages(n, SIMULATIONS)).into();
    for row in 0..by_n[0].len() {
        let head = &by_n[0][row];
        let cells: Vec<String> = by_n
            .iter()
            .map(|found| &found[row])
            .map(|found| {
                let short = if found.said < 0.93 { format!(" (says {})", percent(found.said)) } else { String::new() };
                format!("{}{short}", percent(found.covered))
            })
            .collect();
        println!(
            "| {} | {} | {} | {} |",
            head.interval,
            head.data,
            if head.shown { "yes" } else { "no" },
            cells.join(" | ")
        );
    }
    by_n.iter().for_each(|found| hold(found, SIMULATIONS));
}

#[test]
#[ignore = "computes for a minute and prints"]
fn proportions() {
    println!("| interval | n | least | mean |\n|---|---|---|---|");
    for found in [5, 10].into_iter().flat_map(of_proportions) {
        println!("| {} | {} | {} | {} |", found.interval, found.n, percent(found.least), percent(found.mean));
    }
}

#[test]
#[ignore = "simulates for minutes and prints"]
fn verdicts() {
    println!("| test | data | n | claims | supported |\n|---|---|---|---|---|");
    for (n, claims) in [5, 10].into_iter().flat_map(|n| CLAIMS.map(|claims| (n, claims))) {
        for found in false_support(n, claims, SUITES, 0.05, true) {
            let FalseSupport { test, data, n, claims, supported } = found;
            println!("| {test} | {data} | {n} | {claims} | {} |", percent(supported));
            assert!(supported <= 0.05, "{supported}");
        }
    }
}

#[test]
#[ignore = "simulates for minutes and prints"]
fn power() {
    println!(
        "| n | least p paired | least p unpaired | detectable | 0.9 against 0.1 | 0.9 against 0.5 |\n|---|---|---|---|---|---|"
    );
    for n in [3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 30] {
        let detectable = detectable_difference(n, 0.05, 0.8, 4000, words(1)).unwrap();
        println!(
            "| {n} | {:.2e} | {:.2e} | {detectable:.2} | {} | {} |",
            least_p_of_sign_flips(n, Alternative::TwoSided),
            least_p_of_permutations(n, n, Alternative::TwoSided),
            percent(power_of_fisher(0.9, 0.1, n, 0.05)),
            percent(power_of_fisher(0.9, 0.5, n, 0.05))
        );
    }
    for difference in [0.5, 0.75, 1.0, 1.5, 2.0] {
        println!("difference {difference}: {:?} pairs", pairs_needed(difference, 0.05, 0.8, 2000, words(1)));
    }
    for (left, right) in [(1.0, 0.0), (0.9, 0.1), (0.9, 0.3), (0.9, 0.5), (0.7, 0.3)] {
        println!("{left} against {right}: {:?}", replicates_needed_for_proportions(left, right, 0.05, 0.8));
    }
}

/// The statistics of a summary of 100,000 trials in arms of ten, of 30 metrics, and of a ranking of them.
#[test]
#[ignore = "measures and prints"]
fn speed() {
    let values: Vec<Vec<f64>> = (0..10_000).map(|arm| Uniform::new(arm).sample(&UNBOUNDED[3], 10)).collect();
    let time = |what: &str, work: &dyn Fn(&[f64]) -> Option<Estimate>, metrics: usize| {
        let start = Instant::now();
        let done = (0..metrics).map(|_| values.iter().filter_map(|values| work(values)).count()).sum::<usize>();
        println!("{what}: {done} estimates in {:.2} s", start.elapsed().as_secs_f64());
    };
    time("median and interval", &|values| median_interval(values, CONFIDENCE, NonFinite::Highest), 30);
    let solved = |values: &[f64]| values.iter().filter(|value| value.is_finite()).count();
    time("share solved", &|values| clopper_pearson(solved(values), values.len(), CONFIDENCE), 1);
    let scores = |values: &[f64]| -> Vec<f64> { values.iter().map(|value| (value / 3.0).min(1.0)).collect() };
    time("mean score", &|values| bounded_mean(&[&scores(values)], (0.0, 1.0), CONFIDENCE, words(1)), 1);
    let test =
        |values: &[f64]| sign_flip_test(values, Hypothesis::NO_EFFECT, CONFIDENCE, words(1)).map(|test| test.effect);
    time("sign-flip test", &test, 30);
}

/// For the interval that a search ends with: the trials and updates of a grid that has one as narrow.
#[test]
#[ignore = "simulates thousands of searches; prints a table"]
fn table_of_grids() {
    println!("| λ | s | m | trials, grid | trials, search | updates, grid / search |\n|--:|--:|--:|--:|--:|--:|");
    for truth in truths().filter(|truth| truth.lapse != 0.05) {
        let searched = searches(&truth, 400);
        let as_narrow = |replicates: &u32| grid(&truth, *replicates, 200).width <= searched.width;
        let Some(replicates) = (1..60).find(as_narrow) else { continue };
        let gridded = grid(&truth, replicates, 200);
        let Truth { threshold, spread, lapse } = truth;
        println!(
            "| {lapse} | {spread} | {threshold} | {:.0} | {:.0} | {:.1} |",
            gridded.trials,
            searched.trials,
            gridded.updates / searched.updates
        );
    }
}

#[test]
#[ignore = "ten thousand searches each; prints a table"]
fn table_of_searches() {
    let count = std::env::var("LONGLAG_SEARCHES").ok().and_then(|count| count.parse().ok()).unwrap_or(10_000);
    println!("| λ | s | m | coverage | bias of ln m | trials | high/low |\n|--:|--:|--:|--:|--:|--:|--:|");
    for truth in truths() {
        let Found { covered, bias, trials, width, .. } = searches(&truth, count);
        let Truth { threshold, spread, lapse } = truth;
        println!(
            "| {lapse} | {spread} | {threshold} | {:.1} | {bias:+.3} | {trials:.0} | {:.2} |",
            100.0 * covered,
            libm::exp(width)
        );
    }
}
