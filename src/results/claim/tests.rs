//! Verdicts on made-up results.

use serde_json::{Value, json};

use super::*;
use crate::results::Circumstances;
use crate::results::table::{Arm, ArmResults, Results, TrialResults};
use crate::seed::{self, Draws, Purpose};
use crate::store::{Status, samples::record};
use crate::train::{Measure, Split};

/// The end of a trial.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// This test loss; solved if it is below 0.1.
    Loss(f64),
    Diverged,
    Failed,
    Missing,
}

/// Results of arms, each with one trial per replicate.
fn results(arms: &[Vec<End>], claims: Vec<Claim>) -> Results {
    let trial = |arm: usize, replicate: usize, end: End| {
        let mut trial = record(0).trial;
        trial.trial_id = format!("t{:015x}", 1000 * arm + replicate);
        trial.replicate = replicate as u32;
        trial.parameters = 100 + arm as u64;
        trial.status = match end {
            End::Diverged => Status::Diverged,
            End::Failed => Status::Error,
            End::Loss(_) | End::Missing => Status::Finished,
        };
        let loss = if let End::Loss(loss) = end { loss } else { f64::NAN };
        let solved = loss < 0.1;
        (trial.solved, trial.updates_to_target) = (Some(solved), solved.then_some(100));
        let mut results = TrialResults::new(trial, &[], vec![]).unwrap();
        if let End::Loss(loss) = end {
            results.curves.insert((Split::Test, Measure::Loss), vec![(100, loss)]);
        }
        results
    };
    let arm = |(number, ends): (usize, &Vec<End>)| {
        let stored = ends.iter().enumerate().filter(|(_, end)| **end != End::Missing);
        ArmResults {
            arm: Arm {
                label: format!("arm {number}"),
                settings: vec![],
                swept: vec![],
                own_label: vec![],
                chance: vec![],
                budget: 1000,
                target: None,
                lengths: None,
                probes: vec![],
            },
            trials: stored.map(|(replicate, end)| trial(number, replicate, *end)).collect(),
        }
    };
    Results {
        suite: "x".to_owned(),
        about: String::new(),
        planned: arms.iter().map(Vec::len).sum(),
        arms: arms.iter().enumerate().map(arm).collect(),
        circumstances: Circumstances::default(),
        claims,
    }
}

fn claim(keys: Value, contrast: Contrast) -> Claim {
    let mut spec = json!({"id": "a", "statement": "So it is.", "metric": "test/loss", "expect": "left < right"});
    keys.as_object().unwrap().iter().for_each(|(key, value)| spec[key] = value.clone());
    Claim { spec: serde_json::from_value(spec).unwrap(), alpha: 0.05, contrast }
}

#[test]
fn replicates_are_counted_where_that_is_what_is_claimed() {
    let solved = json!({"metric": "solved", "expect": "left > right", "in-at-least": "3 of 4"});
    let level = Contrast::Level(vec![(0, 0.0)]);
    let judged = |ends: &[End]| {
        let found = verdict(&[ends.to_vec()], solved.clone(), level.clone());
        (found.outcome, found.effect.map(|effect| effect.value), found.n, found.p)
    };
    let (yes, no) = (End::Loss(0.01), End::Loss(0.5));
    assert_eq!(judged(&[yes, yes, no, yes]), (Outcome::Supported, Some(3.0), 4, None));
    assert_eq!(judged(&[yes, no, no, yes]), (Outcome::Refuted, Some(2.0), 4, None));
    // A diverged training is one that did not; one that failed, or was not run, says nothing.
    assert_eq!(judged(&[yes, End::Diverged, no, yes]), (Outcome::Refuted, Some(2.0), 4, None));
    assert_eq!(judged(&[yes, End::Failed, no, yes]), (Outcome::Inconclusive, Some(2.0), 3, None));
    assert_eq!(judged(&[yes, End::Missing, yes, yes]), (Outcome::Supported, Some(3.0), 3, None));
    assert_eq!(judged(&[yes, yes]), (Outcome::Inconclusive, Some(2.0), 2, None));
    // The first four are looked at, whatever the others are.
    assert_eq!(judged(&[no, no, yes, yes, yes, yes]), (Outcome::Refuted, Some(2.0), 4, None));
    // Pairs of arms, replicate by replicate, beyond a margin; those that are not counted are corrected among themselves.
    let less = json!({"metric": "test/loss", "expect": "left < right", "margin": 0.1, "in-at-least": "2 of 3"});
    let arms = [vec![yes, yes, yes], vec![no, End::Loss(0.1), End::Diverged]];
    let found = verdict(&arms, less.clone(), Contrast::Arms(vec![[0, 1]]));
    assert_eq!((found.outcome, found.effect.unwrap().value), (Outcome::Supported, 2.0));
    assert!(found.sentence().contains("found in 2, expected < -0.1 in ≥ 2 of 3, n = 3"), "{}", found.sentence());
    let tested = claim(json!({}), Contrast::Arms(vec![[0, 1]]));
    let alone = verdicts(&results(&arms, vec![tested.clone()])).remove(0);
    let both = verdicts(&results(&arms, vec![claim(less, Contrast::Arms(vec![[0, 1]])), tested])).remove(1);
    assert_eq!(both.corrected, alone.corrected);
}

