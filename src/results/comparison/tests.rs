//! Comparisons of made-up runs.

use serde_json::json;

use super::*;
use crate::results::Circumstances;
use crate::results::table::{Arm, ArmResults, Results, TrialResults};
use crate::store::{Difference, Link, Status, samples::record};
use crate::train::{Measure, MetricName, Split};

/// The end of a trial.
#[derive(Clone, Copy, Debug)]
struct End {
    loss: f64,
    solved: bool,
    /// Stands for its bits.
    bits: u32,
}

/// A run of arms, each with one trial per replicate.
fn side(name: &str, arms: &[(&str, Vec<End>)]) -> Side {
    let mut chains = std::collections::BTreeMap::new();
    let mut trial = |label: &str, replicate: usize, end: End| {
        let mut trial = record(0).trial;
        trial.trial_id = format!("t{label}{replicate}");
        trial.replicate = replicate as u32;
        trial.status = if end.loss.is_nan() { Status::Diverged } else { Status::Finished };
        (trial.solved, trial.updates_to_target) = (Some(end.solved), end.solved.then_some(100));
        (trial.updates, trial.train_seconds, trial.hash) = (200, 2.0, format!("{:064x}", end.bits));
        let link =
            |update: u64, bits: u32| Link { trial_id: trial.trial_id.clone(), update, link: format!("{bits:016x}") };
        // The bits are the same until update 100.
        chains.insert(trial.trial_id.clone(), vec![link(0, 0), link(100, 0), link(200, end.bits)]);
        let mut results = TrialResults::new(trial, &[], vec![]).unwrap();
        results.curves.insert((Split::Test, Measure::Loss), vec![(100, 1.0), (200, end.loss)]);
        results
    };
    let arm = |(label, ends): &(&str, Vec<End>)| ArmResults {
        arm: Arm {
            label: (*label).to_owned(),
            settings: vec![],
            swept: vec![],
            own_label: vec![],
            chance: vec![],
            budget: 200,
            target: None,
            lengths: None,
            probes: vec![],
        },
        trials: ends.iter().enumerate().map(|(replicate, end)| trial(label, replicate, *end)).collect(),
    };
    let results = Results {
        suite: "x".to_owned(),
        about: String::new(),
        planned: 0,
        arms: arms.iter().map(arm).collect(),
        circumstances: Circumstances::default(),
        claims: vec![],
    };
    let definition =
        |(label, _): &(&str, Vec<End>)| Definition { config: (*label).to_owned(), resolved: json!({"a": {"b": 1}}) };
    Side { name: name.to_owned(), results, chains, definitions: arms.iter().map(definition).collect() }
}

fn ends(n: usize, of: impl Fn(usize) -> End) -> Vec<End> {
    (0..n).map(of).collect()
}

fn good(replicate: usize) -> End {
    End { loss: 0.01 + 0.001 * replicate as f64, solved: true, bits: 1 }
}

fn compared(one: &Side, two: &Side) -> Comparison {
    compare(one, two, Strictness::default())
}

#[test]
fn a_run_is_identical_with_itself() {
    let one = side("a", &[("gru", ends(6, good)), ("lstm", ends(6, good))]);
    let found = compared(&one, &one);
    assert_eq!((found.identical(), found.changed(), found.missing(), found.incomparable()), (12, 0, 0, 0));
    assert_eq!(found.standing(Standing::NoChange).count(), 2);
    assert!(found.arms.iter().all(|arm| arm.effects.is_empty()));
    assert!(trials_table(&found).rows.is_empty() && found.settings.is_empty());
}

