//! Laws of claims: which arms their conditions pick, and what is refused.

use serde_json::{Value, json};

use super::{PlanOptions, planned, refused};
use crate::{plan::Plan, results::claim::Contrast, suite::Setting};

/// A suite of two cells at three lengths, with one claim of these keys.
fn suite(claim: &Value) -> Value {
    let mut keys = json!({"id": "a", "statement": "So it is.", "metric": "test/loss", "expect": "left < right"});
    claim.as_object().expect("a map").iter().for_each(|(key, value)| keys[key] = value.clone());
    json!({"replicates": 6, "claims": [keys],
        "sweep": [{"kind": "grid", "over": {"model.cell": ["elman", "lstm"], "task.length": [10, 20, 30]}}]})
}

fn plan(claim: &Value) -> Plan {
    planned(&suite(claim), &PlanOptions::default(), &[]).expect("a plan")
}

fn contrast(claim: &Value) -> Contrast {
    plan(claim).claims()[0].contrast.clone()
}

#[test]
fn conditions_pick_arms_in_strata() {
    let sides = json!({"left": {"model.cell": "lstm", "task.length": 10}, "right": {"model.cell": "elman", "task.length": 10.0}});
    assert_eq!(contrast(&sides), Contrast::Arms(vec![[3, 0]]));
    let among =
        json!({"among": {"task.length": 20}, "left": {"model.cell.kind": "lstm"}, "right": {"model.cell": "elman"}});
    assert_eq!(contrast(&among), Contrast::Arms(vec![[4, 1]]));
    let strata = json!({"left": {"model.cell": "lstm"}, "right": {"model.cell": "elman"}, "pair-by": ["task.length"]});
    assert_eq!(contrast(&strata), Contrast::Arms(vec![[3, 0], [4, 1], [5, 2]]));
    let number = json!({"left": {"model.cell": "lstm", "task.length": 30}, "right": 0.5});
    assert_eq!(contrast(&number), Contrast::Level(vec![(5, 0.5)]));
    let chance = json!({"left": {"model.cell": "lstm", "task.length": 30}, "right": "chance"});
    assert_eq!(contrast(&chance), Contrast::Level(vec![(5, 1.0 / 6.0)]));
    let order = json!({"expect": "increasing", "among": {"task.length": 10},
        "order": [{"model.cell": "lstm"}, {"model.cell": "elman"}]});
    assert_eq!(contrast(&order), Contrast::Order(vec![vec![3, 0]]));
    let trend = json!({"expect": "increasing", "over": "task.length", "pair-by": ["model.cell.kind"]});
    let trends = vec![vec![(10.0, 0), (20.0, 1), (30.0, 2)], vec![(10.0, 3), (20.0, 4), (30.0, 5)]];
    assert_eq!(contrast(&trend), Contrast::Trend(trends));
    let correlation = json!({"expect": "positive", "with": "parameters"});
    assert_eq!(contrast(&correlation), Contrast::Correlation(vec![(0..6).collect()]));
}