/// The verdict on one claim.
fn verdict(arms: &[Vec<End>], keys: Value, contrast: Contrast) -> Verdict {
    verdicts(&results(arms, vec![claim(keys, contrast)])).remove(0)
}

/// Losses around a level, all different.
fn around(level: f64, n: usize) -> Vec<End> {
    (0..n).map(|replicate| End::Loss(level + 0.001 * ((7 * replicate) % n) as f64)).collect()
}

fn pair() -> Contrast {
    Contrast::Arms(vec![[0, 1]])
}

#[test]
fn a_clear_difference_supports_one_claim_and_refutes_its_opposite() {
    let arms = [around(0.05, 8), around(0.5, 8)];
    let less = verdict(&arms, json!({}), pair());
    assert_eq!((less.outcome, less.n, less.p), (Outcome::Supported, 8, Some(2.0 / 256.0)));
    let effect = less.effect.unwrap();
    assert!(effect.high < 0.0 && effect.low <= effect.value && (effect.value + 0.45).abs() < 1e-12, "{effect:?}");
    let greater = verdict(&arms, json!({"expect": "left > right"}), pair());
    assert_eq!((greater.outcome, greater.effect), (Outcome::Refuted, less.effect));
    // More than there is.
    assert_eq!(verdict(&arms, json!({"margin": 0.4}), pair()).outcome, Outcome::Supported);
    assert_eq!(verdict(&arms, json!({"margin": 0.46}), pair()).outcome, Outcome::Refuted);
    assert_eq!(verdict(&arms, json!({"margin": 0.45}), pair()).outcome, Outcome::Inconclusive);
}

#[test]
fn equality_is_within_the_margin_on_both_sides() {
    let arms = [around(0.5, 8), around(0.5, 8).into_iter().rev().collect()];
    let equal = |margin: f64| verdict(&arms, json!({"expect": "left = right", "margin": margin}), pair()).outcome;
    assert_eq!(equal(0.1), Outcome::Supported);
    assert_eq!(equal(0.001), Outcome::Inconclusive);
    let arms = [around(0.05, 8), around(0.5, 8)];
    let apart = verdict(&arms, json!({"expect": "left = right", "margin": 0.1}), pair());
    assert_eq!(apart.outcome, Outcome::Refuted);
}

#[test]
fn whatever_diverged_is_worse_than_every_number() {
    let diverged = vec![End::Diverged; 8];
    let less = |arms: [Vec<End>; 2]| verdict(&arms, json!({}), pair());
    let worse = less([diverged.clone(), around(0.5, 8)]);
    assert_eq!((worse.outcome, worse.effect.unwrap().value), (Outcome::Refuted, f64::INFINITY));
    assert_eq!(less([around(0.5, 8), diverged.clone()]).outcome, Outcome::Supported);
    let both = less([diverged.clone(), diverged]);
    assert_eq!((both.outcome, both.effect.unwrap().value, both.p), (Outcome::Inconclusive, 0.0, Some(1.0)));
}