#[test]
fn changed_bits_are_placed_and_their_drift_measured() {
    let one = side("a", &[("gru", ends(6, good))]);
    let mut changed = ends(6, good);
    changed[2] = End { loss: 0.024, bits: 2, ..changed[2] };
    let found = compared(&one, &side("b", &[("gru", changed)]));
    assert_eq!((found.identical(), found.changed()), (5, 1));
    let Bits::Other { at, drift, metric: None } = &found.trials[2].bits else { panic!("{:?}", found.trials[2]) };
    assert_eq!(*at, Difference { update: 200, same_until: Some(100) });
    assert!((drift.unwrap() - 0.5).abs() < 1e-12);
    assert_eq!(found.arms[0].standing, Standing::WithinNoise);
    assert_eq!(trials_table(&found).rows.len(), 1);
}

/// Links are short: where all of them agree, the last one in full decides.
#[test]
fn another_end_alone_is_a_change() {
    let one = side("a", &[("gru", ends(1, good))]);
    let mut two = one.clone();
    two.results.arms[0].trials[0].trial.hash = "f".repeat(64);
    assert_eq!(compared(&one, &two).changed(), 1);
}

/// A loss is only reported: its bits are in no chain.
#[test]
fn a_metric_that_changes_alone_is_a_change() {
    let one = side("a", &[("gru", ends(1, good))]);
    let loss = f64::from_bits(0.01_f64.to_bits() + 1);
    let found = compared(&one, &side("b", &[("gru", ends(1, |_| End { loss, ..good(0) }))]));
    assert_eq!((found.identical(), found.changed()), (0, 1));
    let Bits::Other { at, metric, .. } = &found.trials[0].bits else { panic!("{:?}", found.trials[0]) };
    assert_eq!(*at, Difference { update: 200, same_until: Some(100) });
    assert_eq!(*metric, Some(MetricName::Measured(Split::Test, Measure::Loss)));
    let sentence = found.trials[0].bits.sentence();
    assert!(sentence.contains("another test/loss of the same parameters at update 200"), "{sentence}");
    // A metric that is not a number twice is the same, whatever bits stand for it.
    let [positive, negative] =
        [f64::NAN, -f64::NAN].map(|loss| side("a", &[("gru", ends(1, |_| End { loss, solved: false, bits: 1 }))]));
    assert_eq!(compared(&positive, &negative).identical(), 1);
}

#[test]
fn many_arms_without_change_are_counted_and_few_shown() {
    let one = side("a", &[("gru", ends(6, good)), ("lstm", ends(6, good))]);
    let found =
        compared(&one, &side("b", &[("gru", ends(6, good)), ("lstm", ends(6, |_| End { bits: 2, ..good(0) }))]));
    let rows = |most: usize| arms_table(&found, most).rows.len();
    assert_eq!((rows(1), rows(0)), (4, 3));
    assert!(arms_table(&found, 0).notes.iter().any(|note| note.contains("1 of them")));
}

#[test]
fn the_builds_of_both_are_told_each_once() {
    let mut one = side("a", &[("gru", ends(3, good))]);
    let builds = |side: &Side| compared(side, &side.clone()).builds;
    assert_eq!(builds(&one), [Vec::<String>::new(), vec![]]);
    for (trial, build) in one.results.arms[0].trials.iter_mut().zip(["b", "a", "b"]) {
        trial.trial.build = Some(build.to_owned());
    }
    assert_eq!(builds(&one)[0], ["a", "b"]);
}

#[test]
fn what_one_has_alone_and_what_cannot_be_compared_is_told() {
    let one = side("a", &[("gru", ends(3, good)), ("old", ends(2, good))]);
    let mut two = side("b", &[("gru", ends(4, good)), ("new", ends(1, good))]);
    two.results.arms[0].trials[0].trial.numerics += 1;
    two.results.arms[0].trials[1].trial.status = Status::Error;
    let found = compared(&one, &two);
    let bits: Vec<&str> = found.trials.iter().map(|trial| trial.bits.name()).collect();
    assert_eq!(bits, ["incomparable", "incomparable", "identical", "new", "new", "missing", "missing"]);
    assert!(matches!(&found.trials[0].bits, Bits::Incomparable(reason) if reason.contains("numerics")));
    assert!(matches!(&found.trials[1].bits, Bits::Incomparable(reason) if reason.contains("error")));
    assert_eq!((found.gone, found.added), (vec!["old".to_owned()], vec!["new".to_owned()]));
}

