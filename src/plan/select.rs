//! Conditions on settings, as `exclude` and `--only` write them.

use serde_json::Value;

/// Whether the setting `found` is what a condition asks for. Numbers compare as numbers; a name asks for a component's kind;
/// a tree asks for each of its settings.
pub(super) fn matches(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Object(node), Value::String(kind)) => node.get("kind").and_then(Value::as_str) == Some(kind),
        (Value::Object(node), Value::Object(wanted)) => {
            wanted.iter().all(|(key, wanted)| node.get(key).is_some_and(|found| matches(found, wanted)))
        }
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| matches(found, wanted))
        }
        _ => found == wanted,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn kinds_numbers_and_trees_match() {
        let cell = json!({"kind": "elman", "activation": {"kind": "tanh"}});
        assert!(matches(&cell, &json!("elman")));
        assert!(matches(&cell, &json!({"kind": "elman", "activation": "tanh"})));
        assert!(!matches(&cell, &json!({"kind": "elman", "activation": "relu"})));
        assert!(matches(&json!(50), &json!(50.0)));
        assert!(!matches(&json!(50), &json!("50")));
        assert!(matches(&json!([]), &json!([])));
        assert!(matches(&json!([{"kind": "value", "max": 1.0}]), &json!(["value"])));
    }
}
