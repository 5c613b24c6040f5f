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
