//! Settings as a suite may have them: targets, derived numbers, names with dots, names of suites and labels.

use serde_json::{Value, json};

use super::{PlanOptions, Trial, plan, planned, refused, values};
use crate::suite::{Path, Setting};

#[test]
fn a_target_can_be_reached_and_is_not_from_the_start() {
    let train = |metric: &str, side: &str, bound: f64| json!({"train": {"updates": 3, "target": {"metric": metric, side: bound}}});
    for (metric, side, bound, expected) in [
        ("validation/loss", "below", 0.01, Ok(())),
        ("validation/loss", "below", 0.0, Err("`validation/loss` is never below 0; give `below`, a number above 0")),
        ("validation/loss", "below", -1.0, Err("train.target.below: `validation/loss` is never below -1")),
        ("validation/loss", "above", 0.5, Err("`above` is no target; give `below`, a number above 0")),
        ("validation/accuracy", "above", 0.95, Ok(())),
        ("validation/accuracy", "above", 0.0, Ok(())),
        ("validation/accuracy", "above", 1.0, Err("is never above 1; give `above`, a number at least 0 and below 1")),
        (
            "validation/accuracy",
            "above",
            95.0,
            Err("is never above 95; give `above`, a number at least 0 and below 1: 95 % is 0.95"),
        ),
        ("validation/accuracy", "above", -0.1, Err("`validation/accuracy` is always above -0.1")),
        (
            "validation/accuracy",
            "below",
            0.5,
            Err("train.target.below: `validation/accuracy` is the better the further above"),
        ),
    ] {
        let made = planned(&train(metric, side, bound), &PlanOptions::default(), &[]);
        match expected {
            Ok(()) => assert!(made.is_ok(), "{metric} {side} {bound}: {:?}", made.err()),
            Err(expected) => {
                let message = made.expect_err("refused");
                assert!(message.contains(expected), "{message}");
            }
        }
    }
}

#[test]
fn numbers_follow_what_they_are_derived_from_in_every_arm() {
    let lag = json!({"kind": "chrono", "max-lag": {"per": "task.length", "factor": 1.5}});
    let keys = json!({"model": {"cell": "lstm", "hidden": 4}, "init": {"parameters": {"b_f": lag}},
        "train": {"updates": {"per": "task.length", "factor": 0.25, "plus": 1}, "evaluate-every": 1},
        "sweep": [{"kind": "grid", "over": {"task.length": [10, 21], "model.hidden": [4, {"per": "task.length"}]},
            "with": {"optimizer.learning-rate": {"per": "train.batch", "factor": 0.001}}}]});
    let plan = plan(&keys);
    let paths =
        ["task.length", "model.hidden", "init.parameters.b_f.max-lag", "train.updates", "optimizer.learning-rate"];
    assert_eq!(
        values(&plan, &paths),
        [
            [json!(10), json!(4), json!(15.0), json!(4), json!(0.032)],
            [json!(10), json!(10), json!(15.0), json!(4), json!(0.032)],
            [json!(21), json!(4), json!(31.5), json!(6), json!(0.032)],
            [json!(21), json!(21), json!(31.5), json!(6), json!(0.032)],
        ]
    );
    assert_eq!(plan.arm(3).label, "hidden 21 · length 21");
    // The same trial as one that states the numbers.
    let stated = json!({"model": {"cell": "lstm", "hidden": 4}, "task": {"kind": "adding", "length": 10},
        "init": {"parameters": {"b_f": {"kind": "chrono", "max-lag": 15}}}, "train": {"updates": 4, "evaluate-every": 1},
        "optimizer": {"kind": "adam", "learning-rate": 0.032}});
    let first = Trial { arm: 0, replicate: 0 };
    assert_eq!(super::plan(&stated).trial_id(first), plan.trial_id(first));
    // `--set` changes both what depends and what it depends on.
    let base = json!({"train": {"updates": {"per": "task.length"}, "evaluate-every": 1}});
    let set = |settings: &[&str]| {
        planned(&base, &PlanOptions::default(), settings).map(|plan| values(&plan, &["train.updates"]))
    };
    assert_eq!(set(&[]), Ok(vec![vec![json!(10)]]));
    assert_eq!(set(&["task.length=30"]), Ok(vec![vec![json!(30)]]));
    assert_eq!(set(&["train.updates={per: model.hidden, plus: 3}"]), Ok(vec![vec![json!(7)]]));
}