#[test]
fn arms_get_worse_and_better_by_more_than_chance_and_the_threshold() {
    let one = side("a", &[("gru", ends(12, good))]);
    let shifted = |by: f64| {
        let arm = ends(12, |replicate| End { loss: good(replicate).loss * by, bits: 2, solved: true });
        compared(&one, &side("b", &[("gru", arm)])).arms.remove(0)
    };
    let worse = shifted(2.0);
    assert_eq!(worse.standing, Standing::Regressed);
    let effect = &worse.effects.iter().find(|effect| effect.change == Change::Worse).unwrap();
    assert_eq!(effect.metric, MetricName::Measured(Split::Test, Measure::Loss));
    assert!(effect.corrected_p.unwrap() <= 0.05 && effect.difference.low > 0.0);
    assert_eq!(shifted(0.5).standing, Standing::Improved);
    // Sure, but less than 5 %.
    assert_eq!(shifted(1.02).standing, Standing::WithinNoise);
    // Whoever fails to learn at all is worse, diverged or not.
    let failed = |loss: f64| ends(12, |_| End { loss, solved: false, bits: 2 });
    for loss in [1.0, f64::NAN] {
        let found = compared(&one, &side("b", &[("gru", failed(loss))]));
        assert_eq!(found.arms[0].standing, Standing::Regressed, "{loss}");
        assert!(found.arms[0].sentence().contains("solved 1 before, 0 now"), "{}", found.arms[0].sentence());
        let back = compared(&side("b", &[("gru", failed(loss))]), &one);
        assert_eq!(back.arms[0].standing, Standing::Improved, "{loss}");
    }
    // Everything diverged twice.
    let nothing = |bits: u32| side("a", &[("gru", ends(12, |_| End { loss: f64::NAN, solved: false, bits }))]);
    assert_eq!(compared(&nothing(1), &nothing(2)).arms[0].standing, Standing::WithinNoise);
}

#[test]
fn a_collapse_of_six_replicates_is_seen_among_many_arms_and_of_three_is_undecided() {
    let labels = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let run = |n: usize, of: &dyn Fn(usize) -> End| side("x", &labels.map(|label| (label, ends(n, of))));
    let failed = |_: usize| End { loss: 0.6, solved: false, bits: 2 };
    let found = compared(&run(6, &good), &run(6, &failed));
    assert_eq!(found.standing(Standing::Regressed).count(), 8);
    let found = compared(&run(3, &good), &run(3, &failed));
    assert_eq!(found.standing(Standing::Undecided).count(), 8);
}

/// Of many arms few metrics can be judged, and one that cannot must not hide behind one that can.
#[test]
fn a_change_that_cannot_be_judged_leaves_the_arm_open() {
    let labels: Vec<String> = (0..36).map(|arm| format!("arm {arm}")).collect();
    let run = |of: &dyn Fn(usize) -> End| {
        let arms: Vec<(&str, Vec<End>)> = labels.iter().map(|label| (label.as_str(), ends(10, of))).collect();
        side("x", &arms)
    };
    let found =
        compared(&run(&good), &run(&|replicate| End { loss: 100.0 * good(replicate).loss, bits: 2, solved: true }));
    assert_eq!(found.standing(Standing::Undecided).count(), 36);
    // That many could have told it.
    let enough = found.replicates_that_decide().unwrap();
    assert!((11..=14).contains(&enough), "{enough}");
    // A drift below the threshold is none, whoever judges it.
    let found =
        compared(&run(&good), &run(&|replicate| End { loss: 1.001 * good(replicate).loss, bits: 2, solved: true }));
    assert_eq!(found.standing(Standing::WithinNoise).count(), 36);
}

