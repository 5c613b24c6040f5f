//! Swept settings as arms have them.

use serde_json::Value;

use super::cell::Cell;
use crate::text::{described, setting_name, spelled};

/// The path of a sweep entry's own label among an arm's settings.
pub const LABEL: &str = "label";

/// A swept setting as an arm has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The path in the suite, such as `task.length`; [`LABEL`] for a sweep entry's own label.
    pub path: String,
    /// The name of the setting, in a word that no other setting of the plan has, such as `length`.
    pub name: String,
    /// The arm's resolved value: of a component its kind and those settings that differ from the component's defaults.
    pub value: Value,
    /// The value in a few words that no other value of the setting has, such as `50` or `elman tanh`. What deeper settings of
    /// the plan say is left to them.
    pub text: String,
    /// Whether the words alone would not tell what is set.
    pub named: bool,
}

/// A part of a sweep entry's label, as an arm has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelPart {
    /// Text, as it is.
    Text(String),
    /// The words for the value of a setting.
    Value {
        /// The path of the setting.
        path: String,
        /// The words.
        text: String,
    },
}

impl Setting {
    /// The setting at `path` by itself, in a plan that has no other.
    pub fn new(path: &str, value: Value) -> Self {
        let named = !speaks_for_itself(&value);
        Self { path: path.to_owned(), name: setting_name(path).to_owned(), text: described(&value), value, named }
    }

    /// The value where it is a number.
    pub fn number(&self) -> Option<f64> {
        self.value.as_f64()
    }

    /// The setting as names of arms have it: `length 50`, `elman tanh`.
    pub fn words(&self) -> String {
        if self.named { format!("{} {}", self.name, self.text) } else { self.text.clone() }
    }

    /// The value as a cell of a column, of the values' own type or of text.
    pub(super) fn cell_in(&self, of_one_type: bool) -> Cell {
        match &self.value {
            Value::String(text) if of_one_type => Cell::Text(text.clone()),
            value if of_one_type || value.is_null() => self.cell(),
            value => Cell::Text(spelled(value)),
        }
    }

    /// The value as a cell: numbers, truth values and null as such, all else spelled as a suite would have it.
    pub fn cell(&self) -> Cell {
        match &self.value {
            Value::Null => Cell::Null,
            Value::Bool(flag) => Cell::Boolean(*flag),
            Value::Number(number) => {
                number.as_i128().map(Cell::Integer).or(number.as_f64().map(Cell::Setting)).unwrap_or(Cell::Null)
            }
            Value::String(_) | Value::Array(_) | Value::Object(_) => Cell::Text(spelled(&self.value)),
        }
    }
}

/// Whether a value's words tell what kind of thing it is: those of a component, a name or a list of such do, a number does not.
pub fn speaks_for_itself(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
        Value::String(_) => true,
        Value::Array(list) => list.iter().all(speaks_for_itself),
        Value::Object(node) => node.contains_key("kind"),
    }
}

/// The settings of an arm as one name.
pub fn join<'a>(settings: impl IntoIterator<Item = &'a Setting>) -> String {
    settings.into_iter().map(Setting::words).filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_and_switches_come_with_the_name_of_what_they_set() {
        let setting = |path: &str, value: Value| Setting::new(path, value);
        let settings = [
            setting("model.cell", json!({"kind": "elman", "activation": "tanh"})),
            setting("init.parameters.b_f.value", json!(4)),
            setting("task.length", json!({"from": 5, "to": 9})),
            setting("model.cell.peepholes", json!(true)),
            setting("train.target", json!(null)),
        ];
        assert_eq!(join(&settings), "elman tanh · b_f 4 · length from 5 to 9 · peepholes true · target null");
    }
}
