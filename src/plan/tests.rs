//! Laws of plans: what arms there are, in which order, and what each of them sets.

mod claims;
mod equations;
mod other_lengths;
mod searching;
mod settings;
mod tuning;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Plan, PlanOptions, TUNING_REPLICATES, Trial};
use crate::suite::{Path, Setting, Suite};

/// The plan of a suite with these keys beside those that every suite needs.
fn planned(keys: &Value, options: &PlanOptions, set: &[&str]) -> Result<Plan, String> {
    let mut suite = json!({"version": 1, "name": "x", "replicates": 2, "task": {"kind": "adding", "length": 10},
        "model": {"cell": {"kind": "elman"}, "hidden": 4}, "train": {"updates": 3, "evaluate-every": 1}});
    for (key, value) in keys.as_object().expect("a map") {
        suite[key] = value.clone();
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("x.yaml");
    std::fs::write(&file, suite.to_string()).expect("written");
    let settings = set.iter().map(|text| Setting::parse("--set", text).expect("a setting")).collect();
    let suite = Suite::load(&file, settings, false).map_err(|problems| problems.to_string())?;
    let plan = Plan::new(&suite, options).map_err(|problems| problems.to_string());
    plan.map_err(|text| text.replace(&file.display().to_string(), "x.yaml"))
}

fn plan(keys: &Value) -> Plan {
    planned(keys, &PlanOptions::default(), &[]).expect("a plan")
}

fn refused(keys: &Value) -> String {
    planned(keys, &PlanOptions::default(), &[]).expect_err("refused")
}

fn path(text: &str) -> Path {
    text.parse().expect("a path")
}

/// The values of each arm at these paths.
fn values(plan: &Plan, paths: &[&str]) -> Vec<Vec<Value>> {
    let value = |arm: usize, text: &&str| plan.setting(arm, &path(text)).unwrap_or_default();
    (0..plan.arms()).map(|arm| paths.iter().map(|text| value(arm, text)).collect()).collect()
}

const PATHS: [&str; 4] = ["task.length", "model.hidden", "train.batch", "optimizer.learning-rate"];

/// For some of the paths, in any order, one to three distinct values.
fn axes() -> impl Strategy<Value = Vec<(usize, Vec<u32>)>> {
    let order = Just(vec![0, 1, 2, 3]).prop_shuffle();
    let lists = prop::collection::vec(prop::collection::btree_set(2_u32..9, 1..4), 4);
    (order, lists, 1_usize..5).prop_map(|(order, lists, count)| {
        let lists = lists.into_iter().map(|list| list.into_iter().collect());
        order.into_iter().zip(lists).take(count).collect()
    })
}

fn over(axes: &[(usize, Vec<u32>)]) -> Value {
    axes.iter().map(|(axis, list)| (PATHS[*axis].to_owned(), json!(list))).collect::<serde_json::Map<_, _>>().into()
}

/// The values of a grid's arms at the four paths, by nested loops: the last axis is the innermost.
fn grid(axes: &[(usize, Vec<u32>)], base: [u32; 4]) -> Vec<[u32; 4]> {
    match axes {
        [] => vec![base],
        [(axis, list), rest @ ..] => {
            let with = |value: &u32| {
                let mut base = base;
                base[*axis] = *value;
                grid(rest, base)
            };
            list.iter().flat_map(with).collect()
        }
    }
}

fn numbers(plan: &Plan) -> Vec<[u32; 4]> {
    let number = |value: &Value| value.as_f64().expect("a number") as u32;
    values(plan, &PATHS).iter().map(|row| std::array::from_fn(|k| number(&row[k]))).collect()
}

/// The settings of a suite that sweeps nothing.
fn base() -> [u32; 4] {
    // A learning rate of 1 stands for one that is not swept.
    numbers(&plan(&json!({"optimizer": {"kind": "adam", "learning-rate": 1.0}})))[0]
}

fn unique(rows: Vec<[u32; 4]>) -> Vec<[u32; 4]> {
    let mut seen = std::collections::HashSet::new();
    rows.into_iter().filter(|row| seen.insert(*row)).collect()
}

fn suite(entries: &[Vec<(usize, Vec<u32>)>]) -> Value {
    let sweep: Vec<Value> = entries.iter().map(|axes| json!({"kind": "grid", "over": over(axes)})).collect();
    json!({"sweep": sweep, "optimizer": {"kind": "adam", "learning-rate": 1.0}})
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn arms_are_the_union_of_every_entrys_combinations(entries in prop::collection::vec(axes(), 1..3)) {
        let plan = plan(&suite(&entries));
        let expected = unique(entries.iter().flat_map(|axes| grid(axes, base())).collect());
        prop_assert_eq!(numbers(&plan), expected);
    }

    #[test]
    fn exclude_leaves_out_and_only_keeps_the_arms_for_which_every_setting_holds(
        axes in axes(), conditions in prop::collection::vec(prop::collection::btree_map(0_usize..4, 2_u32..9, 1..3), 1..3),
        only in prop::collection::btree_map(0_usize..4, 2_u32..9, 0..2),
    ) {
        let mut keys = suite(std::slice::from_ref(&axes));
        let exclude = |condition: &std::collections::BTreeMap<usize, u32>| -> Value {
            condition.iter().map(|(axis, value)| (PATHS[*axis].to_owned(), json!(value))).collect::<serde_json::Map<_, _>>().into()
        };
        keys["exclude"] = conditions.iter().map(exclude).collect();
        let kept = |row: &[u32; 4]| {
            !conditions.iter().any(|one| one.iter().all(|(axis, value)| row[*axis] == *value))
                && only.iter().all(|(axis, value)| row[*axis] == *value)
        };
        let expected: Vec<[u32; 4]> = grid(&axes, base()).into_iter().filter(kept).collect();
        let setting = |(axis, value): (&usize, &u32)| Setting::parse("--only", &format!("{}={value}", PATHS[*axis])).expect("a setting");
        let options = PlanOptions { only: only.iter().map(setting).collect(), ..PlanOptions::default() };
        match planned(&keys, &options, &[]) {
            Ok(plan) => prop_assert_eq!(numbers(&plan), expected),
            Err(message) => prop_assert!(expected.is_empty(), "{}", message),
        }
    }

    #[test]
    fn a_plan_may_have_as_many_trials_as_allowed_and_none_more(axes in axes(), replicates in 1_u32..5, tuned in 1_usize..4, tried in 1_u32..4) {
        let axes: Vec<_> = axes.into_iter().filter(|(axis, _)| *axis != 3).collect();
        let mut keys = suite(std::slice::from_ref(&axes));
        if axes.is_empty() {
            keys["sweep"] = json!([]);
        }
        keys["replicates"] = json!(replicates);
        let rates: Vec<f64> = (1..=tuned).map(|k| k as f64).collect();
        keys["tune"] = json!({"over": {"optimizer.learning-rate": rates}, "replicates": tried});
        let arms = grid(&axes, base()).len() as u64;
        let trials = arms * (tuned as u64 * u64::from(tried) + u64::from(replicates));
        let at_most = |max_trials| planned(&keys, &PlanOptions { max_trials, ..PlanOptions::default() }, &[]);
        let plan = at_most(trials).expect("as many as allowed");
        prop_assert_eq!(plan.candidates(), tuned);
        let tuning = plan.tuning().expect("a tuned suite");
        let chosen = plan.chosen(&vec![Some(0); arms as usize]);
        prop_assert_eq!((tuning.trials().count() + chosen.trials().count()) as u64, trials);
        let (message, most) = (at_most(trials - 1).expect_err("too many"), trials - 1);
        let expected = format!("has {trials} trials, more than {most}");
        prop_assert!(message.contains(&expected), "{}", message);
    }
}

/// The ids that are kept of a plan are no other plan's.
#[test]
fn a_plan_made_of_another_has_ids_of_its_own() {
    let keys = json!({"replicates": 3, "tune": {"over": {"optimizer.learning-rate": [0.1, 0.2]}, "replicates": 2},
        "sweep": [{"kind": "grid", "over": {"model.hidden": [4, 8]}}]});
    let whole = plan(&keys);
    let ids = |plan: &Plan| plan.trials().map(|trial| plan.trial_id(trial)).collect::<Vec<String>>();
    let computed = |plan: &Plan| -> Vec<String> {
        // Beyond the plan's replicates nothing is kept, and what is computed is of the same settings.
        plan.trials().map(|trial| plan.listed(&[trial])).flat_map(|one| ids(&one)).collect()
    };
    let (tuning, chosen) = (whole.tuning().expect("a tuning"), whole.chosen(&[Some(1), None]));
    let mut all = vec![];
    for plan in [&whole, &tuning, &chosen, &whole.chosen(&[Some(0), Some(1)])] {
        assert_eq!(ids(plan), computed(plan));
        all.push(ids(plan));
    }
    assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "{all:?}");
}