#[test]
fn a_verdict_on_the_whole_follows_from_trials_and_arms() {
    let one = side("a", &[("gru", ends(12, good))]);
    let with = |two: &Side, accept_numerics: bool| {
        compare(&one, two, Strictness { accept_numerics, ..Strictness::default() }).verdict()
    };
    assert_eq!(with(&one, false), Verdict::Passed);
    let other_bits = side("b", &[("gru", ends(12, |replicate| End { bits: 2, ..good(replicate) }))]);
    assert_eq!((with(&other_bits, false), with(&other_bits, true)), (Verdict::Failed, Verdict::Passed));
    let worse = side("b", &[("gru", ends(12, |_| End { loss: 1.0, solved: false, bits: 2 }))]);
    assert_eq!(with(&worse, true), Verdict::Failed);
    assert_eq!(with(&side("b", &[("gru", ends(11, good))]), false), Verdict::Incomplete);
    assert_eq!(with(&side("b", &[("lstm", ends(12, good))]), false), Verdict::Incomplete);
    // Of other settings trials are not missing, but replicates are.
    let mut fewer = side("b", &[("gru", ends(6, good))]);
    fewer.definitions[0].config += " changed";
    assert_eq!(compared(&one, &fewer).arms[0].lacking, 6);
    assert_eq!(with(&fewer, false), Verdict::Incomplete);
}

#[test]
fn arms_without_results_or_of_other_numerics_are_not_compared() {
    let one = side("a", &[("gru", ends(6, good))]);
    let of = |change: &dyn Fn(&mut Side)| {
        let mut two = one.clone();
        change(&mut two);
        let found = compared(&one, &two);
        assert_eq!(found.verdict(), Verdict::Incomplete);
        let arm = found.arms[0].clone();
        assert_eq!(arm.standing, Standing::NotCompared);
        arm.reason.unwrap()
    };
    assert_eq!(of(&|two| two.results.arms[0].trials.clear()), "the run has no results of it");
    let reason = of(&|two| two.results.arms[0].trials.iter_mut().for_each(|trial| trial.trial.numerics += 1));
    assert!(reason.contains("numerics"), "{reason}");
    let reason = of(&|two| {
        two.definitions[0].config += " changed";
        two.results.arms[0].trials.iter_mut().for_each(|trial| trial.trial.engine = "other".to_owned());
    });
    assert!(reason.contains("other on"), "{reason}");
}

/// Tables that another program wrote, or half of one.
#[test]
fn metrics_that_are_missing_and_rows_that_do_not_fit_are_no_identity() {
    let one = side("a", &[("gru", ends(1, good))]);
    let of = |change: &dyn Fn(&mut TrialResults)| {
        let mut two = one.clone();
        change(&mut two.results.arms[0].trials[0]);
        compared(&one, &two).trials[0].bits.clone()
    };
    for change in [&(|trial: &mut TrialResults| trial.curves.clear()) as &dyn Fn(&mut TrialResults), &|trial| {
        trial.curves.values_mut().for_each(|curve| curve.truncate(1));
    }] {
        let bits = of(change);
        assert!(matches!(&bits, Bits::Incomparable(reason) if reason.contains("metrics")), "{bits:?}");
    }
    assert_eq!(of(&|trial| trial.trial.solved = Some(false)), Bits::OtherRow("solved"));
    assert_eq!(of(&|trial| trial.trial.updates_to_target = Some(50)), Bits::OtherRow("updates_to_target"));
    assert_eq!(of(&|trial| trial.trial.status = Status::Diverged), Bits::OtherRow("status"));
}

#[test]
fn arms_of_other_settings_are_paired_by_label_and_their_differences_shown() {
    let one = side("a", &[("gru", ends(6, good)), ("lstm", ends(6, good))]);
    let mut two = one.clone();
    for definition in &mut two.definitions {
        definition.config += " changed";
        definition.resolved = json!({"a": {"b": 2}, "c": [1]});
    }
    let found = compared(&one, &two);
    assert!(found.trials.is_empty(), "other settings are other trials: {:?}", found.trials);
    assert!(found.arms.iter().all(|arm| !arm.same_settings && arm.standing == Standing::WithinNoise));
    let settings: Vec<(&str, usize)> =
        found.settings.iter().map(|setting| (setting.path.as_str(), setting.arms)).collect();
    assert_eq!(settings, [("a.b", 2), ("c", 2)]);
    assert_eq!(settings_table(&found).rows.len(), 2);
}

