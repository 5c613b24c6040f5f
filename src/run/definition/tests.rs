use std::{collections::HashMap, fs, path::Path};

use serde_json::{Value, json};

use super::*;
use crate::{
    component::{
        activation::{ActivationSpec, Formula},
        cell::{CellSpec, Equations},
    },
    plan::{Plan, PlanOptions},
    results::reference::{KINDS, Kind},
    store::Definition,
    suite::Suite,
};

fn plan(file: &Path) -> Option<Plan> {
    Plan::new(&Suite::load(file, vec![], false).ok()?, &PlanOptions::default()).ok()
}

/// The definition of a suite of one arm, if it is a valid one.
fn definition(folder: &Path, suite: &Value) -> Option<Definition> {
    let file = folder.join("suite.yaml");
    fs::write(&file, suite.to_string()).unwrap();
    Some(Definition::clone(&Definitions::default().of(&plan(&file)?, 0)))
}

/// Every registered component has an arm there. Two arms may compute the same under two names, as two initializers of a square matrix
/// do: then their chains are the same.
#[test]
fn only_equal_golden_chains_are_defined_alike() {
    let path = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let plan = plan(&path("suites/guard.yaml")).expect("a valid suite");
    let chains: Value = serde_json::from_slice(&fs::read(path("tests/golden/chains.json")).unwrap()).unwrap();
    let chain = |label: &str| &chains["chains"][format!("{label} #0")];
    let definitions = Definitions::default();
    let mut seen: HashMap<[String; 3], String> = HashMap::new();
    for (arm, named) in plan.named_arms().enumerate() {
        let Definition { task, network, training } = Definition::clone(&definitions.of(&plan, arm));
        if let Some(other) = seen.insert([task, network, training], named.label.clone()) {
            let alike = chain(&other).is_array() && chain(&other) == chain(&named.label);
            assert!(alike, "`{other}` and `{}` are defined alike", named.label);
        }
    }
    assert!(seen.len() > 100, "{}", seen.len());
}

/// `component` at the JSON pointer `at` of a small suite.
fn suite(at: &str, component: Value) -> Value {
    let mut suite = json!({
        "version": 1,
        "name": "small",
        "task": {"kind": "adding", "length": 20},
        "model": {"cell": {"kind": "elman"}, "modifiers": [], "hidden": 24, "layers": 2},
        "init": {},
        "parametrize": {},
        "train": {"batch": 2, "updates": 5000},
    });
    let (parent, key) = at.rsplit_once('/').expect("a place");
    suite.pointer_mut(parent).expect("a parent")[key] = component;
    suite
}

/// Suites that use a component of that kind, each in another place.
fn suites(kind: &Kind, component: &Value) -> Vec<Value> {
    let one = || component.clone();
    let list = || json!([component]);
    match kind.singular {
        "task" => vec![suite("/task", one())],
        "cell" => vec![suite("/model/cell", one())],
        "activation" => vec![suite("/model/cell", json!({"kind": "elman", "activation": component}))],
        "modifier" => vec![suite("/model/modifiers", list())],
        "initializer" => vec![suite("/init/recurrent", one()), suite("/init/bias", one())],
        "parametrization" => vec![suite("/parametrize/recurrent", one())],
        "regularizer" => vec![suite("/regularizers", list())],
        "algorithm" => vec![suite("/algorithm", one())],
        "optimizer" => vec![suite("/optimizer", one())],
        "schedule" => vec![suite("/schedule", list())],
        "clip" => vec![suite("/clip", list())],
        "bptt-rule" => vec![suite("/bptt", list())],
        "constraint" => {
            let mut rotating = suite("/constraints", list());
            rotating["parametrize"]["recurrent"] = json!("orthogonal-exponential");
            rotating["init"]["recurrent"] = json!({"kind": "henaff", "form": "skew"});
            vec![suite("/constraints", list()), rotating]
        }
        "curriculum" => vec![suite("/train/curriculum", one())],
        "probe" => vec![suite("/probes", list())],
        // Figures are drawn of what was computed.
        "figure" => vec![],
        other => panic!("say where a suite has a component of the kind {other}"),
    }
}

/// Other values of a setting.
fn others(value: &Value, schema: &Value) -> Vec<Value> {
    let words = schema.get("enum").or_else(|| schema.pointer("/$defs")).and_then(Value::as_array);
    match value {
        Value::Bool(flag) => vec![json!(!flag)],
        Value::Number(number) if number.is_f64() => {
            let number = value.as_f64().unwrap_or_default();
            [0.25, number * 1.25, number * 0.8, number * 0.99].map(|number| json!(number)).to_vec()
        }
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or_default();
            [1, 2, -1, 4, 7].map(|more| json!(number + more)).to_vec()
        }
        Value::Null => vec![json!(3), json!(0.5), json!(true)],
        _ => words.cloned().unwrap_or_default(),
    }
}

/// A changed setting stands for an edited formula: hashes know nothing of settings but what they do.
#[test]
fn every_setting_of_every_component_shows_in_the_definition() {
    let folder = tempfile::tempdir().unwrap();
    let (mut tried, mut hidden, mut unreached) = (0, vec![], vec![]);
    for kind in &KINDS {
        for page in (kind.pages)() {
            // A setting that acts beside another one only.
            let plain = match page.name {
                "sgd" => json!({"kind": "sgd", "momentum": 0.5}),
                "initial-state" => json!({"kind": "initial-state", "start": "noise"}),
                "dataset" => {
                    let file = format!("{}/tests/golden/data/plain.npz", env!("CARGO_MANIFEST_DIR"));
                    json!({"kind": "dataset", "file": file, "permuted": true})
                }
                "equations" => json!(CellSpec::Equations(Equations::default())),
                "formula" => json!(ActivationSpec::Formula(Formula::default())),
                name => json!({"kind": name}),
            };
            let schema = page.schema.as_value();
            let Some(properties) = schema.get("properties").and_then(Value::as_object) else { continue };
            let places = suites(kind, &plain).len();
            let mut reached = places == 0 || properties.is_empty();
            for place in 0..places {
                let defined = |component: &Value| definition(folder.path(), &suites(kind, component)[place]);
                let Some(before) = defined(&plain) else { continue };
                reached = true;
                for (name, property) in properties {
                    let default = plain.get(name).or(property.get("default")).cloned().unwrap_or(Value::Null);
                    // Of some settings only a change that is large enough matters here, such as a length beyond the task's.
                    let others = others(&default, property).into_iter().filter(|value| *value != default);
                    let mut shown = others.filter_map(|value| {
                        let mut component = plain.clone();
                        component[name] = value;
                        Some(defined(&component)? != before)
                    });
                    let Some(first) = shown.next() else { continue };
                    tried += 1;
                    if !first && !shown.any(|shown| shown) {
                        hidden.push(format!("{name} of {}", page.name));
                    }
                }
            }
            if !reached {
                unreached.push(page.name);
            }
        }
    }
    assert!(unreached.is_empty(), "no suite here has {unreached:?}");
    assert!(hidden.is_empty(), "of {tried} these have no influence:\n{}", hidden.join("\n"));
    assert!(tried > 100, "{tried}");
}