#[test]
fn a_zip_takes_its_lists_side_by_side_and_they_have_one_length() {
    let zip = |hidden: &[u32], batch: &[u32]| json!({"sweep": [{"kind": "zip", "over": {"model.hidden": hidden, "train.batch": batch}}]});
    let plan = plan(&zip(&[4, 5, 6], &[3, 2, 1]));
    assert_eq!(
        values(&plan, &["model.hidden", "train.batch"]),
        [[4, 3], [5, 2], [6, 1]].map(|row| row.map(Value::from))
    );
    for (hidden, batch) in [(&[4, 5, 6][..], &[3, 2][..]), (&[4], &[3, 2])] {
        let message = refused(&zip(hidden, batch));
        assert!(message.contains("a zip takes lists of one length"), "{message}");
        let (shorter, longest) = (hidden.len().min(batch.len()), hidden.len().max(batch.len()));
        let expected = format!("has {shorter} values where another list has {longest}");
        assert!(message.contains(&expected), "{message}");
    }
}

#[test]
fn a_deeper_setting_is_made_after_what_holds_it_whatever_the_order() {
    let cells = json!([{"kind": "elman"}]);
    let shallow_first =
        json!({"sweep": [{"kind": "grid", "over": {"model.cell": cells, "model.cell.activation": ["tanh", "sin"]}}]});
    let deep_first =
        json!({"sweep": [{"kind": "grid", "over": {"model.cell.activation": ["tanh", "sin"], "model.cell": cells}}]});
    for keys in [shallow_first, deep_first] {
        let plan = plan(&keys);
        assert_eq!(values(&plan, &["model.cell.activation.kind"]), [[json!("tanh")], [json!("sin")]]);
    }
}

