//! Settings to test a task at.

use longlag::task::TaskSpec;
use serde_json::Value;

/// Every registered task: as it is by default, with the smallest settings that its schema allows, and at other lengths.
pub fn every_task() -> Vec<TaskSpec> {
    TaskSpec::all().iter().zip(TaskSpec::pages()).flat_map(|(task, page)| sizes(task, page.schema.as_value())).collect()
}

fn sizes(task: &TaskSpec, schema: &Value) -> Vec<TaskSpec> {
    let smallest = |setting: &str| {
        let minimum = schema["properties"][setting]["minimum"].as_u64();
        minimum.unwrap_or_else(|| panic!("the setting `{setting}` of `{}` states no minimum", task.kind()))
    };
    let settings: Vec<String> =
        schema["properties"].as_object().expect("a task has settings").keys().cloned().collect();
    let mut at_minimum = written(task);
    for setting in &settings {
        at_minimum[setting] = smallest(setting).into();
    }
    let mut found = vec![task.clone(), read(at_minimum.clone())];
    for extra in [1, 9, 27] {
        let mut odd = written(task);
        odd["length"] = (smallest("length") + extra).into();
        found.push(read(odd));
        // The next size up in everything at once.
        if extra == 1 {
            let mut grown = at_minimum.clone();
            settings.iter().for_each(|setting| grown[setting] = (smallest(setting) + 1).into());
            found.push(read(grown));
        }
    }
    found
}

fn written(task: &TaskSpec) -> Value {
    serde_json::to_value(task).expect("a task can be written")
}

fn read(settings: Value) -> TaskSpec {
    serde_json::from_value(settings.clone()).unwrap_or_else(|error| panic!("{settings}: {error}"))
}