#[test]
fn replicates_without_all_trials_do_not_count_and_are_told() {
    let mut arms = [around(0.05, 9), around(0.5, 9)];
    (arms[0][3], arms[1][5]) = (End::Missing, End::Failed);
    let found = verdict(&arms, json!({}), pair());
    assert_eq!((found.outcome, found.n), (Outcome::Supported, 7));
    assert!(found.notes[0].starts_with("2 replicates left out"), "{:?}", found.notes);
    let nothing = verdict(&[vec![End::Missing; 9], around(0.5, 9)], json!({}), pair());
    assert_eq!((nothing.outcome, nothing.effect, nothing.n), (Outcome::Inconclusive, None, 0));
    assert!(nothing.notes[0].starts_with("9 replicates left out"), "{:?}", nothing.notes);
}

#[test]
fn too_few_replicates_are_told_with_the_number_that_would_do() {
    let short = verdict(&[around(0.05, 5), around(0.5, 5)], json!({}), pair());
    assert_eq!((short.outcome, short.p), (Outcome::Inconclusive, Some(0.0625)));
    assert_eq!(short.notes, ["5 replicates cannot reach α = 0.05; 6 can"]);
    let claims = |count: usize| -> Vec<Claim> { (0..count).map(|_| claim(json!({}), pair())).collect() };
    assert_eq!(shortages(&claims(1), 6), []);
    let all = shortages(&claims(8), 8);
    assert_eq!(all.len(), 8);
    // 2·2⁻⁸·8 is above 0.05, 2·2⁻⁹·8 below.
    assert_eq!((all[0].least_p, all[0].needed), (0.0625, Some(9)));
    assert_eq!(shortages(&claims(8), 9), []);
    // What no seed changes needs no replicates and costs the others nothing.
    let fixed = claim(json!({"metric": "parameters"}), pair());
    assert_eq!(shortages(&[claims(1), vec![fixed; 20]].concat(), 6), []);
    // All of five and none of five: one of 252 choices, on two sides.
    let solved = || claim(json!({"metric": "solved"}), pair());
    let least = |count: usize| shortages(&vec![solved(); count], 5).first().map(|short| short.least_p);
    assert_eq!((least(6), least(7).map(|p| (p * 252.0).round())), (None, Some(14.0)));
}

#[test]
fn successes_are_compared_by_their_counts() {
    let arms = [around(0.05, 5), around(0.5, 5)];
    let solves =
        |margin: f64| verdict(&arms, json!({"metric": "solved", "expect": "left > right", "margin": margin}), pair());
    let found = solves(0.0);
    assert_eq!(
        (found.outcome, found.test, found.effect.unwrap().value),
        (Outcome::Supported, "Fisher's exact test", 1.0)
    );
    // Five of five and none of five: C(10, 5) is 252.
    assert!((found.p.unwrap() - 2.0 / 252.0).abs() < 1e-12);
    assert_eq!(solves(0.9).outcome, Outcome::Inconclusive);
    let level = |bound: f64| {
        let keys = json!({"metric": "solved", "expect": "left > right"});
        verdict(&arms, keys, Contrast::Level(vec![(0, bound)])).outcome
    };
    // (1 − 0.025^(1/5)) is 0.522.
    assert_eq!((level(0.47), level(0.48)), (Outcome::Supported, Outcome::Inconclusive));
    let never = json!({"metric": "solved", "expect": "left > right"});
    assert_eq!(verdict(&arms, never, Contrast::Level(vec![(1, 0.6)])).outcome, Outcome::Refuted);
}

#[test]
fn settings_alone_decide_what_no_seed_changes() {
    let arms = [around(0.5, 1), around(0.5, 1)];
    let found = verdict(&arms, json!({"metric": "parameters"}), pair());
    assert_eq!((found.outcome, found.p, found.corrected), (Outcome::Supported, None, None));
    assert_eq!(found.effect.unwrap().value, -1.0);
    assert_eq!(verdict(&arms, json!({"metric": "parameters", "margin": 1.0}), pair()).outcome, Outcome::Inconclusive);
}

#[test]
fn an_order_holds_with_all_its_steps_and_falls_with_one() {
    let arms = [around(0.1, 8), around(0.3, 8), around(0.5, 8), around(0.2, 8)];
    let order = |arms_in_order: Vec<usize>| {
        let keys = json!({"expect": "increasing"});
        verdict(&arms, keys, Contrast::Order(vec![arms_in_order]))
    };
    let up = order(vec![0, 1, 2]);
    assert_eq!((up.outcome, up.p), (Outcome::Supported, Some(2.0 / 256.0)));
    let broken = order(vec![0, 1, 3, 2]);
    // One of three steps leads down.
    assert_eq!((broken.outcome, broken.p), (Outcome::Refuted, Some(3.0 * 2.0 / 256.0)));
    assert!((broken.effect.unwrap().value + 0.1).abs() < 1e-12);
    assert_eq!(broken.notes, ["step 2 of 3 decides"]);
}