#[test]
fn points_of_a_random_sweep_lie_in_their_ranges_and_belong_to_the_seed() {
    let keys = |seed: u64| {
        json!({"seed": seed, "sweep": [{"kind": "random", "points": 64, "over": {
            "optimizer.learning-rate": {"log-uniform": [1e-4, 1e-1]}, "model.hidden": {"integer": [3, 6]},
            "train.target": {"choice": [null, {"metric": "validation/loss", "below": 0.5}]}}}]})
    };
    let first = plan(&keys(0));
    let rows = values(&first, &["optimizer.learning-rate", "model.hidden", "train.target"]);
    assert_eq!(rows.len(), 64);
    let rates: Vec<f64> = rows.iter().map(|row| row[0].as_f64().expect("a number")).collect();
    assert!(rates.iter().all(|rate| (1e-4..=1e-1).contains(rate)));
    // Evenly in the logarithm: a third in each decade, as nearly as a low-discrepancy sequence of 64 has it.
    for decade in [1e-4, 1e-3, 1e-2] {
        let count = rates.iter().filter(|rate| (decade..decade * 10.0).contains(*rate)).count();
        assert!((17..=26).contains(&count), "{count} of 64 in the decade from {decade}");
    }
    for hidden in 3..=6 {
        let count = rows.iter().filter(|row| row[1] == json!(hidden)).count();
        assert!((12..=20).contains(&count), "{count} of 64 have {hidden}");
    }
    let without_target = rows.iter().filter(|row| row[2].is_null()).count();
    assert!((28..=36).contains(&without_target), "{without_target} of 64 have no target");
    let again = plan(&keys(0));
    assert_eq!(numbers_of(&first), numbers_of(&again));
    assert_ne!(numbers_of(&first), numbers_of(&plan(&keys(1))));
}

fn numbers_of(plan: &Plan) -> Vec<Vec<Value>> {
    values(plan, &["optimizer.learning-rate", "model.hidden"])
}

