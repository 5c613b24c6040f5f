//! Values of settings as text: exactly as a suite would have them, and in a few words.

use serde_json::{Number, Value};

use super::scalar;

/// The key under which a component has its name.
const KIND: &str = "kind";

/// The value as YAML on one line, in the one canonical way: equal values have equal text, and the text reads back as the value.
///
/// Numbers take their shortest spelling, `10` for `1e1` and `10.0`; a component without settings is its bare name, one
/// with settings a map that begins with its kind: `{kind: elman, activation: relu}`.
pub fn spelled(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => spelled_number(number),
        Value::String(text) => spelled_text(text),
        Value::Array(list) => format!("[{}]", list.iter().map(spelled).collect::<Vec<_>>().join(", ")),
        Value::Object(node) => match node.get(KIND) {
            Some(Value::String(kind)) if node.len() == 1 => spelled_text(kind),
            kind => {
                let mut rest: Vec<_> = node.iter().filter(|(key, _)| *key != KIND).collect();
                rest.sort_by_key(|(key, _)| key.as_str());
                let entry = |(key, value): (&str, &Value)| format!("{}: {}", spelled_text(key), spelled(value));
                let kind = kind.map(|kind| entry((KIND, kind)));
                let rest = rest.into_iter().map(|(key, value)| entry((key, value)));
                format!("{{{}}}", kind.into_iter().chain(rest).collect::<Vec<_>>().join(", "))
            }
        },
    }
}

/// The number in its shortest spelling, which reads back as the same double: `10`, `0.001`, `1e-5`.
pub fn spelled_double(number: f64) -> String {
    let text = format!("{number:?}");
    match text.strip_suffix(".0") {
        // An integer has no negative zero.
        Some(whole) if whole != "-0" => whole.to_owned(),
        _ => text,
    }
}

fn spelled_number(number: &Number) -> String {
    match number.as_f64() {
        Some(double) if number.is_f64() => spelled_double(double),
        _ => number.to_string(),
    }
}

fn spelled_text(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let bare = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(safe);
    if bare && scalar::resolve(text).is_string() { text.to_owned() } else { Value::from(text).to_string() }
}

/// A text of one line as it is, of several the beginning.
fn first_words(text: &str) -> String {
    const MOST: usize = 32;
    let Some((line, _)) = text.trim().split_once('\n') else { return text.to_owned() };
    let line = line.trim_end();
    format!("{}…", line.char_indices().nth(MOST).map_or(line, |(end, _)| &line[..end]))
}

/// A value in a few words: `elman tanh`, `normal gain 1.5`, `50`, `none`. Two values may have the same.
pub fn described(value: &Value) -> String {
    match value {
        Value::String(text) => first_words(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => spelled(value),
        Value::Array(list) if list.is_empty() => "none".to_owned(),
        Value::Array(list) => list.iter().map(described).collect::<Vec<_>>().join(" + "),
        Value::Object(node) => {
            let part = |(key, value): (&String, &Value)| match value {
                Value::String(text) => first_words(text),
                Value::Bool(true) => key.clone(),
                Value::Bool(false) => format!("no {key}"),
                Value::Object(inner) if inner.contains_key(KIND) => described(value),
                other => format!("{key} {}", described(other)),
            };
            let kind = node.get(KIND).map(described);
            // What its writer calls it says enough.
            if let Some(Value::String(name)) = node.get("name").filter(|_| kind.is_some()) {
                return name.clone();
            }
            let mut rest: Vec<_> = node.iter().filter(|(key, _)| *key != KIND).collect();
            rest.sort_by_key(|(key, _)| key.as_str());
            kind.into_iter().chain(rest.into_iter().map(part)).collect::<Vec<_>>().join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_spelled_in_the_shortest_way_that_reads_back() {
        for (value, text) in [
            (json!(10), "10"),
            (json!(10.0), "10"),
            (json!(-0.0), "-0.0"),
            (json!(0.001), "0.001"),
            (json!(1e-5), "1e-5"),
            (json!(1e16), "1e16"),
            (json!(9_007_199_254_740_993_u64), "9007199254740993"),
            (json!(null), "null"),
            (json!(true), "true"),
            (json!("true"), "\"true\""),
            (json!("1"), "\"1\""),
            (json!("before-matrix"), "before-matrix"),
            (json!("a: b"), "\"a: b\""),
            (json!({"kind": "elman"}), "elman"),
            (json!({"activation": {"kind": "relu"}, "kind": "elman"}), "{kind: elman, activation: relu}"),
            (json!([{"kind": "value", "max": 2.5}, {"kind": "none"}]), "[{kind: value, max: 2.5}, none]"),
            (json!([]), "[]"),
            (json!({}), "{}"),
        ] {
            assert_eq!(spelled(&value), text);
        }
    }

    #[test]
    fn values_are_told_in_a_few_words() {
        assert_eq!(described(&json!({"activation": "tanh", "kind": "elman"})), "elman tanh");
        assert_eq!(described(&json!({"kind": "normal", "gain": 1.5})), "normal gain 1.5");
        assert_eq!(described(&json!([])), "none");
        assert_eq!(described(&json!([{"kind": "global-norm", "max": 1.0}, "none"])), "global-norm max 1 + none");
        assert_eq!(described(&json!({"from": 5, "to": 9})), "from 5 to 9");
    }
}
