//! Readable names of arms, from what is swept.

use serde_json::Value;

use super::axis::Entry;
use crate::text::setting_name;

/// The path of a sweep entry's own label among an arm's settings.
pub const LABEL: &str = "label";

/// A setting as an arm has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The dotted path in the suite, such as `task.length`; [`LABEL`] for a sweep entry's own label.
    pub path: String,
    /// The value as it is shown, such as `50` or `elman tanh`.
    pub text: String,
    /// The value where it is a number.
    pub number: Option<f64>,
}

impl Setting {
    /// The name of what is set, such as `length`.
    pub fn name(&self) -> &str {
        setting_name(&self.path)
    }
}

/// The settings of one arm of `entry`, of which axis k takes value `choice[k]`: the swept ones, and with `tuned` those that
/// tell candidates apart.
pub(super) fn settings(entry: &Entry, choice: &[usize], tuned: bool) -> Vec<Setting> {
    let value = |axis: usize| &entry.axes[axis].values[choice[axis]];
    let mut settings = vec![];
    let swept = entry.axes.len() - entry.tuned;
    let mut shown: Vec<bool> = (0..entry.axes.len()).map(|axis| tuned || axis < swept).collect();
    if let Some(template) = &entry.label {
        let mut text = template.clone();
        for (k, axis) in entry.axes.iter().enumerate() {
            let mention = format!("{{{}}}", axis.path);
            let mentioned = text.contains(&mention);
            text = text.replace(&mention, &describe(value(k)));
            // The label speaks for what it mentions and for what never changes.
            shown[k] &= !mentioned && axis.values.len() > 1;
        }
        settings.push(Setting { path: LABEL.to_owned(), text, number: None });
    }
    for (k, axis) in entry.axes.iter().enumerate().filter(|&(k, _)| shown[k]) {
        let (text, number) = (describe(value(k)), value(k).as_f64());
        settings.push(Setting { path: axis.path.to_string(), text, number });
    }
    settings
}

/// The arm's name: its settings, numbers and switches with the name of what they set.
pub(super) fn join(settings: &[Setting]) -> String {
    let part = |setting: &Setting| match setting.number {
        Some(_) => format!("{} {}", setting.name(), setting.text),
        None => setting.text.clone(),
    };
    settings.iter().map(part).collect::<Vec<_>>().join(" · ")
}

/// A value in a few words: `elman tanh`, `normal gain 1.5`, `50`, `none`.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Null => "default".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.is_empty() => "none".to_owned(),
        Value::Array(list) => list.iter().map(describe).collect::<Vec<_>>().join(" + "),
        Value::Object(node) => {
            let part = |(key, value): (&String, &Value)| match value {
                Value::String(text) => text.clone(),
                Value::Bool(true) => key.clone(),
                Value::Bool(false) => format!("no {key}"),
                Value::Object(_) => describe(value),
                other => format!("{key} {}", describe(other)),
            };
            let kind = node.get("kind").map(describe);
            let rest = node.iter().filter(|(key, _)| *key != "kind").map(part);
            kind.into_iter().chain(rest).collect::<Vec<_>>().join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Setting, describe, join};

    #[test]
    fn numbers_come_with_the_name_of_what_they_set() {
        let number = |path: &str| Setting { path: path.to_owned(), text: "4".to_owned(), number: Some(4.0) };
        let settings = [number("init.parameters.b_f.value"), number("task.length"), number("init.recurrent.gain")];
        assert_eq!(join(&settings), "b_f 4 · length 4 · gain 4");
    }

    #[test]
    fn values_are_told_in_a_few_words() {
        assert_eq!(describe(&json!({"kind": "elman", "activation": "tanh"})), "elman tanh");
        assert_eq!(describe(&json!({"kind": "normal", "gain": 1.5})), "normal gain 1.5");
        assert_eq!(describe(&json!([])), "none");
        assert_eq!(describe(&json!([{"kind": "global-norm", "max": 1.0}, "none"])), "global-norm max 1.0 + none");
    }
}
