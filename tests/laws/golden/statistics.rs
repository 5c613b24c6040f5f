//! Statistics against SciPy, statsmodels, lifelines and rliable.

use std::{fs, path::Path};

use longlag::stats::{
    Alternative, Estimate, Hypothesis, NonFinite, Observation, Test, bca_bootstrap, benjamini_hochberg, bootstrap,
    clopper_pearson, fisher_exact_test, friedman_test, holm, interquartile_mean, kaplan_meier, log_rank_test,
    mann_whitney_test, newcombe, newcombe_paired, page_test, paired_equivalence_test, performance_profile,
    permutation_test, probability_of_improvement, quantile_with_censoring, restricted_mean, sign_flip_test, sign_test,
    spearman_test, stratified_bootstrap, wilson,
};
use serde_json::Value;

use super::record::{count, list, numbers};

/// The bound of closed forms.
const CLOSED: f64 = 1e-10;
const SIDES: [(&str, Alternative); 3] =
    [("two-sided", Alternative::TwoSided), ("greater", Alternative::Greater), ("less", Alternative::Less)];

fn read() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/statistics.json");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is not a number"))
}

fn close(got: f64, wanted: &Value, what: &str) {
    let wanted = number(wanted);
    assert!((got - wanted).abs() <= CLOSED * wanted.abs().max(1.0), "{what}: {got} for {wanted}");
}

fn ends(got: &Estimate, wanted: &Value, bound: f64, what: &str) {
    let wanted = numbers(wanted);
    let within = (got.low - wanted[0]).abs() <= bound && (got.high - wanted[1]).abs() <= bound;
    assert!(within, "{what}: {got:?} for {wanted:?}");
}

/// Each stored side of a test.
fn sides(wanted: &Value, what: &str, test: impl Fn(Alternative) -> Option<Test>) {
    let stored: Vec<_> = SIDES.iter().filter(|(side, _)| !wanted[side].is_null()).collect();
    assert!(!stored.is_empty(), "{what}");
    for (side, alternative) in stored {
        close(test(*alternative).expect(what).p, &wanted[side], &format!("{what}, {side}"));
    }
}

fn columns(value: &Value) -> Vec<Vec<f64>> {
    list(value).iter().map(numbers).collect()
}

fn slices(rows: &[Vec<f64>]) -> Vec<&[f64]> {
    rows.iter().map(Vec::as_slice).collect()
}