/// The share of so many comparisons, of three arms with 20 replicates each, that call an arm regressed, where the first solves its
/// task with the probability `now` after `before`.
fn share_regressed(simulations: usize, before: f64, now: f64) -> f64 {
    let mut state = 1_u64;
    let mut uniform = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut regressed = 0;
    for _ in 0..simulations {
        let mut run = |bits: u32, probability: f64| -> Vec<(&str, Vec<End>)> {
            let mut arm = |probability: f64| -> Vec<End> {
                (0..20)
                    .map(|_| {
                        let solved = uniform() < probability;
                        // Skewed, and below the target's bound where it is solved.
                        let loss = if solved { 0.01 * uniform() } else { 0.01 + uniform() * uniform() };
                        End { loss, solved, bits }
                    })
                    .collect()
            };
            vec![("gru", arm(probability)), ("lstm", arm(before)), ("elman", arm(before))]
        };
        let (one, two) = (side("a", &run(1, before)), side("b", &run(2, now)));
        regressed += usize::from(compared(&one, &two).standing(Standing::Regressed).count() > 0);
    }
    regressed as f64 / simulations as f64
}

#[test]
fn chance_is_called_a_regression_no_more_often_than_promised_and_a_loss_is_found() {
    let by_chance = share_regressed(150, 0.7, 0.7);
    assert!(by_chance <= 0.05, "{by_chance}");
    let lost = share_regressed(20, 0.9, 0.3);
    assert!(lost >= 0.8, "{lost}");
}

/// The power that README states, within three standard errors of 1000 simulations and half of its last digit.
#[test]
#[ignore = "simulates for minutes"]
fn chance_and_power_over_a_thousand_simulations_are_what_is_stated() {
    const SIMULATIONS: usize = 1000;
    let by_chance = share_regressed(SIMULATIONS, 0.7, 0.7);
    assert!(by_chance <= Strictness::default().alpha, "{by_chance}");
    for (before, now, stated) in [(0.7, 0.7, 0.006), (0.9, 0.8, 0.01), (0.9, 0.6, 0.16)] {
        let found = share_regressed(SIMULATIONS, before, now);
        let error: f64 = stated * (1.0 - stated) / SIMULATIONS as f64;
        let within = (found - stated).abs() <= 3.0 * libm::sqrt(error) + 0.005;
        assert!(within, "solved with probability {before} before, {now} now: {found}, stated {stated}");
    }
}

#[test]
fn documents_are_json_and_xml() {
    let one = side("a<b", &[("gru & co", ends(6, good))]);
    let two = side("b", &[("gru & co", ends(6, |_| End { loss: f64::NAN, solved: false, bits: 3 }))]);
    let found = compared(&one, &two);
    let json: serde_json::Value = serde_json::from_str(&document(&found)).unwrap();
    assert_eq!((json["schema"].as_u64(), json["changed"].as_u64()), (Some(1), Some(6)));
    assert_eq!((json["verdict"].as_str(), json["new"].as_u64()), (Some("failed"), Some(0)));
    assert_eq!(json["trials"][0]["same-until"], 100);
    assert!(json["arms"][0]["effects"].as_array().is_some_and(|effects| effects.len() == 3));
    let xml = junit(&found).unwrap();
    assert!(xml.contains("failures=\"6\"") && xml.contains("gru &amp; co"), "{xml}");
    // What is missing is no success.
    let xml = junit(&compared(&one, &side("b", &[("gru & co", ends(5, good))]))).unwrap();
    assert!(xml.contains("errors=\"1\""), "{xml}");
}
