//! Advice on values of the wrong type.

use serde_json::Value;

use crate::suite::schema::Shape;
use crate::suite::wording::inline;

/// Advice for the usual slips.
pub(super) fn advice(value: &Value, shape: &Shape) -> Option<String> {
    match (shape, value) {
        (Shape::Text(_), Value::Number(_) | Value::Bool(_)) => Some(format!("put it in quotes: \"{value}\"")),
        (Shape::Number(_), Value::String(text)) => {
            let text = text.trim().replace(['_', ',', ' '], "");
            let (digits, scale) = text.strip_suffix('%').map_or((text.as_str(), 1.0), |digits| (digits, 100.0));
            let plain = digits.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
            let number = digits.parse::<f64>().ok().filter(|number| plain && number.is_finite())? / scale;
            Some(format!("write {number}, without quotes or other signs"))
        }
        (Shape::Bool, Value::String(text)) => match text.to_lowercase().as_str() {
            "yes" | "on" | "y" | "true" => Some("write true".into()),
            "no" | "off" | "n" | "false" => Some("write false".into()),
            _ => None,
        },
        (Shape::List(_), Value::Array(_)) => None,
        (Shape::List(_), value) => inline(value).map(|value| format!("write a list: [{value}]")),
        (Shape::Map(_), Value::String(text)) if text.contains(':') => Some("put a space after the colon".into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::suite::sample::{problem, problems};

    #[test]
    fn wrong_types() {
        assert_eq!(problem(json!({"updates": "abc"})), "updates: expected a whole number, found the text \"abc\"");
        assert_eq!(problem(json!({"updates": 1.5})), "updates: expected a whole number, found the number 1.5");
        assert_eq!(problem(json!({"updates": "1_000"})), {
            "updates: expected a whole number, found the text \"1_000\"; write 1000, without quotes or other signs"
        });
        assert_eq!(problem(json!({"rate": "5%"})), {
            "rate: expected a number, found the text \"5%\"; write 0.05, without quotes or other signs"
        });
        assert_eq!(problem(json!({"rate": "inf"})), "rate: expected a number, found the text \"inf\"");
        assert_eq!(
            problem(json!({"name": 123})),
            "name: expected a text, found the number 123; put it in quotes: \"123\""
        );
        assert_eq!(problem(json!({"nested": {"verbose": "yes"}})), {
            "nested.verbose: expected true or false, found the text \"yes\"; write true"
        });
        assert_eq!(
            problem(json!({"clip": "norm"})),
            "clip: expected a list, found the text \"norm\"; write a list: [norm]"
        );
        assert_eq!(problem(json!({"nested": []})), "nested: expected a map, found a list");
        assert_eq!(problem(json!({"threads": true})), "threads: expected a whole number, found true");
        assert_eq!(problems(json!({"updates": 1e3})), [""; 0]);
        assert_eq!(problems(json!({"updates": 10.0})), [""; 0]);
    }
}
