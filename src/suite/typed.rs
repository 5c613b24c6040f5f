//! The last step: from a checked tree to a value of a type.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Path, Problem, Schema, Segment};

/// Reads a normalized and checked tree as a `T`.
///
/// # Errors
///
/// When `T` refuses what its schema allows, with its own words.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    T::deserialize(&value).map_err(|error| refused::<T>(&value, &error.to_string()))
}

/// The problem that `T` has with `value`, at the innermost value that it is about.
///
/// A refusal has words but no place. A tree is read in the order of its keys, up to what is refused: of the values at one level it is
/// the last one of which another changes the refusal.
fn refused<T: DeserializeOwned>(value: &Value, message: &str) -> Problem {
    let (mut tree, mut path) = (value.clone(), Path::root());
    loop {
        let segments: Vec<Segment> = match path.get(&tree) {
            Some(Value::Object(entries)) => entries.keys().cloned().map(Segment::Key).collect(),
            Some(Value::Array(entries)) => (0..entries.len()).map(Segment::Index).collect(),
            _ => vec![],
        };
        let decides = |segment: &Segment| {
            let mut inner = path.clone();
            inner.push(segment.clone());
            let before = inner.get(&tree).cloned()?;
            inner.set(&mut tree, poison()).ok()?;
            let changed = T::deserialize(&tree).err().is_none_or(|error| error.to_string() != message);
            inner.set(&mut tree, before).ok()?;
            changed.then_some(inner)
        };
        let few = segments.len() <= MOST_VALUES;
        match segments.iter().rev().filter(|_| few).find_map(decides) {
            Some(inner) => path = inner,
            None => return Problem::new(path, message),
        }
    }
}

/// The most values at one level that are looked at one by one.
const MOST_VALUES: usize = 1000;

/// A value that is refused in other words than any that people write.
fn poison() -> Value {
    serde_json::json!({"\u{0}": "\u{0}"})
}

/// Normalizes, checks and reads a tree, such as a section that a sweep has changed. Also gives the normalized tree.
///
/// # Errors
///
/// All that is wrong, at least one problem. Paths begin at the root of `value`; see [`Problem::beneath`] for a section.
pub fn validate<T: DeserializeOwned + JsonSchema + 'static>(value: &Value) -> Result<(T, Value), Vec<Problem>> {
    validate_owned(value.clone())
}

/// As [`validate`], of a tree that nobody else needs.
pub(super) fn validate_owned<T: DeserializeOwned + JsonSchema + 'static>(
    value: Value,
) -> Result<(T, Value), Vec<Problem>> {
    let schema = Schema::of::<T>();
    let value = schema.normalize(value);
    let problems = schema.check(&value);
    if !problems.is_empty() {
        return Err(problems);
    }
    match T::deserialize(&value) {
        Ok(typed) => Ok((typed, value)),
        Err(error) => Err(vec![refused::<T>(&value, &error.to_string())]),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use schemars::JsonSchema;
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::suite::sample::{Cell, Lstm};

    #[test]
    fn a_section_is_read_with_its_place() {
        let (cell, normal) = validate::<Cell>(&json!("lstm")).expect("a cell");
        assert_eq!(cell, Cell::Lstm(Lstm::default()));
        assert_eq!(normal, json!({"kind": "lstm"}));
        let problems = validate::<Cell>(&json!({"kind": "lstm", "peepholes": 1})).expect_err("problems");
        let problem = problems[0].clone().beneath(&"model.cell".parse().expect("a path"));
        assert_eq!(problem.to_string(), "model.cell.peepholes: expected true or false, found the number 1");
    }

    /// An even number.
    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(try_from = "u32")]
    struct Even {}

    impl TryFrom<u32> for Even {
        type Error = String;

        fn try_from(number: u32) -> Result<Self, String> {
            if number.is_multiple_of(2) { Ok(Self {}) } else { Err(format!("{number} is odd; give an even number")) }
        }
    }

    #[test]
    fn what_only_the_type_knows_is_a_problem_too() {
        assert!(validate::<Even>(&json!(4)).is_ok());
        let problems = validate::<Even>(&json!(3)).expect_err("odd");
        assert_eq!(problems[0].to_string(), "3 is odd; give an even number");
    }

    /// Even numbers in lists in maps, beside what may be anything.
    #[derive(Debug, Default, Deserialize, JsonSchema)]
    #[serde(default)]
    struct Pairs {
        any: Value,
        first: Option<Even>,
        pairs: Vec<[Even; 2]>,
        zeros: BTreeMap<String, Even>,
    }

    #[test]
    fn a_refusal_has_the_place_of_what_is_refused() {
        let place = |value: Value| validate::<Pairs>(&value).expect_err("odd")[0].to_string();
        assert_eq!(place(json!({"any": 3, "first": 5})), "first: 5 is odd; give an even number");
        // The first of several, whatever comes before and after.
        let several = json!({"any": [1, {"a": 3}], "pairs": [[2, 4], [6, 3], [3, 3]], "first": 4, "zeros": {"a": 3}});
        assert_eq!(place(several), "pairs[1][1]: 3 is odd; give an even number");
        assert_eq!(place(json!({"zeros": {"a": 0, "b c": 1}})), "zeros.b c: 1 is odd; give an even number");
        let pairs: Vec<[u32; 2]> = (0..=MOST_VALUES as u32).map(|number| [0, number]).collect();
        assert_eq!(place(json!({"pairs": pairs})), "pairs: 1 is odd; give an even number");
    }
}
