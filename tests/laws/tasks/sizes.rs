//! Settings to test a task at.

use longlag::component::task::TaskSpec;
use serde_json::{Value, json};

/// Every registered task that draws its sequences: as it is by default, with the smallest settings that its schema allows, and at other lengths.
pub fn every_task() -> Vec<TaskSpec> {
    let all = TaskSpec::all();
    let drawn = all.iter().zip(TaskSpec::pages()).filter(|(task, _)| task.contents().is_none());
    drawn.flat_map(|(task, page)| sizes(task, page.schema.as_value())).collect()
}

fn sizes(task: &TaskSpec, schema: &Value) -> Vec<TaskSpec> {
    let properties = schema["properties"].as_object().expect("a task has settings");
    // The least value of a setting that is a number; a length is a number or a range of them.
    let smallest = |setting: &str| -> Option<Value> {
        let property = &properties[setting];
        [property, &property["anyOf"][0]].into_iter().find_map(|of| of.get("minimum").cloned())
    };
    let mut at_minimum = written(task);
    for setting in properties.keys() {
        if let Some(smallest) = smallest(setting) {
            at_minimum[setting] = smallest;
        }
    }
    let mut found = vec![task.clone(), read(at_minimum.clone())];
    for setting in properties.keys().filter(|setting| smallest(setting).is_none()) {
        let names = names(schema, setting);
        assert!(names.len() > 1, "the setting `{setting}` of `{}` has neither a minimum nor names", task.kind());
        for name in names {
            let mut other = written(task);
            (other["length"], other[setting]) = (7.into(), name);
            found.push(read(other));
        }
    }
    let least = smallest("length").and_then(|least| least.as_u64()).expect("a task has a length");
    for extra in [1, 9, 27] {
        let mut odd = written(task);
        odd["length"] = (least + extra).into();
        found.push(read(odd.clone()));
        odd["length"] = json!({"from": least, "to": least + extra});
        found.push(read(odd));
        // The next size up in everything at once.
        if extra == 1 {
            let mut grown = at_minimum.clone();
            for setting in properties.keys() {
                match smallest(setting) {
                    Some(Value::Number(number)) if number.is_u64() => {
                        grown[setting] = (number.as_u64().unwrap_or(0) + 1).into()
                    }
                    Some(Value::Number(number)) => grown[setting] = (number.as_f64().unwrap_or(0.0) + 1.0).into(),
                    _ => {}
                }
            }
            found.push(read(grown));
        }
    }
    found
}

/// The names that a setting may have, for one that has names.
fn names(schema: &Value, setting: &str) -> Vec<Value> {
    let property = &schema["properties"][setting];
    let place = property["$ref"].as_str().and_then(|place| schema.pointer(place.trim_start_matches('#')));
    let definition = place.unwrap_or(property);
    if let Some(names) = definition["enum"].as_array() {
        return names.clone();
    }
    definition["oneOf"].as_array().into_iter().flatten().map(|branch| branch["const"].clone()).collect()
}

fn written(task: &TaskSpec) -> Value {
    serde_json::to_value(task).expect("a task can be written")
}

fn read(settings: Value) -> TaskSpec {
    serde_json::from_value(settings.clone()).unwrap_or_else(|error| panic!("{settings}: {error}"))
}