#[test]
fn trends_and_correlations_are_of_ranks_within_replicates() {
    let arms = [around(0.1, 7), around(0.2, 7), around(0.3, 7)];
    let trend = |expect: &str| {
        verdict(&arms, json!({"expect": expect}), Contrast::Trend(vec![vec![(10.0, 0), (20.0, 1), (50.0, 2)]]))
    };
    let up = trend("increasing");
    assert_eq!((up.outcome, up.effect.unwrap().value), (Outcome::Supported, 1.0));
    assert!((up.p.unwrap() - 2.0 / 128.0).abs() < 1e-12);
    assert_eq!(trend("decreasing").outcome, Outcome::Refuted);
    // Arm k has 100 + k parameters.
    let keys = json!({"expect": "positive", "with": "parameters"});
    assert_eq!(verdict(&arms, keys, Contrast::Correlation(vec![vec![0, 1, 2]])).outcome, Outcome::Supported);
    let flat = vec![vec![End::Diverged; 7]; 3];
    let keys = json!({"expect": "positive", "with": "parameters"});
    let none = verdict(&flat, keys, Contrast::Correlation(vec![vec![0, 1, 2]]));
    assert_eq!((none.outcome, none.effect.unwrap().value), (Outcome::Inconclusive, 0.0));
}

#[test]
fn strata_are_averaged_within_replicates() {
    let arms = [around(0.1, 7), around(0.2, 7), around(1.0, 7), around(1.3, 7)];
    let found = verdict(&arms, json!({}), Contrast::Arms(vec![[0, 1], [2, 3]]));
    assert_eq!((found.outcome, found.n), (Outcome::Supported, 7));
    assert!((found.effect.unwrap().value + 0.2).abs() < 1e-12);
}

#[test]
fn the_correction_costs_what_holm_says() {
    let arms = [around(0.05, 8), around(0.5, 8), around(0.5, 8)];
    let claims = |count: usize| (0..count).map(|_| claim(json!({}), pair())).collect();
    // 2·2⁻⁸ times 6 is below 0.05, times 7 above.
    for (count, outcome) in [(6, Outcome::Supported), (7, Outcome::Inconclusive)] {
        for verdict in verdicts(&results(&arms, claims(count))) {
            assert_eq!(verdict.outcome, outcome);
            assert!((verdict.corrected.unwrap() - count as f64 / 128.0).abs() < 1e-12);
        }
    }
}

/// A number with a long tail, now and then of a training that diverged or is tied with others.
fn drawn(draws: &mut Draws) -> End {
    match draws.below(12) {
        0 => End::Diverged,
        1 => End::Loss(0.05),
        _ => End::Loss(libm::exp(draws.normal())),
    }
}

/// Six claims about arms whose trials are all of one distribution.
fn null_claims() -> Vec<Claim> {
    vec![
        claim(json!({"id": "a"}), pair()),
        claim(json!({"id": "b", "expect": "left > right"}), Contrast::Arms(vec![[2, 3]])),
        claim(json!({"id": "c", "metric": "solved"}), Contrast::Arms(vec![[0, 4]])),
        claim(json!({"id": "d", "expect": "increasing"}), Contrast::Order(vec![vec![1, 2, 5]])),
        claim(json!({"id": "e", "expect": "decreasing"}), Contrast::Trend(vec![vec![(1.0, 0), (2.0, 3), (3.0, 5)]])),
        claim(json!({"id": "f"}), Contrast::Arms(vec![[0, 1], [2, 5]])),
    ]
}