/// splitmix64.
fn words() -> impl FnMut() -> u64 {
    let mut state = 0_u64;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[test]
fn paired_tests_are_those_of_scipy() {
    for case in list(&read()["paired"]) {
        let differences = numbers(&case["differences"]);
        let what = format!("{} pairs", differences.len());
        for (name, null) in [("sign_flips", 0.0), ("sign_flips_of_a_quarter", 0.25)] {
            sides(&case[name], &format!("{name} of {what}"), |alternative| {
                sign_flip_test(&differences, Hypothesis { null, alternative }, 0.95, words())
            });
        }
        sides(&case["sign_test"], &format!("signs of {what}"), |alternative| {
            sign_test(&differences, Hypothesis { null: 0.0, alternative }, 0.95)
        });
        let equivalent = paired_equivalence_test(&differences, 2.0, 0.9, words()).expect("an equivalence test");
        close(equivalent.p, &case["equivalence_within_2"], &what);
    }
}

#[test]
fn tests_of_independent_samples_are_those_of_scipy() {
    let file = read();
    for case in list(&file["independent"]["cases"]) {
        let (left, right) = (numbers(&case["left"]), numbers(&case["right"]));
        sides(&case["permutations"], "permutations", |alternative| {
            let hypothesis = Hypothesis { null: 0.0, alternative };
            permutation_test(&left, &right, NonFinite::Highest, hypothesis, 0.95, words())
        });
        let rank_test = |alternative| mann_whitney_test(&left, &right, NonFinite::Highest, alternative, 0.95);
        sides(&case["mann_whitney"], "Mann–Whitney", rank_test);
        close(rank_test(Alternative::TwoSided).expect("a test").statistic, &case["u"], "U");
    }
    let tied = &file["independent"]["tied"];
    let (left, right) = (numbers(&tied["left"]), numbers(&tied["right"]));
    sides(&tied["mann_whitney"], "Mann–Whitney with ties", |alternative| {
        mann_whitney_test(&left, &right, NonFinite::Highest, alternative, 0.95)
    });
}

/// Samples with the stored share of pairs: the right one lies on a grid, and of the left one so many values above each.
#[test]
fn intervals_of_the_probability_of_improvement_solve_their_equation() {
    for case in list(&read()["improvement"]) {
        let (n, m) = (count(&case["counts"][0]), count(&case["counts"][1]));
        let pairs = (number(&case["value"]) * (n * m) as f64).round() as usize;
        let right: Vec<f64> = (0..m).map(|place| place as f64).collect();
        // Each left value is above as many of the right ones as is left to give.
        let mut rest = pairs;
        let left: Vec<f64> = (0..n)
            .map(|_| {
                let above = rest.min(m);
                rest -= above;
                above as f64 - 0.5
            })
            .collect();
        let found = probability_of_improvement(&[(&left, &right)], NonFinite::Highest, 0.95).expect("an estimate");
        close(found.value, &case["value"], "the share of pairs");
        ends(&found, &case["interval"], CLOSED, "its interval");
    }
}

#[test]
fn intervals_of_proportions_are_those_of_statsmodels() {
    let file = read();
    let counts = |case: &Value| -> Vec<usize> { list(&case["counts"]).iter().map(count).collect() };
    for case in list(&file["proportions"]["single"]) {
        let of = counts(case);
        ends(&wilson(of[0], of[1], 0.95).expect("a proportion"), &case["wilson"], CLOSED, "Wilson");
        let exact = clopper_pearson(of[0], of[1], 0.95).expect("a proportion");
        ends(&exact, &case["clopper_pearson"], CLOSED, "Clopper and Pearson");
    }
    for case in list(&file["proportions"]["double"]) {
        let of = counts(case);
        let (left, right) = ((of[0], of[1]), (of[2], of[3]));
        ends(&newcombe(left, right, 0.95).expect("proportions"), &case["newcombe"], CLOSED, "Newcombe");
        sides(&case["fisher"], "Fisher", |alternative| fisher_exact_test(left, right, alternative, 0.95));
        let effect = fisher_exact_test(left, right, Alternative::TwoSided, 0.95).expect("a test").effect;
        ends(&effect, &case["melded"], CLOSED, "melded");
    }
    for case in list(&file["proportions"]["paired"]) {
        let of = counts(case);
        let found = newcombe_paired(of[0], of[1], of[2], of[3], 0.95).expect("proportions");
        ends(&found, &case["newcombe"], CLOSED, "Newcombe, paired");
    }
}

#[test]
fn survival_is_that_of_lifelines_and_statsmodels() {
    let file = &read()["survival"];
    let observations = |rows: &Value| -> Vec<Observation> {
        let rows = columns(rows);
        rows.iter().map(|row| Observation { time: row[0], censored: row[1] == 0.0 }).collect()
    };
    let (treated, placebo) = (observations(&file["treated"]), observations(&file["placebo"]));
    let steps = kaplan_meier(&treated, 0.95).expect("observations");
    let times: Vec<f64> = steps.iter().map(|step| step.time).collect();
    assert_eq!(times, numbers(&file["times"]));
    for (place, step) in steps.iter().enumerate() {
        close(step.surviving.value, &file["surviving"][place], "surviving");
        close(step.variance, &file["variance"][place], "Greenwood's variance");
        // Before the first censoring ours is the exact interval of a proportion.
        if place > 0 {
            close(step.surviving.low, &file["low"][place], "the lower end");
            close(step.surviving.high, &file["high"][place], "the upper end");
        }
    }
    assert_eq!(quantile_with_censoring(&treated, 0.5), file["median"].as_f64());
    let test = log_rank_test(&treated, &placebo, 0.95).expect("a test");
    close(test.statistic, &file["log_rank"]["chi_squared"], "χ²");
    close(test.p, &file["log_rank"]["p"], "the log-rank test");
    let mean = |of: &[Observation], horizon| restricted_mean(of, horizon, 0.95).expect("a mean").0.value;
    close(mean(&treated, 30.0), &file["restricted_mean_to_30"], "the restricted mean");
    close(mean(&placebo, 20.0), &file["restricted_mean_to_20_of_placebo"], "the restricted mean of placebo");
}

#[test]
fn rank_tests_are_those_of_scipy() {
    let file = &read()["ranks"];
    for case in list(&file["spearman"]) {
        let (left, right) = (numbers(&case["left"]), numbers(&case["right"]));
        let highest = NonFinite::Highest;
        let test = |alternative| spearman_test((&left, highest), (&right, highest), alternative, 0.95, words());
        sides(&case["p"], "Spearman", test);
        close(test(Alternative::TwoSided).expect("a test").statistic, &case["correlation"], "Spearman's ρ");
    }
    let rows = columns(&file["page"]["rows"]);
    let page = |alternative| page_test(&slices(&rows), NonFinite::Highest, alternative, 0.95, words());
    sides(&file["page"], "Page", page);
    close(page(Alternative::Greater).expect("a test").statistic, &file["page"]["statistic"], "L");
    let wanted = &file["friedman"];
    let blocks = columns(&wanted["rows"]);
    let found = friedman_test(&slices(&blocks), NonFinite::Highest).expect("a test");
    for (name, got) in [("chi_squared", found.chi_squared), ("p", found.p), ("f", found.f), ("f_p", found.f_p)] {
        close(got, &wanted[name], name);
    }
    close(found.critical_difference(0.05), &wanted["critical_difference"], "the critical difference");
    for (name, got) in
        [("mean_ranks", found.mean_ranks.clone()), ("nemenyi", found.nemenyi()), ("holm", found.pairwise_holm())]
    {
        assert_eq!(got.len(), list(&wanted[name]).len(), "{name}");
        got.iter().zip(list(&wanted[name])).for_each(|(got, wanted)| close(*got, wanted, name));
    }
}

#[test]
fn corrections_are_those_of_statsmodels() {
    let file = &read()["multiple"];
    let p = numbers(&file["p"]);
    for (name, got) in [("holm", holm(&p)), ("benjamini_hochberg", benjamini_hochberg(&p))] {
        got.iter().zip(list(&file[name])).for_each(|(got, wanted)| close(*got, wanted, name));
    }
}

/// Within what 50,000 and 100,000 resamples on either side leave: some 0.5 % of the interval's width.
#[test]
fn resampled_intervals_are_those_of_scipy_and_rliable() {
    let file = &read()["resampling"];
    let values = numbers(&file["values"]);
    let mean = |values: &[f64], _| Some(values.iter().sum::<f64>() / values.len() as f64);
    let highest = NonFinite::Highest;
    let width = |wanted: &Value| number(&wanted[1]) - number(&wanted[0]);
    let plain = bootstrap(&values, mean, highest, 50_000, 0.95, words()).expect("an interval");
    ends(&plain, &file["percentile"], 0.015 * width(&file["percentile"]), "percentile");
    let corrected = bca_bootstrap(&values, mean, highest, 50_000, 0.95, words()).expect("an interval");
    ends(&corrected, &file["bca"], 0.015 * width(&file["bca"]), "BCa");
    let (left, right) = (columns(&file["left"]), columns(&file["right"]));
    let middle = stratified_bootstrap(&slices(&left), interquartile_mean, highest, 50_000, 0.95, words());
    let middle = middle.expect("an interval");
    close(middle.value, &file["interquartile_mean"], "the interquartile mean");
    let wanted = &file["interquartile_mean_interval"];
    ends(&middle, wanted, 0.015 * width(wanted), "the interquartile mean's interval");
    let tasks: Vec<(&[f64], &[f64])> = slices(&left).into_iter().zip(slices(&right)).collect();
    let better = probability_of_improvement(&tasks, highest, 0.95).expect("an estimate");
    close(better.value, &file["probability_of_improvement"], "the probability of improvement");
    let thresholds = numbers(&file["thresholds"]);
    let profile = performance_profile(&slices(&left), &thresholds, 0.95, words()).expect("a profile");
    for (point, above) in profile.iter().zip(list(&file["profile_above"])) {
        close(1.0 - point.value, above, "the profile");
    }
}
