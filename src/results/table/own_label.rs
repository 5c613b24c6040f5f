//! The label of an arm's own sweep entry, and the names that are left of arms where some of their settings tell them apart otherwise.

use serde_json::Value;

use super::{
    results::Arm,
    setting::{LABEL, LabelPart, Setting},
};

/// Stands in a label for the value of a setting that differs among the arms of one name.
const VARIES: &str = "…";

impl Arm {
    /// The settings of its name but those whose path is `apart`, by which arms of one name are told apart: the axis of a figure, or its
    /// tasks. A label is a name and no more; where it mentions one of these or what lies beneath, an ellipsis stands for the value.
    pub fn settings_without(&self, apart: impl Fn(&str) -> bool) -> Vec<Setting> {
        let own = self.settings.iter().filter(|setting| !apart(&setting.path));
        own.filter_map(
            |setting| if setting.path == LABEL { self.label_without(setting, &apart) } else { Some(setting.clone()) },
        )
        .collect()
    }

    /// The label without those values; nothing where no word is left.
    fn label_without(&self, label: &Setting, apart: impl Fn(&str) -> bool) -> Option<Setting> {
        let above = |path: &str| path.char_indices().any(|(at, sign)| ".[".contains(sign) && apart(&path[..at]));
        let is_apart = |part: &LabelPart| matches!(part, LabelPart::Value { path, .. } if apart(path) || above(path));
        if !self.own_label.iter().any(is_apart) {
            return Some(label.clone());
        }
        let words = self.own_label.iter().map(|part| match part {
            LabelPart::Text(text) => text.as_str(),
            LabelPart::Value { .. } if is_apart(part) => VARIES,
            LabelPart::Value { text, .. } => text,
        });
        let text: String = words.collect();
        let says = text.contains(char::is_alphanumeric);
        says.then(|| Setting { value: Value::from(text.as_str()), text, ..label.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::table::join;

    fn named(parts: &[(&str, &str)]) -> Arm {
        let part = |&(path, text): &(&str, &str)| match path {
            "" => LabelPart::Text(text.to_owned()),
            path => LabelPart::Value { path: path.to_owned(), text: text.to_owned() },
        };
        let label: String = parts.iter().map(|(_, text)| *text).collect();
        Arm {
            label: label.clone(),
            settings: vec![Setting::new(LABEL, label.into()), Setting::new("clip", "none".into())],
            swept: vec![],
            own_label: parts.iter().map(part).collect(),
            chance: vec![],
            budget: 1,
            target: None,
            lengths: None,
            probes: vec![],
        }
    }

    #[test]
    fn a_value_that_varies_leaves_the_label() {
        let arm = named(&[("model.cell", "lstm"), ("", ", "), ("task.length", "50"), ("", " steps")]);
        let without = |apart: &str| join(&arm.settings_without(|path| path == apart));
        assert_eq!(without("optimizer"), "lstm, 50 steps · none");
        assert_eq!(without("task.length"), "lstm, … steps · none");
        // What lies beneath a setting varies with it, what lies above does not.
        assert_eq!(without("task"), "lstm, … steps · none");
        assert_eq!(without("model.cell.activation"), "lstm, 50 steps · none");
        assert_eq!(without("mod"), "lstm, 50 steps · none");
        assert_eq!(without("clip"), "lstm, 50 steps");
    }

    #[test]
    fn a_label_without_words_is_none() {
        let arm = named(&[("task.length", "50"), ("", " / "), ("task.values", "8")]);
        assert_eq!(join(&arm.settings_without(|path| path == "task")), "none");
        assert_eq!(join(&arm.settings_without(|path| path == "task.length")), "… / 8 · none");
    }
}
