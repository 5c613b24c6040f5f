//! Plans of suites that search for a reach.

use std::collections::BTreeSet;

use super::*;
use crate::plan::Arm;

fn searching(more: &Value) -> Value {
    let mut keys = json!({
        "train": {"updates": 3, "evaluate-every": 1, "target": {"metric": "validation/loss", "below": 0.01}},
        "reach": {"over": "task.length", "from": 10, "to": 40},
    });
    for (key, value) in more.as_object().expect("a map") {
        keys[key] = value.clone();
    }
    keys
}

/// Each arm has every value of the lattice, both ends and what is tuned at, whatever the entry combines; nothing else is swept by it.
#[test]
fn every_arm_can_be_tried_at_every_value() {
    for kind in ["grid", "zip"] {
        let sweep = json!([{"kind": kind, "over": {"model.hidden": [4, 8], "train.batch": [2, 3]}}]);
        let tune = json!({"over": {"optimizer.learning-rate": [0.1, 0.2]}, "at": [13]});
        let plan = plan(&searching(&json!({"sweep": sweep, "tune": tune})));
        let along = plan.along().expect("a search").clone();
        assert_eq!((along.values[0], along.values.last()), (10, Some(&40)));
        assert!(along.values.windows(2).all(|pair| pair[0] < pair[1] && pair[1] as f64 <= 1.2 * pair[0] as f64));
        assert_eq!(along.tuned_at.iter().map(|&place| along.values[place]).collect::<Vec<u64>>(), [13]);
        let arms = if kind == "zip" { 2 } else { 4 };
        assert_eq!((plan.searched_arms(), plan.arms()), (arms, arms * along.values.len() * 2), "{kind}");
        let chosen = plan.chosen(&vec![Some(1); arms]);
        assert_eq!((chosen.searched_arms(), chosen.arms()), (arms, arms * along.values.len()));
        for searched in 0..arms {
            let hidden = |value: usize| chosen.setting(chosen.searched_arm(searched, value), &path("model.hidden"));
            for (value, length) in along.values.iter().enumerate() {
                let arm = chosen.searched_arm(searched, value);
                assert_eq!(chosen.setting(arm, &path("task.length")), Some(json!(length)), "{kind}");
                assert_eq!(chosen.setting(arm, &path("optimizer.learning-rate")), Some(json!(0.2)));
                assert_eq!(hidden(value), hidden(0));
            }
            let label = chosen.searched_arm_named(searched).label;
            assert!(label.contains("hidden") && !label.contains("length"), "{label}");
        }
        // Candidates are tried at the value that is given for it, and each place of the tuning is one of them.
        let tuning = plan.tuning().expect("a tuning");
        assert_eq!(tuning.arms(), 2 * arms);
        for arm in 0..arms {
            for candidate in 0..2 {
                let tried: Vec<usize> = tuning.tried(arm, candidate).collect();
                assert_eq!(tried.len(), 1);
                assert_eq!(tuning.setting(tried[0], &path("task.length")), Some(json!(13)));
                assert_eq!(
                    tuning.setting(tried[0], &path("optimizer.learning-rate")),
                    Some(json!([0.1, 0.2][candidate]))
                );
            }
        }
    }
}

