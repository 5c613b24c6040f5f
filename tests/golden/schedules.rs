//! Factors of every registered schedule.

use longlag::schedule::{Point, ScheduleSpec};
use serde_json::Value;

use crate::record::{list, numbers, read, text};

#[test]
fn factors_are_those_of_pytorch() {
    let file = read("schedules");
    let budget = file["budget"].as_u64().expect("a number of updates");
    for case in list(&file["cases"]) {
        let mut settings = case["settings"].as_object().expect("named settings").clone();
        settings.insert("kind".to_owned(), case["kind"].clone());
        let schedule: ScheduleSpec = serde_json::from_value(Value::Object(settings)).expect("a known schedule");
        let wanted = numbers(&case["factors"]);
        assert_eq!(wanted.len() as u64, budget);
        for (update, wanted) in (0..budget).zip(wanted) {
            let error = (schedule.factor(Point { update, budget }) - wanted).abs();
            assert!(error <= 1e-12, "{schedule:?}, update {update}: {error:e}");
        }
    }
    for kind in ScheduleSpec::NAMES {
        let known = list(&file["cases"]).iter().any(|case| text(&case["kind"]) == *kind);
        assert!(known, "the schedule `{kind}` has no case in tests/golden/torch/schedules.json");
    }
}
