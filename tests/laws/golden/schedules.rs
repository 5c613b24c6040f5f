//! Factors of every registered schedule, update by update.

use longlag::component::schedule::ScheduleSpec;
use serde_json::{Map, Value};

use super::record::{count, list, numbers, read};

/// The stored settings under our names.
fn schedule(case: &Value) -> ScheduleSpec {
    let settings = case["settings"].as_object().expect("named settings").iter();
    let mut settings: Map<String, Value> =
        settings.map(|(name, value)| (name.replace('_', "-"), value.clone())).collect();
    settings.insert("kind".to_owned(), case["kind"].clone());
    serde_json::from_value(Value::Object(settings)).unwrap_or_else(|error| panic!("{case}: {error}"))
}

#[test]
fn factors_are_those_of_pytorch() {
    let file = read("schedules");
    let budget = count(&file["budget"]) as u64;
    for case in list(&file["cases"]) {
        let schedule = schedule(case);
        let wanted = numbers(&case["factors"]);
        assert_eq!(wanted.len() as u64, budget);
        for (update, wanted) in (0..).zip(wanted) {
            let got = schedule.factor(update, budget);
            // Torch multiplies from update to update, and rounds each time.
            let error = (got - wanted).abs();
            assert!(error <= 1e-14, "{schedule:?} at update {update}: {got} for {wanted}");
        }
    }
}