#[test]
fn mistakes_in_derived_numbers_say_where_and_what_to_do() {
    for (keys, expected) in [
        (json!({"train": {"updates": {"per": "task.lenght"}}}), "there is no setting `task.lenght`"),
        (json!({"train": {"updates": {"per": "task.length", "factr": 1}}}), "did you mean `factor`?"),
        (json!({"train": {"updates": {"per": "model.cell"}}}), "train.updates.per: `model.cell` is no number"),
        (
            json!({"train": {"updates": {"per": "train.batch"}, "batch": {"per": "task.length"}}}),
            "`train.batch` is derived itself",
        ),
        (
            json!({"model": {"hidden": {"per": "task.length", "factor": -1}}}),
            "model.hidden: must be at least 1 and at most 65536, found -10",
        ),
        (
            json!({"sweep": [{"kind": "grid", "over": {"task.length": [10, 20], "model.hidden": [{"per": "task.length", "plus": -12}]}}]}),
            "model.hidden: must be at least 1 and at most 65536, found -2",
        ),
        (json!({"clip": {"per": "task.length"}}), "clip: expected a list, found a map"),
    ] {
        let message = refused(&keys);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn what_is_said_of_a_layer_is_for_the_arms_that_have_it() {
    let keys = json!({"init": {"parameters": {"layer1.w_hh": {"kind": "orthogonal", "gain": 2.0}}},
        "sweep": [{"kind": "grid", "over": {"model.layers": [1, 2]}}]});
    let two = plan(&keys);
    let path = Path::root().key("init").key("parameters").key("layer1.w_hh").key("gain");
    assert_eq!([two.setting(0, &path), two.setting(1, &path)], [None, Some(json!(2.0))]);
    let plain = plan(&json!({}));
    let first = Trial { arm: 0, replicate: 0 };
    assert_eq!(two.trial_id(first), plain.trial_id(first), "the arm of one layer is what it is without it");
    let message = refused(&json!({"init": {"parameters": {"layer1.w_hh": "orthogonal"}}}));
    assert!(message.contains("no parameter `layer1.w_hh`"), "{message}");
}

#[test]
fn names_with_dots_are_swept_set_and_tuned_with_and_without_quotes() {
    for name in ["layer1.w_hh", "\"layer1.w_hh\""] {
        let path = format!("init.parameters.{name}.gain");
        let keys = json!({"model": {"cell": "elman", "hidden": 4, "layers": 2},
            "init": {"parameters": {"layer1.w_hh": "orthogonal"}},
            "sweep": [{"kind": "grid", "over": {(path.clone()): [1, 2]}}]});
        let swept = plan(&keys);
        assert_eq!(swept.arm(1).label, "gain 2");
        assert_eq!(swept.swept(1)[0].path, "init.parameters.\"layer1.w_hh\".gain");
        let only = Setting::parse("--only", &format!("{path}=2")).expect("a setting");
        let kept = planned(&keys, &PlanOptions { only: vec![only], ..PlanOptions::default() }, &[]).expect("a plan");
        assert_eq!(kept.arms(), 1);
        let mut tuned = keys.clone();
        tuned["sweep"] = json!([]);
        tuned["tune"] = json!({"over": {(path.clone()): [1, 2]}});
        assert_eq!(plan(&tuned).candidates(), 2);
        tuned.as_object_mut().expect("a map").remove("tune");
        let set = planned(&tuned, &PlanOptions::default(), &[&format!("{path}=2")]).expect("a plan");
        assert_eq!(set.trial_id(Trial { arm: 0, replicate: 0 }), swept.trial_id(Trial { arm: 1, replicate: 0 }));
    }
}

/// Each modifier rewrites what those before it have made.
#[test]
fn a_cell_has_no_more_modifiers_than_can_be_checked_at_once() {
    let message = refused(&json!({"model": {"cell": "elman", "hidden": 4, "modifiers": vec!["zoneout"; 10_000]}}));
    assert!(message.contains("model.modifiers: must have at most 64 entries, found 10000 entries"), "{message}");
    let over = json!({"model.modifiers": [["zoneout"], vec!["zoneout"; 10_000]]});
    let message = refused(&json!({"sweep": [{"kind": "grid", "over": over}]}));
    assert!(message.contains("must have at most 64 entries, found 10000 entries"), "{:.300}", message);
}

#[test]
fn whole_numbers_are_drawn_by_integer() {
    let random = |range: Value| json!({"sweep": [{"kind": "random", "points": 3, "over": {"task.length": range}}]});
    let message = refused(&random(json!({"log-uniform": [9.5, 100]})));
    assert!(message.contains("`task.length` takes whole numbers; write `integer: [10, 100]`"), "{message}");
    assert_eq!(plan(&random(json!({"integer": [10, 100]}))).arms(), 3);
}

#[test]
fn numbers_that_training_would_not_see_are_refused() {
    for rate in [1e-300, 1e-40, 1e300] {
        let message = refused(&json!({"optimizer": {"kind": "adam", "learning-rate": rate}}));
        assert!(message.contains("optimizer.learning-rate"), "{message}");
    }
}

#[test]
fn names_of_suites_and_labels_are_their_own() {
    for (keys, expected) in [
        (json!({"name": "published"}), "name: `results/published` is no folder of a run"),
        (json!({"name": "baselines"}), "name: `results/baselines` is no folder of a run"),
        (json!({"name": "small-quick"}), "name: `results/small-quick` is the folder of `small` run with --quick"),
        (
            json!({"sweep": [{"kind": "grid", "label": "a\u{1b}[31m", "over": {"model.hidden": [4]}}]}),
            "sweep[0].label: must be visible characters, with single spaces between words, found \"a\\u{1b}[31m\"",
        ),
        (
            json!({"sweep": [{"kind": "random", "points": 1, "label": "   ", "over": {"model.hidden": {"integer": [1, 9]}}}]}),
            "sweep[0].label: must be visible characters, with single spaces between words, found \"   \"",
        ),
        (
            json!({"model": {"cell": {"kind": "equations", "name": "a\u{200b}", "step": "h = tanh(W x)", "output": "h"}}}),
            "model.cell.name: must be visible characters, with single spaces between words, found \"a\\u{200b}\"",
        ),
        (json!({"about": "a\u{202e}b"}), "about: must be text without control and invisible characters"),
    ] {
        let message = refused(&keys);
        assert!(message.contains(expected) && message.contains("x.yaml:1:"), "{message}");
    }
}

/// The zero below zero is zero: equal values are one arm.
#[test]
fn there_is_one_zero() {
    let zeros = json!({"sweep": [{"kind": "grid", "over": {"init.parameters.b_h": [
        {"kind": "constant", "value": 0.0}, {"kind": "constant", "value": -0.0}, {"kind": "constant", "value": 1.0},
    ]}}]});
    let plan = plan(&zeros);
    assert_eq!(
        (plan.arms(), &plan.warnings[..]),
        (2, &["1 of 3 arms are the same as others and are run once".to_owned()][..])
    );
    let value = plan.setting(0, &super::path("init.parameters.b_h.value")).expect("a value");
    assert!(value.as_f64().is_some_and(f64::is_sign_positive), "{value}");
}

/// A setting that every entry sweeps is not what runs, and whoever gives it is told so.
#[test]
fn a_setting_that_is_swept_is_said_to_change_nothing() {
    let suite = json!({"sweep": [{"kind": "grid", "over": {"task.length": [10, 20], "model.cell": ["gru", "lstm"]}}]});
    let warnings = |text: &str| planned(&suite, &PlanOptions::default(), &[text]).unwrap().warnings;
    assert_eq!(
        warnings("task.length=12"),
        ["--set task.length=12: changes nothing, `task.length` is swept; `--only` picks among its values"]
    );
    assert_eq!(warnings("model.hidden=12"), Vec::<String>::new());
    let along = json!({"train": {"updates": 3, "target": {"metric": "solved"}}, "reach": {"over": "task.length", "from": 10, "to": 40},
        "tune": {"over": {"optimizer.learning-rate": [1e-3, 1e-2]}, "at": [10]}});
    for (text, said) in [("task.length=12", "is searched along"), ("optimizer.learning-rate=0.1", "is tuned")] {
        let warnings = planned(&along, &PlanOptions::default(), &[text]).unwrap().warnings;
        assert!(warnings.iter().any(|warning| warning.contains(said)), "{text}: {warnings:?}");
    }
}

/// A map that is swept, all of whose entries are swept too, has no part of its own in a name; an empty one that was written has.
#[test]
fn what_is_left_of_a_swept_map_is_named_where_something_is_left() {
    let names = |entries: &[Value]| -> Vec<String> {
        let entries: Vec<Value> = entries.iter().map(|over| json!({"kind": "grid", "over": over})).collect();
        plan(&json!({"sweep": entries})).named_arms().map(|arm| arm.label).collect()
    };
    let rates = json!({"optimizer": ["sgd", "adam"], "optimizer.learning-rate": [0.1, 0.2]});
    let swept = names(&[rates, json!({"optimizer.kind": ["adam"], "optimizer.beta2": [0.5, 0.9]})]);
    assert!(swept.iter().all(|name| !name.contains('{')), "{swept:?}");
    let written = names(&[json!({"init.parameters": [{}, {"w_hh": "orthogonal"}]})]);
    assert!(written[0].contains("{}") && written[1].contains("orthogonal"), "{written:?}");
}

/// A key that the suite's component leaves behind where its kind alone is swept is the kind's fault, and one that the entry sets that key's.
#[test]
fn settings_of_another_kind_are_blamed_on_what_put_them_there() {
    let sweep = |over: Value| json!({"sweep": [{"kind": "grid", "over": over}]});
    let kinds = json!(["adam", "sgd"]);
    let alone = refused(&sweep(json!({"optimizer.kind": kinds})));
    let expected = "sweep[0].over.optimizer.kind[1]: in the arm `sgd`, optimizer: unknown key `beta1` in the sgd optimizer; it stays where \
        `optimizer.kind` alone is set: give whole components, such as `optimizer: [adam, sgd]`";
    assert!(alone.contains(expected), "{alone}");
    let both = refused(&sweep(json!({"optimizer.kind": kinds, "optimizer.beta2": [0.9, 0.99]})));
    assert!(both.contains("optimizer.kind[1]: in the arm `sgd · beta2 0.9`, optimizer: unknown key `beta1`"), "{both}");
    assert!(
        both.contains("optimizer.beta2[0]: in the arm `sgd · beta2 0.9`, optimizer: unknown key `beta2`"),
        "{both}"
    );
    let whole = refused(&sweep(json!({"optimizer": kinds, "optimizer.beta2": [0.9]})));
    assert!(
        whole.contains("optimizer.beta2[0]: in the arm `sgd · beta2 0.9`, optimizer: unknown key `beta2`"),
        "{whole}"
    );
}

/// Every key that names a setting tells the nearest one.
#[test]
fn a_path_to_no_setting_is_told_with_the_nearest_wherever_it_stands() {
    let grid = |keys: Value| {
        let mut entry = json!({"kind": "grid", "over": {"model.hidden": [3]}});
        keys.as_object().expect("a map").iter().for_each(|(key, value)| entry[key] = value.clone());
        json!({"sweep": [entry]})
    };
    let claim = json!({"id": "a", "statement": "b", "metric": "validation/loss", "left": {"task.lenght": 3}, "right": 0.5, "expect": "left > right"});
    for keys in [
        grid(json!({"over": {"task.lenght": [3]}})),
        grid(json!({"with": {"task.lenght": 3}})),
        json!({"tune": {"over": {"model.hiden": [3]}}}),
        json!({"reach": {"over": "task.lenght", "from": 3, "to": 30},
            "train": {"updates": 3, "target": {"metric": "validation/loss", "below": 0.01}}}),
        json!({"model": {"hidden": {"per": "task.lenght"}}}),
        json!({"exclude": [{"task.lenght": 3}]}),
        json!({"claims": [claim]}),
    ] {
        let message = refused(&keys);
        let near = ["length", "hidden"].iter().any(|name| {
            message.contains(&format!("did you mean `{name}`?")) || message.contains(&format!(".{name}`?"))
        });
        assert!(near && message.contains("x.yaml:1:"), "{keys}: {message}");
    }
}
