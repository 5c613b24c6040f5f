//! Candidates of the arms of a suite with `tune`.

use super::*;

/// Two arms, tuned over a list of three and two ranges.
fn keys(points: u32, seed: u64) -> Value {
    json!({"seed": seed, "sweep": [{"kind": "grid", "over": {"model.hidden": [4, 8]}}],
        "tune": {"points": points, "replicates": 3, "over": {
            "optimizer.learning-rate": {"log-uniform": [1e-4, 1e-1]},
            "init.recurrent": ["identity", "orthogonal", "zeros"],
            "train.batch": {"integer": [1, 64]}}}})
}

const TUNED: [&str; 3] = ["init.recurrent.kind", "optimizer.learning-rate", "train.batch"];

#[test]
fn every_arm_is_tried_with_each_point_of_the_ranges_and_each_combination_of_the_lists() {
    let plan = plan(&keys(5, 0));
    assert_eq!((plan.candidates(), plan.arms()), (15, 30));
    assert_eq!(plan.tuning().expect("a tuned suite").len(), 90);
    let tuned = values(&plan, &TUNED);
    assert_eq!(tuned[..15], tuned[15..], "the same candidates for every arm");
    let points: Vec<&[Value]> = tuned[..5].iter().map(|row| &row[1..]).collect();
    for (name, chunk) in ["identity", "orthogonal", "zeros"].iter().zip(tuned[..15].chunks(5)) {
        assert!(chunk.iter().all(|row| row[0] == *name));
        assert_eq!(chunk.iter().map(|row| &row[1..]).collect::<Vec<_>>(), points, "the same points for each list");
    }
    // Spread evenly, as the points of a random sweep are: no gap of three decades is wider than a factor of 20.
    let mut rates: Vec<f64> = points.iter().map(|row| row[0].as_f64().expect("a number")).collect();
    let mut batches: Vec<u64> = points.iter().map(|row| row[1].as_u64().expect("a whole number")).collect();
    rates.sort_by(f64::total_cmp);
    batches.sort_unstable();
    assert!(rates[0] >= 1e-4 && rates[4] <= 1e-1 && rates.windows(2).all(|pair| pair[1] / pair[0] < 20.0), "{rates:?}");
    assert!(batches[0] >= 1 && batches[4] <= 64 && batches.windows(2).all(|pair| pair[0] < pair[1]), "{batches:?}");
    assert_ne!(values(&super::plan(&keys(5, 1)), &TUNED), tuned, "the seed shifts them");
    let mut turned = keys(5, 0);
    turned["tune"]["over"] = keys(5, 0)["tune"]["over"].as_object().expect("a map").clone().into_iter().rev().collect();
    assert_eq!(values(&super::plan(&turned), &TUNED), tuned, "the order of keys says nothing");
}

/// A candidate is the trial that it would be as an arm of its own.
#[test]
fn candidates_have_the_ids_of_arms_with_their_settings() {
    let tuned = plan(&keys(5, 0));
    for arm in 0..tuned.arms() {
        let value = |at: &str| tuned.setting(arm, &path(at)).expect("a setting");
        let over: serde_json::Map<String, Value> =
            ["model.hidden", "init.recurrent", "optimizer.learning-rate", "train.batch"]
                .map(|at| (at.to_owned(), json!([value(at)])))
                .into_iter()
                .collect();
        let one = plan(&json!({"sweep": [{"kind": "grid", "over": over}]}));
        let of = |plan: &Plan, arm| plan.trial_id(Trial { arm, replicate: 0 });
        assert_eq!(of(&tuned, arm), of(&one, 0));
    }
}

#[test]
fn wrong_ranges_of_a_tuning_are_refused_where_they_stand() {
    let message = |tune: Value| refused(&json!({"tune": tune}));
    let rate = |range: Value| json!({"points": 4, "over": {"optimizer.learning-rate": range}});
    for (tune, expected) in [
        (
            json!({"over": {"optimizer.learning-rate": {"log-uniform": [1e-4, 1e-1]}}}),
            "tune.over.optimizer.learning-rate: a range needs `points`, which says how many values of \
             `optimizer.learning-rate` are tried; write `points: 8` under `tune`",
        ),
        (
            json!({"points": 4, "over": {"optimizer.learning-rate": [1e-4, 1e-1]}}),
            "tune.points: `points` is of ranges, and all that is tuned are lists, of which every combination is tried; take it \
             out, or give a range",
        ),
        (rate(json!({})), "give exactly one of: uniform, log-uniform, integer, choice"),
        (rate(json!({"uniform": [0, 1], "choice": [1]})), "give exactly one of: uniform, log-uniform, integer, choice"),
        (rate(json!({"log-uniform": [0.1, 0.01]})), "the range [0.1, 0.01] is empty"),
        (rate(json!({"log-unifrom": [0.01, 0.1]})), "did you mean `log-uniform`?"),
        (rate(json!(0.1)), "tune.over.optimizer.learning-rate"),
        (
            json!({"points": 4, "over": {"train.batch": {"uniform": [1.5, 8]}}}),
            "`train.batch` takes whole numbers; write `integer: [2, 8]`",
        ),
        (json!({"points": 4, "over": {"task.length": {"integer": [5, 9]}}}), "says what is measured"),
        (
            json!({"points": 4, "over": {"train.batch": {"integer": [1, 2]}}}),
            "two candidates are the same; give wider ranges or fewer `points`, of settings that have an effect",
        ),
    ] {
        let found = message(tune);
        assert!(found.contains(expected), "{found}");
    }
}