#[test]
fn trials_go_by_replicate_then_arm_and_tuning_has_seeds_of_its_own() {
    let keys = json!({"sweep": [{"kind": "grid", "over": {"model.hidden": [4, 5, 6]}}],
        "tune": {"over": {"optimizer.learning-rate": [0.1, 0.2]}, "replicates": 3}});
    let plan = plan(&keys);
    let tuning: Vec<Trial> = plan.tuning().expect("a tuned suite").trials().collect();
    let replicates = TUNING_REPLICATES..TUNING_REPLICATES + 3;
    let expected: Vec<Trial> =
        replicates.flat_map(|replicate| (0..6).map(move |arm| Trial { arm, replicate })).collect();
    assert_eq!(tuning, expected);

    let chosen = plan.chosen(&[Some(1), None, Some(0)]);
    assert_eq!(values(&chosen, &["model.hidden", "optimizer.learning-rate"]), {
        [[json!(4), json!(0.2)], [json!(5), json!(0.1)], [json!(6), json!(0.1)]]
    });
    let expected = [(0, 0), (2, 0), (0, 1), (2, 1)].map(|(arm, replicate)| Trial { arm, replicate });
    assert_eq!(chosen.trials().collect::<Vec<_>>(), expected);
    assert!(chosen.is_decided(0) && !chosen.is_decided(1) && chosen.is_decided(2));
}

#[test]
fn a_trials_id_is_its_own_and_knows_neither_order_nor_what_is_left_to_defaults() {
    let ids = |keys: &Value| -> Vec<String> {
        let plan = plan(keys);
        plan.trials().map(|trial| plan.trial_id(trial)).collect()
    };
    let swept =
        ids(&json!({"sweep": [{"kind": "grid", "over": {"model.hidden": [4, 5], "clip": [[], ["global-norm"]]}}]}));
    let distinct: std::collections::HashSet<&String> = swept.iter().collect();
    assert_eq!((swept.len(), distinct.len()), (8, 8));
    // The same arms in another order, and with defaults and settings without effect written out.
    let other = json!({"optimizer": {"kind": "adam"}, "clip": ["none"], "schedule": ["constant"], "constraints": [],
        "sweep": [{"kind": "grid", "over": {"clip": [["global-norm"], ["none"]], "model.hidden": [5.0, 4.0]}}]});
    let mut other = ids(&other);
    let mut sorted = swept.clone();
    sorted.sort();
    other.sort();
    assert_eq!(sorted, other);
    assert!(ids(&json!({"seed": 1})).iter().all(|id| !swept.contains(id)));
    // Neighbouring sections do not run into each other.
    let clip = ids(&json!({"clip": ["global-norm"]}));
    let regularized = ids(&json!({"regularizers": ["l2"]}));
    assert!(clip.iter().all(|id| !regularized.contains(id)));
}

#[test]
fn later_settings_win_and_change_what_the_file_leaves_to_defaults() {
    let options = PlanOptions::default();
    let keys = json!({"sweep": [{"kind": "grid", "over": {"model.hidden": [4, 5]}}]});
    let plan =
        planned(&keys, &options, &["train.batch=7", "train.batch=9", "optimizer.learning-rate=0.5"]).expect("a plan");
    let expected = [[json!(4), json!(9), json!(0.5)], [json!(5), json!(9), json!(0.5)]];
    assert_eq!(values(&plan, &["model.hidden", "train.batch", "optimizer.learning-rate"]), expected);
    // A sweep goes before what the suite says, a setting as well.
    let plan = planned(&keys, &options, &["model.hidden=8"]).expect("a plan");
    assert_eq!(values(&plan, &["model.hidden"]), [[json!(4)], [json!(5)]]);
}

