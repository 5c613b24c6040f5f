//! Conditions on things that have values by name: `status=diverged`, `task.length=50`.

use std::str::FromStr;

use serde_yaml::{Number, Value};
use thiserror::Error;

use super::scalar;

/// A name and the value that what it names must have.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The name of a column, or the path of a setting.
    pub name: String,
    /// The values any of which will do: one, or the readings of a word.
    wanted: Vec<Value>,
    /// The value as it is written, where a text has the condition.
    pub word: Option<String>,
}

/// The complaint about a text that is no condition.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is not a condition; write it as column=value, such as status=diverged")]
pub struct ConditionError {
    pub text: String,
}

/// The two sides of `name=value`, none without `=`. The value may contain further ones.
pub fn assignment(text: &str) -> Option<(&str, &str)> {
    text.split_once('=').map(|(name, value)| (name.trim(), value.trim()))
}

impl Condition {
    /// The condition that `name` has one `value`.
    pub fn new(name: impl Into<String>, value: Value) -> Self {
        Self { name: name.into(), wanted: vec![value], word: None }
    }

    /// Whether a value is one that is asked for.
    ///
    /// Numbers compare as numbers (`50` is `50.0`, not-a-number is itself), a name asks for a component's kind, and a map asks
    /// for each of its entries.
    pub fn holds(&self, found: &Value) -> bool {
        self.wanted.iter().any(|wanted| matches(found, wanted))
    }
}

impl FromStr for Condition {
    type Err = ConditionError;

    /// Reads `name=word`, where the word stands for itself and for what YAML, or Rust of a number, reads in it.
    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let (name, word) = assignment(text)
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| ConditionError { text: text.to_owned() })?;
        let number = word.parse::<f64>().ok().map(|number| Value::Number(number.into()));
        let wanted = [Some(Value::String(word.to_owned())), Some(scalar::resolve(word)), number];
        Ok(Self { name: name.to_owned(), wanted: wanted.into_iter().flatten().collect(), word: Some(word.to_owned()) })
    }
}

fn matches(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Number(found), Value::Number(wanted)) => same_number(found, wanted),
        // A component without settings is written as its kind alone.
        (Value::Mapping(found), Value::String(kind)) => found.get("kind").and_then(Value::as_str) == Some(kind),
        (Value::Mapping(found), Value::Mapping(wanted)) => {
            wanted.iter().all(|(key, wanted)| found.get(key).is_some_and(|found| matches(found, wanted)))
        }
        (Value::Sequence(found), Value::Sequence(wanted)) => {
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(found, wanted)| matches(found, wanted))
        }
        _ => found == wanted,
    }
}

/// Whether two numbers are one: whole ones exactly, others as doubles.
fn same_number(a: &Number, b: &Number) -> bool {
    if !a.is_f64() && !b.is_f64() {
        return a == b;
    }
    a.as_f64() == b.as_f64() || a.is_nan() && b.is_nan()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn matches(found: &serde_json::Value, wanted: &serde_json::Value) -> bool {
        let [found, wanted] = [found, wanted].map(|value| serde_yaml::to_value(value).unwrap());
        Condition::new("a", wanted).holds(&found)
    }

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
        // Two seeds that one double stands for.
        assert!(!matches(&json!(9_007_199_254_740_993_u64), &json!(9_007_199_254_740_992_u64)));
    }

    #[test]
    fn a_word_stands_for_itself_and_for_what_it_spells() {
        let holds = |text: &str, found: Value| text.parse::<Condition>().unwrap().holds(&found);
        assert!(holds("a = 50", 50.into()) && holds("a=50", 50.0.into()) && holds("a=50", "50".into()));
        assert!(holds("a=5e1", 50.into()) && !holds("a=50", "50.0".into()));
        assert!(holds("a=NaN", f64::NAN.into()) && holds("a=-inf", f64::NEG_INFINITY.into()));
        assert!(holds("a=", Value::Null) && holds("a=null", Value::Null) && !holds("a=0", Value::Null));
        assert!(holds("a=true", true.into()) && !holds("a=1", true.into()));
        assert!(holds("a=b=c", "b=c".into()));
    }

    #[test]
    fn a_condition_has_two_sides() {
        assert_eq!(" a = b=c".parse::<Condition>().unwrap().name, "a");
        for text in ["status", "=x", " =x"] {
            assert!(text.parse::<Condition>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_a_setting_lacks_it_does_not_match() {
        let found = json!({"kind": "elman", "bias": true, "activation": {"kind": "tanh"}, "lags": [1, 2, 3]});
        assert!(matches(&found, &found));
        for (key, value) in found.as_object().unwrap() {
            assert!(matches(&found, &json!({key.clone(): value})), "{key}");
            let mut lacking = found.clone();
            lacking.as_object_mut().unwrap().remove(key);
            assert!(matches(&found, &lacking), "{key}");
            assert!(!matches(&lacking, &found) && !matches(&lacking, &json!({key.clone(): value})), "{key}");
            assert!(!matches(&json!([]), &json!([value])) && !matches(&json!([value]), &json!([])), "{key}");
        }
        for part in [json!([]), json!([1]), json!([1, 2]), json!([2, 3]), json!([1, 2, 4]), json!([1, 2, 3, 4])] {
            assert!(!matches(&found, &json!({"lags": part})), "{part}");
        }
    }
}