#[test]
fn a_mistake_is_told_with_its_place_and_what_there_is() {
    let left = json!({"model.cell": "lstm", "task.length": 10});
    let cases = [
        (json!({"left": left}), "claims[0].left: there is no `right`"),
        (json!({"right": 1}), "claims[0].right: there is no `left`"),
        (json!({}), "claims[0]: the claim compares nothing"),
        (json!({"left": left, "right": 1, "over": "task.length"}), "keep `left` or `over`"),
        (json!({"left": left, "right": 1, "expect": "increasing"}), "expect `left > right` or `left < right`"),
        (
            json!({"left": left, "right": 1, "expect": "left = right"}),
            "claims[0].margin: `left = right` needs a margin",
        ),
        (json!({"over": "task.length", "expect": "increasing", "margin": 1}), "claims[0].margin: a rank correlation"),
        (
            json!({"left": left, "right": {"model.cell": "elman"}}),
            "claims[0].right: matches 3 arms: `elman · length 10`",
        ),
        (json!({"left": left, "right": {"model.cell": "elman"}}), "pair-by: [task.length]"),
        (
            json!({"left": left, "right": {"model.cell": "gru"}}),
            "no arm has `model.cell` gru; the arms have elman, lstm",
        ),
        (json!({"left": left, "right": {"model.cell": "elmann"}}), "did you mean `elman`?"),
        (json!({"left": left, "right": {"model.cel": "elman"}}), "no arm has a setting `model.cel`"),
        (json!({"left": left, "right": {"cell": "elman"}}), "`cell` is no setting of a trial"),
        (json!({"left": left, "right": left}), "`left` and `right` are one arm, `lstm · length 10`"),
        (json!({"left": left, "right": 1, "metric": "test/los"}), "did you mean `test/loss`?"),
        (
            json!({"left": left, "right": 1, "metric": "solved"}),
            "claims[0].metric: `solved` is a metric of suites with a target",
        ),
        (
            json!({"left": left, "right": 1, "metric": "gradient-by-lag/initial-growth"}),
            "add `probes: [gradient-by-lag]`",
        ),
        (json!({"left": left, "right": "chance", "metric": "parameters"}), "`parameters` has no chance level"),
        (json!({"left": left, "right": "luck"}), "claims[0].right"),
        (json!({"over": "task.length", "expect": "increasing"}), "have one value of `task.length`"),
        (json!({"over": "model.cell", "expect": "increasing"}), "`model.cell` is no number"),
        (json!({"with": "test/loss", "expect": "positive"}), "correlates with itself"),
        (json!({"expect": "increasing", "order": [left]}), "two arms or more"),
        (json!({"among": {"task.length": 10}, "with": "parameters", "expect": "positive"}), "found 2"),
        (json!({"left": left, "right": 1, "alpha": 0.9}), "claims[0].alpha"),
        (json!({"left": left, "right": 1, "id": "A b"}), "claims[0].id"),
        (json!({"left": left, "rihgt": 1}), "did you mean `right`?"),
        (
            json!({"left": {"model.cell": "lstm"}, "right": {"model.cell": "elman", "task.length": 10}, "pair-by": ["task.length"]}),
            "the strata differ",
        ),
    ];
    for (claim, said) in cases {
        let found = refused(&suite(&claim));
        assert!(found.contains(said), "{claim}: {said:?} is not in {found}");
    }
    let mut twice = suite(&json!({"left": left, "right": 1}));
    let claim = twice["claims"][0].clone();
    twice["claims"] = json!([claim, claim]);
    assert!(refused(&twice).contains("claims[1].id: another claim is called `a`"));
}

#[test]
fn claims_change_no_trial_and_follow_what_only_keeps() {
    let claim =
        json!({"left": {"model.cell": "lstm", "task.length": 10}, "right": {"model.cell": "elman", "task.length": 10}});
    let with = plan(&claim);
    let mut keys = suite(&claim);
    keys["claims"] = json!([]);
    keys["alpha"] = json!(0.01);
    let without = planned(&keys, &PlanOptions::default(), &[]).expect("a plan");
    let ids = |plan: &Plan| plan.trials().map(|trial| plan.trial_id(trial)).collect::<Vec<_>>();
    assert_eq!(ids(&with), ids(&without));
    let only = |text: &str| PlanOptions {
        only: vec![Setting::parse("--only", text).expect("a setting")],
        ..PlanOptions::default()
    };
    let short = planned(&suite(&claim), &only("task.length=10"), &[]).expect("a plan");
    assert_eq!(short.claims()[0].contrast, Contrast::Arms(vec![[1, 0]]));
    let apart = planned(&suite(&claim), &only("model.cell=lstm"), &[]).expect("a plan");
    assert!(apart.claims().is_empty());
    assert!(apart.warnings.iter().any(|warning| warning.contains("no verdict on `a`")), "{:?}", apart.warnings);
}

#[test]
fn too_few_replicates_are_warned_of_beforehand() {
    let claim =
        json!({"left": {"model.cell": "lstm", "task.length": 10}, "right": {"model.cell": "elman", "task.length": 10}});
    assert!(plan(&claim).warnings.is_empty(), "{:?}", plan(&claim).warnings);
    let few = planned(&suite(&claim), &PlanOptions::default(), &["replicates=5"]).expect("a plan");
    let said = "5 replicates cannot decide the claim `a`: corrected for 1 claim, p is 0.0625 or more, and α is 0.05; replicates: 6 can";
    assert_eq!(few.warnings, [said]);
}

#[test]
fn tuned_settings_pick_no_arm_and_candidates_are_one() {
    let claim =
        json!({"left": {"model.cell": "lstm", "task.length": 10}, "right": {"model.cell": "elman", "task.length": 10}});
    let mut keys = suite(&claim);
    keys["tune"] = json!({"over": {"optimizer.learning-rate": [0.001, 0.01]}, "select": "validation/loss"});
    let plan = planned(&keys, &PlanOptions::default(), &[]).expect("a plan");
    assert_eq!(plan.claims()[0].contrast, Contrast::Arms(vec![[3, 0]]));
    keys["claims"][0]["left"]["optimizer.learning-rate"] = json!(0.001);
    assert!(refused(&keys).contains("`optimizer.learning-rate` is tuned"));
}
