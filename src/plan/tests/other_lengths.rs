//! Lengths on which trained networks are tested.

use super::*;

fn id(keys: &Value) -> String {
    plan(keys).trial_id(Trial { arm: 0, replicate: 0 })
}

#[test]
fn lengths_make_a_trial_another_one_and_their_absence_and_order_do_not() {
    let without = id(&json!({}));
    assert_eq!(id(&json!({"evaluate": {}})), without);
    assert_eq!(id(&json!({"evaluate": {"lengths": []}})), without);
    let with = id(&json!({"evaluate": {"lengths": [20, 40]}}));
    assert_ne!(with, without);
    assert_eq!(id(&json!({"evaluate": {"lengths": [40, 20, 40]}})), with);
    assert_ne!(id(&json!({"evaluate": {"lengths": [20, 41]}})), with);
}

#[test]
fn lengths_that_a_task_cannot_have_are_refused() {
    let refused = |task: Value, lengths: Value| refused(&json!({"task": task, "evaluate": {"lengths": lengths}}));
    for (task, lengths, expected) in [
        (
            json!({"kind": "adding", "length": 10}),
            json!([20, 1]),
            "evaluate.lengths[0]: the adding task does not come at length 1; its least is 2; give another length",
        ),
        (
            json!({"kind": "random-data"}),
            json!([20]),
            "evaluate.lengths: the random-data task has a finite data set, which is another at another length; remove `evaluate`, \
             or exclude the arm",
        ),
        (json!({"kind": "adding", "length": 10}), json!([0]), "evaluate.lengths[0]"),
        (json!({"kind": "adding", "length": 10}), json!(20), "evaluate.lengths"),
        (json!({"kind": "adding", "length": 10}), json!([100_000_000]), "evaluate.lengths[0]"),
    ] {
        let found = refused(task, lengths);
        assert!(found.contains(expected), "{found}");
    }
}

/// A claim may be on a length that the suite tests on, and on no other.
#[test]
fn claims_are_on_lengths_that_are_tested() {
    let keys = |metric: &str| {
        let claim = json!({"id": "x", "statement": "x", "metric": metric, "expect": "left > right", "left": {"model.hidden": 4}, "right": {"model.hidden": 8}});
        json!({"replicates": 8, "evaluate": {"lengths": [40]}, "claims": [claim],
            "sweep": [{"kind": "grid", "over": {"model.hidden": [4, 8]}}]})
    };
    assert_eq!(plan(&keys("length-40/loss")).claims().len(), 1);
    let message = refused(&keys("length-41/loss"));
    let expected =
        "`length-41/loss` is a metric of suites that test on that length; add `evaluate: {lengths: [41]}` to the suite";
    assert!(message.contains(expected), "{message}");
    let message = refused(&keys("lenght-40/loss"));
    assert!(message.contains("there is no metric `lenght-40/loss`"), "{message}");
}

/// A probe may measure at a length that the task has.
#[test]
fn probes_that_cannot_measure_are_refused() {
    let refused = |task: Value, probes: Value| refused(&json!({"task": task, "probes": probes}));
    let probe = |settings: Value| {
        let mut probe = settings;
        probe["kind"] = "gradient-by-lag".into();
        probe
    };
    for (task, probes, expected) in [
        (
            json!({"kind": "adding", "length": 10}),
            json!(["gradient-by-lag", probe(json!({"length": 20}))]),
            "probes[1]: `gradient-by-lag` comes twice: their rows would not be told apart; keep one of them",
        ),
        (
            json!({"kind": "adding", "length": 10}),
            json!([probe(json!({"length": 1}))]),
            "probes[0].length: the adding task does not come at length 1; its least is 2; give another length",
        ),
        (
            json!({"kind": "random-data"}),
            json!([probe(json!({"length": 20}))]),
            "probes[0].length: the random-data task has a finite data set, which is another at another length; remove `length`",
        ),
        (
            json!({"kind": "adding", "length": 10}),
            json!([probe(json!({"every": 5, "when": "start"}))]),
            "probes[0].every: it measures at the start alone, and every so many updates as well; remove `every`",
        ),
    ] {
        let found = refused(task, probes);
        assert!(found.contains(expected), "{found}");
    }
}

/// A length, or an end that is left out, makes another trial; what the probe does by itself does not.
#[test]
fn a_probes_settings_tell_trials_apart() {
    let of = |settings: Value| {
        let mut probe = settings;
        probe["kind"] = "gradient-by-lag".into();
        id(&json!({"task": {"kind": "adding", "length": 10}, "probes": [probe]}))
    };
    let plain = of(json!({}));
    assert_eq!(of(json!({"when": "start-and-end", "length": null, "lags-per-octave": null})), plain);
    for other in [json!({"when": "start"}), json!({"length": 20}), json!({"lags-per-octave": 4})] {
        assert_ne!(of(other), plain);
    }
}

/// A claim on what flows after training needs a probe that measures it there.
#[test]
fn claims_on_the_end_need_a_probe_that_measures_there() {
    let claim = json!({"id": "x", "statement": "x", "metric": "gradient-by-lag/final-horizon", "expect": "left > right",
        "left": {"model.hidden": 4}, "right": {"model.hidden": 8}});
    let message = refused(&json!({"replicates": 8, "probes": [{"kind": "gradient-by-lag", "when": "start"}],
        "claims": [claim], "sweep": [{"kind": "grid", "over": {"model.hidden": [4, 8]}}]}));
    assert!(message.contains("remove `when: start` from `probes`"), "{message}");
}
