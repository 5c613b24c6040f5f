//! Conditions on things that have values by name: `status=diverged`, `task.length=50`, `test loss<0.01`, `arm~lstm`.

use std::{cmp::Ordering, str::FromStr};

use regex::Regex;
use serde_yaml::{Number, Value};
use thiserror::Error;

use super::scalar;

/// The comparison of a value with the one that a condition names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`: it is the value.
    Equal,
    /// `!=`: it is another value.
    NotEqual,
    /// `<`: it is a smaller number.
    Less,
    /// `<=`: it is no larger number.
    AtMost,
    /// `>`: it is a larger number.
    Greater,
    /// `>=`: it is no smaller number.
    AtLeast,
    /// `~`: it is text in which a regular expression is found.
    Matches,
}

impl Comparison {
    /// Every comparison with its sign; of two that begin alike the longer first.
    const SIGNS: [(&'static str, Self); 7] = [
        ("!=", Self::NotEqual),
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("=", Self::Equal),
        ("<", Self::Less),
        (">", Self::Greater),
        ("~", Self::Matches),
    ];

    /// Whether it compares numbers.
    fn orders(self) -> bool {
        matches!(self, Self::Less | Self::AtMost | Self::Greater | Self::AtLeast)
    }

    /// Whether two values in this order satisfy a comparison of numbers; what is not a number has no order and satisfies none.
    fn allows(self, ordering: Option<Ordering>) -> bool {
        ordering.is_some_and(|ordering| match self {
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
            Self::Equal | Self::NotEqual | Self::Matches => false,
        })
    }
}

/// A name and what the value of that name is compared with.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The name of a column, or the path of a setting.
    pub name: String,
    /// The comparison.
    pub comparison: Comparison,
    /// The number that others are compared with, for comparisons of numbers.
    number: Option<f64>,
    /// The pattern of [`Comparison::Matches`].
    pattern: Option<Regex>,
    /// The values any of which will do: one, or the readings of a word.
    wanted: Vec<Value>,
    /// The value as it is written, where a text has the condition.
    pub word: Option<String>,
}

/// The complaint about a text that is no condition.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConditionError {
    /// There is no comparison in it, or nothing before it.
    #[error(
        "`{text}` is not a condition; write it as column=value, such as status=diverged, or with != < > <= >= in place of =, or ~ and a \
         regular expression"
    )]
    Form {
        /// The condition as it was given.
        text: String,
    },
    /// A comparison of numbers names none.
    #[error("`{text}` compares numbers, and `{word}` is none; `=`, `!=` and `~` compare text")]
    Number {
        /// The condition as it was given.
        text: String,
        /// The part of it that is no number.
        word: String,
    },
    /// The regular expression is none.
    #[error("`{text}`: {reason}")]
    Pattern {
        /// The condition as it was given.
        text: String,
        /// The complaint about the regular expression.
        reason: String,
    },
}

/// The two sides of `name=value`, none without `=`. The value may contain further ones.
pub fn assignment(text: &str) -> Option<(&str, &str)> {
    text.split_once('=').map(|(name, value)| (name.trim(), value.trim()))
}

impl Condition {
    /// The condition that `name` has one `value`.
    pub fn new(name: impl Into<String>, value: Value) -> Self {
        let name = name.into();
        Self { name, comparison: Comparison::Equal, number: None, pattern: None, wanted: vec![value], word: None }
    }

    /// Whether a number satisfies a comparison of numbers; none does where the condition compares otherwise.
    pub fn holds_of_number(&self, found: f64) -> bool {
        self.comparison.allows(self.number.and_then(|number| found.partial_cmp(&number)))
    }

    /// Whether the condition's pattern is found in a text; never where it has none.
    pub fn matches_text(&self, found: &str) -> bool {
        self.pattern.as_ref().is_some_and(|pattern| pattern.is_match(found))
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

    /// Reads `name=word`, where the word stands for itself and for what YAML, or Rust of a number, reads in it; other comparisons
    /// have their sign in place of `=`.
    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let at = text.find(|sign: char| "=<>~!".contains(sign));
        let comparison = at.and_then(|at| Comparison::SIGNS.into_iter().find(|(sign, _)| text[at..].starts_with(sign)));
        let (at, (sign, comparison)) =
            at.zip(comparison).ok_or_else(|| ConditionError::Form { text: text.to_owned() })?;
        let (name, word) = (text[..at].trim(), text[at + sign.len()..].trim());
        if name.is_empty() {
            return Err(ConditionError::Form { text: text.to_owned() });
        }
        let number = word.parse::<f64>().ok();
        if comparison.orders() && number.is_none_or(f64::is_nan) {
            return Err(ConditionError::Number { text: text.to_owned(), word: word.to_owned() });
        }
        let pattern = (comparison == Comparison::Matches).then(|| Regex::new(word)).transpose().map_err(|error| {
            // The last line says what is wrong; those before it point at the place.
            let reason = error.to_string().lines().last().unwrap_or_default().to_owned();
            ConditionError::Pattern { text: text.to_owned(), reason }
        })?;
        let wanted = [
            Some(Value::String(word.to_owned())),
            Some(scalar::resolve(word)),
            number.map(|number| Value::Number(number.into())),
        ];
        let wanted = wanted.into_iter().flatten().collect();
        Ok(Self { name: name.to_owned(), comparison, number, pattern, wanted, word: Some(word.to_owned()) })
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
    fn every_comparison_is_read_and_a_number_that_is_none_satisfies_no_order() {
        let of = |text: &str| text.parse::<Condition>().unwrap();
        let cases = [
            ("a<1", [true, false, false]),
            ("a<=1", [true, true, false]),
            ("a > 1", [false, false, true]),
            ("a>=1", [false, true, true]),
        ];
        for (text, expected) in cases {
            assert_eq!([0.5, 1.0, 2.0].map(|number| of(text).holds_of_number(number)), expected, "{text}");
            assert!(!of(text).holds_of_number(f64::NAN), "{text}");
        }
        assert_eq!((of("a!=b").comparison, of("a!=b").word.as_deref()), (Comparison::NotEqual, Some("b")));
        assert!(of("a<inf").holds_of_number(1e300) && !of("a=1").holds_of_number(1.0));
        assert!(of("test loss~^lstm.*2$").matches_text("lstm 2") && !of("a~^b").matches_text("ab"));
        assert_eq!(of("a=b<c").word.as_deref(), Some("b<c"));
        for (text, told) in
            [("a<b", "`b` is none"), ("a>=NaN", "is none"), ("a~(", "unclosed group"), ("a!b", "not a condition")]
        {
            let error = text.parse::<Condition>().unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
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