/// Under a true null hypothesis no more than α of all suites have any claim supported or refuted.
#[test]
fn false_verdicts_are_as_rare_as_promised() {
    const SUITES: u64 = 60;
    for n in [5, 10] {
        let stream = seed::stream(0, Purpose::Data, &[("calibration", &n.to_string())]);
        let any_false = (0..SUITES).filter(|suite| {
            let mut draws = stream.at(*suite);
            let arms: Vec<Vec<End>> = (0..6).map(|_| (0..n).map(|_| drawn(&mut draws)).collect()).collect();
            // Of an order that is no order a step that contradicts it is no false verdict; none is different here.
            let found = verdicts(&results(&arms, null_claims()));
            found.iter().any(|verdict| verdict.outcome != Outcome::Inconclusive)
        });
        // Three standard errors of a share of 5 % above it.
        let allowed = 0.05 * SUITES as f64 + 3.0 * libm::sqrt(SUITES as f64 * 0.05 * 0.95);
        let count = any_false.count();
        assert!((count as f64) <= allowed, "{count} of {SUITES} suites with n = {n}");
    }
}

/// A verdict other than inconclusive has a corrected p of at most α and an interval that excludes the bound; an inconclusive one
/// has neither, but for ties with the bound.
#[test]
fn intervals_and_p_values_agree() {
    let stream = seed::stream(0, Purpose::Data, &[("agreement", "claims")]);
    let (mut decided, mut open) = (0, 0);
    for suite in 0..60 {
        let mut draws = stream.at(suite);
        let arm = |shift: f64, draws: &mut Draws| -> Vec<End> {
            (0..9).map(|_| End::Loss(0.1 + shift + 0.05 * draws.normal().abs())).collect()
        };
        let arms: Vec<Vec<End>> =
            [0.0, 0.03, 0.08, 0.0, 0.05, 0.1].iter().map(|shift| arm(*shift, &mut draws)).collect();
        let mut claims = null_claims();
        claims[0] = claim(json!({"id": "a", "expect": "left = right", "margin": 0.06}), pair());
        claims[1].spec.margin = 0.02;
        for verdict in verdicts(&results(&arms, claims)) {
            let (Some(effect), Some(p)) = (verdict.effect, verdict.corrected) else { continue };
            let bounds = verdict.claim.bounds();
            let excludes = bounds.iter().all(|bound| effect.low > *bound || effect.high < *bound);
            if verdict.outcome == Outcome::Inconclusive {
                open += 1;
                assert!(!(p <= 0.05 && excludes), "{verdict:?}");
            } else {
                decided += 1;
                assert!(p <= 0.05 && excludes, "{verdict:?}");
            }
        }
    }
    assert!(decided > 40 && open > 40, "{decided} {open}");
}

#[test]
fn verdicts_are_written_for_people_and_programs() {
    let arms = [around(0.05, 8), around(0.5, 8)];
    let claims = vec![
        claim(json!({"id": "yes", "statement": "<b> & \"so\" | it is."}), pair()),
        claim(json!({"id": "no", "expect": "left > right"}), pair()),
        claim(json!({"id": "open", "margin": 0.45}), pair()),
    ];
    let verdicts = verdicts(&results(&arms, claims.clone()));
    let read: Value = serde_json::from_str(&document("x", &verdicts)).unwrap();
    assert_eq!((&read["schema"], &read["suite"]), (&json!(SCHEMA), &json!("x")));
    let names: Vec<&str> =
        read["claims"].as_array().unwrap().iter().map(|claim| claim["verdict"].as_str().unwrap()).collect();
    assert_eq!(names, ["supported", "refuted", "inconclusive"]);
    assert_eq!(read["claims"][0]["effect"]["confidence"], json!(1.0 - 0.05 / 3.0));
    assert_eq!(read["claims"][0]["hash"], json!(claims[0].spec.hash()));
    let xml = junit("x", &verdicts).unwrap();
    for part in ["tests=\"3\"", "failures=\"1\"", "skipped=\"1\"", "&lt;b&gt; &amp; ", "name=\"open\""] {
        assert!(xml.contains(part), "{part}: {xml}");
    }
    let table = table(&verdicts);
    assert!(table.rows.iter().all(|row| row.len() == table.columns.len()));
    assert_eq!(table.rows[1][1].shown(), "refuted");
}

#[test]
fn an_edited_claim_has_another_hash() {
    let one = claim(json!({}), pair()).spec;
    let mut other = one.clone();
    other.margin = 0.1;
    assert_ne!(one.hash(), other.hash());
    other.margin = one.margin;
    assert_eq!(one.hash(), other.hash());
    other.statement = "So it was.".to_owned();
    assert_ne!(one.hash(), other.hash());
}
