//! The last step: from a checked tree to a value of a type.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Path, Problem, Schema};

/// Reads a normalized and checked tree as a `T`.
///
/// # Errors
///
/// When `T` refuses what its schema allows, with its own words and without a place.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_json::from_value(value).map_err(|error| Problem::new(Path::root(), error.to_string()))
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
        Err(error) => Err(vec![Problem::new(Path::root(), error.to_string())]),
    }
}

#[cfg(test)]
mod tests {
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
}