#[test]
fn mistakes_in_a_sweep_say_where_and_what_to_do() {
    let grid = |over: Value| json!({"sweep": [{"kind": "grid", "over": over}]});
    for (keys, expected) in [
        (grid(json!({"model.hidden": []})), "no values to sweep `model.hidden` over; give at least one"),
        (grid(json!({"rates": [{}]})), "a sweep cannot change `rates`; it is called `learning-rate-factors` now;"),
        (grid(json!({"train.validation": [4]})), "unknown key `validation`; it is called `validation-sequences` now;"),
        (grid(json!({"clip": [["adaptive"]]})), "unknown kind `adaptive`; it is called `running-mean-norm` now;"),
        (grid(json!({"optimiser.learning-rate": [1]})), "did you mean `optimizer`?"),
        (
            json!({"exclude": [{"train.validation": 4}]}),
            "no arm has a setting `train.validation`; did you mean `train.validation-sequences`?",
        ),
        (
            json!({"exclude": [{"clip": ["adaptive"]}]}),
            "no arm has the kind `adaptive`; it is called `running-mean-norm` now",
        ),
        (json!({"exclude": [{"backward": []}]}), "it is called `bptt` now;"),
        (json!({"sweep": [{"kind": "grid", "label": "a {model.hiden}", "over": {"model.hidden": [4]}}]}), {
            "sweep[0].label: `{model.hiden}` is no setting of the arm `hidden 4`; did you mean `{model.hidden}`?"
        }),
        (json!({"sweep": [{"kind": "grid", "label": "{model..}", "over": {"model.hidden": [4]}}]}), {
            "sweep[0].label: the path `model..` has an empty part"
        }),
        (
            grid(
                json!({"model.cell": ["gru", {"kind": "elman", "activation": "relu"}], "model.cell.activation": ["tanh"]}),
            ),
            "sweep[0].over.model.cell[1]: this value says what `model.cell.activation` is, which the entry sets by \
             itself too; take `activation` out of the value, or `model.cell.activation` out of the entry",
        ),
        (
            grid(json!({"clip[0]": ["value"], "clip.0": ["value"]})),
            "the entry sets `clip[0]` twice; keep one of the two",
        ),
        (json!({"tune": {"over": {"train.updates": [1]}}}), "which tuning must not change"),
        (json!({"tune": {"over": {"optimizer.learning-rate": [0.1, 0.1]}}}), "two candidates are the same"),
        (
            json!({"sweep": [{"kind": "grid", "over": {"model.hidden": [4]}}], "tune": {"over": {"model.hidden": [4]}}}),
            "is swept too",
        ),
    ] {
        let message = refused(&keys);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn equal_arms_are_run_once_and_the_plan_says_so() {
    let plan = plan(&json!({"sweep": [{"kind": "grid", "over": {"model.hidden": [4, 5]}},
        {"kind": "grid", "over": {"model.hidden": [5, 6]}}]}));
    assert_eq!(values(&plan, &["model.hidden"]), [[json!(4)], [json!(5)], [json!(6)]]);
    assert_eq!(plan.warnings, ["1 of 4 arms are the same as others and are run once"]);
}

#[test]
fn an_arm_without_gradients_is_the_same_trial_whatever_the_suite_says_of_gradients() {
    let guessing = json!({"kind": "random-guessing", "range": 10.0});
    let sweep = json!([{"kind": "grid", "over": {"algorithm": ["gradient-descent", guessing]}}]);
    let ids = |key: &str, value: Value| {
        let plan = plan(&json!({"sweep": sweep, key: value}));
        [0, 1].map(|arm| plan.trial_id(Trial { arm, replicate: 0 }))
    };
    let [descending, guessing_id] = ids("replicates", json!(2));
    for (section, value) in [
        ("clip", json!(["global-norm"])),
        ("regularizers", json!(["l2"])),
        ("optimizer", json!({"kind": "sgd"})),
        ("schedule", json!(["cosine"])),
    ] {
        let [other, same] = ids(section, value.clone());
        assert_ne!(other, descending, "{section}");
        assert_eq!(same, guessing_id, "{section}");
        // Swept, it would be the same trial under several names.
        let over = json!({"algorithm": [guessing], section: [value]});
        let message = refused(&json!({"sweep": [{"kind": "grid", "over": over}]}));
        let expected = format!("takes no gradient, so that `{section}` has no effect");
        assert!(message.contains(&expected), "{message}");
    }
}

#[test]
fn a_target_has_one_bound_and_solved_has_the_tasks() {
    let train = |target: &Value| json!({"train": {"updates": 3, "evaluate-every": 1, "target": target}});
    for metric in ["validation/loss", "solved"] {
        for (below, above) in [(false, false), (true, false), (false, true), (true, true)] {
            let mut target = json!({"metric": metric});
            for (key, _) in [("below", below), ("above", above)].into_iter().filter(|(_, given)| *given) {
                target[key] = json!(0.5);
            }
            let made = planned(&train(&target), &PlanOptions::default(), &[]);
            let right = if metric == "solved" { !below && !above } else { below && !above };
            assert_eq!(made.is_ok(), right, "{target}: {:?}", made.err());
        }
    }
}

#[test]
fn mistakes_of_different_arms_are_told_together() {
    let sweep = json!([{"kind": "grid", "over": {"train.target": [{"metric": "validation/loss"}]}},
        {"kind": "grid", "over": {"train.epochs": [1]}}]);
    let message = refused(&json!({"sweep": sweep}));
    for expected in ["a target has one bound", "`updates` and `epochs` are both given"] {
        assert!(message.contains(expected), "{message}");
    }
}