/// Whichever way arms come about, a name has what tells them apart, and nothing of the value searched along.
#[test]
fn searched_arms_are_named_by_what_tells_them_apart() {
    let grid = |over: Value| json!([{"kind": "grid", "over": over}]);
    let labelled = |label: &str, over: Value| json!([{"kind": "grid", "label": label, "over": over}]);
    let tasks = json!({"task": [{"kind": "adding"}, {"kind": "copy", "items": 3}, {"kind": "copy", "items": 4}]});
    let cells = json!({"model.cell": ["elman", "gru"]});
    let derived = json!([
        {"kind": "grid", "over": {"model.hidden": [4]}},
        {"kind": "grid", "over": {"model.hidden": [{"per": "task.length"}]}},
    ]);
    let cases: [(Value, &[&str]); 8] = [
        (grid(tasks.clone()), &["adding", "copy items 3", "copy items 4"]),
        (grid(json!({"task.kind": ["adding", "copy"]})), &["adding", "copy"]),
        (grid(json!({"task": [{"kind": "adding"}, "copy"]})), &["adding", "copy"]),
        (grid(cells.clone()), &["elman", "gru"]),
        (labelled("{model.cell} at {task.length}", cells.clone()), &["elman at …", "gru at …"]),
        (labelled("mine", cells), &["mine · elman", "mine · gru"]),
        (labelled("{task}", tasks), &["…"; 0]),
        (derived, &["hidden 4", "hidden …"]),
    ];
    for (sweep, names) in cases {
        let plan = plan(&searching(&json!({"sweep": sweep})));
        let arms: Vec<Arm> = (0..plan.searched_arms()).map(|arm| plan.searched_arm_named(arm)).collect();
        let labels: Vec<&str> = arms.iter().map(|arm| arm.label.as_str()).collect();
        let distinct: BTreeSet<&str> = labels.iter().copied().collect();
        assert!(distinct.len() == labels.len() && !distinct.contains("all"), "{sweep}: {labels:?}");
        assert!(names.is_empty() || labels == names, "{sweep}: {labels:?}");
        for setting in arms.iter().flat_map(|arm| &arm.settings) {
            assert!(!setting.value.to_string().contains("length"), "{sweep}: {setting:?}");
        }
    }
}

/// Of an arm, all of whose trials differ in the value searched along and in what is derived of it, there is one.
#[test]
fn arms_of_a_search_are_counted_once() {
    let sweep = json!([{"kind": "grid", "over": {"model.cell": ["elman", "gru"], "model.hidden": [4, {"per": "task.length"}]}}]);
    let tune = json!({"over": {"optimizer.learning-rate": [0.1, 0.2]}, "at": [13]});
    let plan = plan(&searching(&json!({"sweep": sweep, "tune": tune})));
    let count = |plan: &Plan| plan.count_searched(&(0..plan.arms()).collect::<Vec<usize>>());
    let chosen = plan.chosen(&[Some(0); 4]);
    let trials = [0, 1, 5].map(|value| Trial { arm: chosen.searched_arm(3, value), replicate: 0 });
    assert_eq!([&plan, &chosen, &chosen.listed(&trials)].map(count), [4, 4, 1]);
}

/// The trials of a search are those of a grid with the same settings.
#[test]
fn a_trial_of_a_search_is_that_of_a_grid() {
    let searched = plan(&searching(&json!({})));
    let train = json!({"updates": 3, "evaluate-every": 1, "target": {"metric": "validation/loss", "below": 0.01}});
    let sweep = json!([{"kind": "grid", "over": {"task.length": [10, 40]}}]);
    let grid = plan(&json!({"train": train, "sweep": sweep}));
    let last = searched.along().expect("a search").values.len() - 1;
    for (arm, place) in [(0, 0), (1, last)] {
        for replicate in [0, 1, 7] {
            assert_eq!(searched.trial_id(Trial { arm: place, replicate }), grid.trial_id(Trial { arm, replicate }));
        }
    }
    let asked = [Trial { arm: last, replicate: 2 }, Trial { arm: 0, replicate: 0 }, Trial { arm: last, replicate: 1 }];
    let listed = searched.listed(&asked);
    assert_eq!((listed.arms(), listed.len()), (2, 3));
    let ids: Vec<String> = listed.trials().map(|trial| listed.trial_id(trial)).collect();
    let expected = [asked[1], asked[2], asked[0]].map(|trial| searched.trial_id(trial));
    assert_eq!(ids, expected);
}

