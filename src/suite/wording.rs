//! The words of the error messages.

use serde_json::Value;

use super::vocabulary::{meanings, now_called};
use crate::text::{MAX_QUOTE, nearest, shortened};

/// A value in the words of YAML: `the text "abc"`, `the number 3`, `a list`.
pub(super) fn found(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {}", quoted(text)),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "a map".into(),
    }
}

/// A text in double quotes, shortened when long.
pub(super) fn quoted(text: &str) -> String {
    format!("{:?}", shortened(text))
}

/// A short value as one would write it in YAML on one line; none for a long one.
pub(super) fn inline(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) if text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c)) => text.clone(),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| Some(format!("{key}: {}", inline(value)?)));
            format!("{{{}}}", entries.collect::<Option<Vec<_>>>()?.join(", "))
        }
        Value::Array(entries) => {
            format!("[{}]", entries.iter().map(inline).collect::<Option<Vec<_>>>()?.join(", "))
        }
        other => other.to_string(),
    };
    (!text.is_empty() && text.chars().count() <= MAX_QUOTE).then_some(text)
}

/// `a, b or c`.
pub(super) fn either(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [word] => word.clone(),
        [words @ .., last] => format!("{} or {last}", words.join(", ")),
    }
}

/// ``did you mean `x`? valid: x, y``, the question only when a valid name is near.
pub(super) fn suggestion(wrong: &str, valid: &[&str]) -> String {
    let list = format!("valid: {}", valid.join(", "));
    hint(wrong, valid).map(|hint| format!("{hint} {list}")).unwrap_or(list)
}

/// ``did you mean `x`?``, or ``it is called `x` now;`` of a name that changed; none when no valid name is near.
pub fn hint(wrong: &str, valid: &[&str]) -> Option<String> {
    let name = intended(wrong, valid)?;
    let changed = now_called(wrong) == Some(name);
    Some(if changed { format!("it is called `{name}` now;") } else { format!("did you mean `{name}`?") })
}

/// The valid name that the writer probably meant: one that suites or other libraries call so, or the nearest by spelling.
pub fn intended<'a>(wrong: &str, valid: &[&'a str]) -> Option<&'a str> {
    let known = meanings(wrong).into_iter().find_map(|meaning| valid.iter().find(|name| **name == meaning));
    known.copied().or_else(|| nearest(wrong, valid))
}

/// The name of a Rust type as words: `GradientClip` is a `gradient clip`, `OptimizerSpec` an `optimizer`.
pub(super) fn noun(type_name: &str) -> String {
    let mut words = String::new();
    let mut after_small = false;
    let numbered = type_name.trim_end_matches(|c: char| c.is_ascii_digit());
    let name = numbered.strip_suffix("Spec").filter(|name| !name.is_empty()).unwrap_or(numbered);
    for letter in name.chars() {
        if letter.is_uppercase() && after_small {
            words.push(' ');
        }
        after_small = !letter.is_uppercase();
        words.extend(if letter == '_' { ' '.to_lowercase() } else { letter.to_lowercase() });
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_in_words() {
        assert_eq!(found(&json!("a\"b")), r#"the text "a\"b""#);
        assert_eq!(found(&json!(1.5)), "the number 1.5");
        assert_eq!(found(&json!("x".repeat(100))), format!("the text \"{}…\"", "x".repeat(60)));
        assert_eq!(inline(&json!({"kind": "adam", "betas": [0.9, 0.99]})).as_deref(), {
            Some("{kind: adam, betas: [0.9, 0.99]}")
        });
        assert_eq!(inline(&json!("x".repeat(100))), None);
        assert_eq!(either(&["a".into(), "b".into(), "c".into()]), "a, b or c");
    }

    #[test]
    fn type_names_become_nouns() {
        assert_eq!(noun("GradientClip"), "gradient clip");
        assert_eq!(noun("Cell2"), "cell");
        assert_eq!(noun("OptimizerSpec"), "optimizer");
        assert_eq!(noun("LSTM"), "lstm");
    }
}
