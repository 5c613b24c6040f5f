//! The long form of what may be written short.

use serde_json::{Map, Number, Value};

use super::schema::{KIND, NodeId, Schema, Shape};

impl Schema {
    /// Writes out what may be written short: a component's bare name `relu` becomes `{kind: relu}`, and a number such as
    /// `1e3` or `10.0` becomes an integer where a whole number belongs; the zero below zero is zero. What is wrong is left for [`Schema::check`].
    pub fn normalize(&self, mut value: Value) -> Value {
        self.expand(&mut value, self.root);
        value
    }

    fn expand(&self, value: &mut Value, id: NodeId) {
        let id = self.settle(id, value);
        match (&self.node(id).shape, value) {
            (Shape::Kinds(kinds), value) => {
                if let Value::String(name) = value {
                    let name = Value::String(std::mem::take(name));
                    *value = Value::Object(Map::from_iter([(KIND.to_owned(), name)]));
                }
                let named = value.get(KIND).and_then(Value::as_str);
                if let Some((_, node)) = named.and_then(|named| kinds.iter().find(|(name, _)| name == named)) {
                    self.expand(value, *node);
                }
            }
            (Shape::Map(map), Value::Object(entries)) => {
                for (key, value) in entries {
                    if let Some(node) = map.under(key) {
                        self.expand(value, node);
                    }
                }
            }
            (Shape::Tagged { contents, .. }, Value::Object(entries)) => {
                for (key, value) in entries {
                    if let Some((_, node)) = contents.iter().find(|(name, _)| name == key) {
                        self.expand(value, *node);
                    }
                }
            }
            (Shape::List(list), Value::Array(entries)) => {
                for (index, value) in entries.iter_mut().enumerate() {
                    if let Some(node) = list.entry(index) {
                        self.expand(value, node);
                    }
                }
            }
            (Shape::Number(bounds), Value::Number(number)) if bounds.integer => {
                if let Some(whole) = whole(number).and_then(Number::from_i128) {
                    *number = whole;
                }
            }
            // Equal numbers are one value, whatever their bits.
            (Shape::Number(_), Value::Number(number)) if number.is_f64() && number.as_f64() == Some(0.0) => {
                *number = Number::from_f64(0.0).expect("zero is a number");
            }
            _ => {}
        }
    }
}

/// The number as an integer, when it is one.
pub(super) fn whole(number: &Number) -> Option<i128> {
    if let Some(number) = number.as_i128() {
        return Some(number);
    }
    let number = number.as_f64()?;
    // Beyond this, not even the widest integer field could hold it.
    (number.fract() == 0.0 && number.abs() < 1e20).then_some(number as i128)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::suite::sample::{self, Suite};

    #[test]
    fn bare_names_and_whole_numbers_are_written_out() {
        let schema = Schema::of::<Suite>();
        let short = json!({"cell": "lstm", "spare": "gru", "clip": ["norm", {"kind": "value", "max": 1}], "updates": 1e3,
            "init": {"b_f": "zeros"}, "rate": 2, "nested": {"cell": {"kind": "stack", "inner": "lstm"}}, "law": "fixed"});
        let long = json!({"cell": {"kind": "lstm"}, "spare": {"kind": "gru"},
            "clip": [{"kind": "norm"}, {"kind": "value", "max": 1}], "updates": 1000,
            "init": {"b_f": {"kind": "zeros"}}, "rate": 2,
            "nested": {"cell": {"kind": "stack", "inner": {"kind": "lstm"}}}, "law": "fixed"});
        assert_eq!(schema.normalize(short), long);
        assert_eq!(schema.normalize(long.clone()), long);
    }

    #[test]
    fn what_is_wrong_is_left_alone() {
        let schema = Schema::of::<Suite>();
        let wrong = json!({"updates": 1.5, "clip": 3, "name": 4.0, "unknown": "lstm", "cell": {"kind": 3}});
        assert_eq!(schema.normalize(wrong.clone()).to_string(), wrong.to_string());
    }

    proptest! {
        #[test]
        fn short_and_long_forms_are_the_same(value in sample::suite()) {
            let schema = Schema::of::<Suite>();
            let long = serde_json::to_value(&value).expect("JSON");
            let short = sample::shortened(long.clone());
            prop_assert_eq!(schema.normalize(short), schema.normalize(long));
        }
    }
}