#[test]
fn what_cannot_be_searched_for_is_refused_at_its_place() {
    let reach = |more: Value| {
        let mut reach = json!({"over": "task.length", "from": 10, "to": 40});
        for (key, value) in more.as_object().expect("a map") {
            reach[key] = value.clone();
        }
        json!({"reach": reach})
    };
    let grid = |over: Value| json!([{"kind": "grid", "over": over}]);
    for (more, expected) in [
        (reach(json!({"over": "model.hidden"})), "reach.over: `model.hidden` does not make the task harder"),
        (
            reach(json!({"over": "task.lenght"})),
            "reach.over: there is no setting `task.lenght`; did you mean `task.length`?",
        ),
        (
            reach(json!({"from": 1})),
            "reach.from: in the arm `length 1`, task.length: must be at least 2 and at most 1000000, found 1",
        ),
        (reach(json!({"to": 9_000_000})), "reach.to: in the arm `length 1048576`, task.length: must be at least 2"),
        (reach(json!({"from": 2_000_000, "to": 4_000_000})), "reach.over: in the arm `length 2000000`"),
        (reach(json!({"over": "figures"})), "reach.over: a search cannot change `figures`"),
        (reach(json!({"from": 40})), "reach.to: the search ends at 40, and begins at 40"),
        (json!({"train": {"updates": 3}}), "reach: success is to reach `train.target`, and the suite has none"),
        (json!({"sweep": grid(json!({"task.length": [10, 20]}))}), "reach.over: `task.length` is swept too"),
        (
            json!({"sweep": grid(json!({"train.updates": [10, 20]})), "reach": reach(json!({"updates": {"per-step": 2}}))["reach"]}),
            "reach.updates: the budget goes with the length here, and `train.updates` says another",
        ),
        (json!({"tune": {"over": {"optimizer.learning-rate": [0.1, 0.2]}}}), "tune: `at` is missing"),
        (
            json!({"tune": {"over": {"optimizer.learning-rate": [0.1, 0.2]}, "at": [50]}}),
            "tune.at[0]: 50 is not between",
        ),
        (
            json!({"train": {"updates": 1, "target": {"metric": "validation/loss", "below": 0.01}}}),
            "train.updates: a training of one update learns nothing",
        ),
        (
            json!({"train": {"target": {"metric": "validation/loss", "below": 0.01}},
                "reach": reach(json!({"updates": {"per-step": 0.1}}))["reach"]}),
            "reach.updates: a training of one update learns nothing",
        ),
        (
            reach(json!({"from": {"per": "model.hidden"}})),
            "reach.from: a derived number is one for each arm, and this setting is one for all arms",
        ),
        (
            json!({"sweep": grid(json!({"task": [{"kind": "adding", "length": 12}]}))}),
            "this value says what `task.length` is, which the search sets by itself too; take `length` out of the value",
        ),
        (json!({"exclude": [{"task.length": 40}]}), "reach.over: some values of `task.length`"),
        (
            json!({"claims": [{"id": "a", "statement": "b", "metric": "solved", "left": {}, "right": 0.5, "expect": "left > right"}]}),
            "claims: a suite with `reach` has no claims",
        ),
        (
            json!({"reach": Value::Null, "tune": {"over": {"optimizer.learning-rate": [0.1, 0.2]}, "at": [50]}}),
            "tune.at",
        ),
    ] {
        let found = refused(&searching(&more));
        assert!(found.contains(expected), "{more}: {found}");
        assert!(found.contains("x.yaml:1:"), "{found}");
    }
}

/// A setting in whose place a search puts something of its own is said to change nothing, wherever it is written.
#[test]
fn replicates_beside_a_search_change_nothing_and_that_is_said() {
    let said = |plan: &Plan| {
        plan.warnings.iter().filter(|warning| warning.contains("replicates")).cloned().collect::<Vec<String>>()
    };
    let changes = "`replicates` changes nothing: the search decides how many trials an arm has, at most `reach.trials`";
    assert_eq!(said(&plan(&searching(&json!({"replicates": 3})))), [changes]);
    let set = planned(&searching(&json!({})), &PlanOptions::default(), &["replicates=3"]).expect("a plan");
    assert_eq!(said(&set), [format!("--set replicates=3: {changes}")]);
    let unsaid = "version: 1\nname: x\ntask: {kind: adding, length: 10}\n\
        train: {updates: 3, target: {metric: validation/loss, below: 0.01}}\nreach: {over: task.length, from: 10, to: 40}\n";
    let suite = Suite::parse(unsaid).expect("a suite");
    assert_eq!(said(&Plan::new(&suite, &PlanOptions::default()).expect("a plan")), [""; 0]);
}
