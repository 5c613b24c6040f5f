//! The schema for editors, which complete and check what is typed.

use schemars::{JsonSchema, schema_for};
use serde_json::{Value, json};

use super::Section;
use super::derived::allow_derived;
use super::schema::KIND;

/// The JSON schema of `T` that also allows the short forms: a component may be its bare name, when it needs nothing else, and
/// structs are closed; numbers of sections may be derived.
pub fn editor_schema<T: JsonSchema>() -> Value {
    let mut schema = schema_for!(T).to_value();
    allow_short_forms(&mut schema);
    allow_derived(&mut schema, Section::NAMES);
    schema
}

fn allow_short_forms(json: &mut Value) {
    match json {
        Value::Array(entries) => entries.iter_mut().for_each(allow_short_forms),
        Value::Object(map) => {
            // A default or an example may look like a schema, but is none.
            map.iter_mut()
                .filter(|(key, _)| !["default", "examples", "const", "enum"].contains(&key.as_str()))
                .for_each(|(_, value)| allow_short_forms(value));
            if map.get("properties").is_some_and(Value::is_object) && !map.contains_key("additionalProperties") {
                map.insert("additionalProperties".into(), false.into());
            }
            let kinds = map.get("oneOf").and_then(Value::as_array);
            let names = kinds.and_then(|kinds| kinds.iter().map(kind).collect::<Option<Vec<_>>>());
            let names: Vec<&str> =
                names.into_iter().flatten().filter(|(_, bare)| *bare).map(|(name, _)| name).collect();
            if !names.is_empty() {
                let names = json!({"enum": names});
                if let Some(Value::Array(mut branches)) = map.shift_remove("oneOf") {
                    branches.push(names);
                    map.insert("anyOf".into(), Value::Array(branches));
                }
            }
        }
        _ => {}
    }
}

/// The name of a branch that is a component, and whether the name alone will do.
fn kind(branch: &Value) -> Option<(&str, bool)> {
    let name = branch.get("properties")?.get(KIND)?.get("const")?.as_str()?;
    let required = branch.get("required").and_then(Value::as_array);
    Some((name, required.is_none_or(|required| required.iter().all(|key| key == KIND))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::sample::Suite;

    #[test]
    fn components_may_be_bare_names() {
        let schema = editor_schema::<Suite>();
        let cell = &schema["$defs"]["Cell"];
        assert_eq!(cell.get("oneOf"), None);
        let branches = cell["anyOf"].as_array().expect("branches");
        assert_eq!(branches.len(), 5);
        assert_eq!(branches[4], json!({"enum": ["elman", "lstm", "gru", "stack"]}));
        assert_eq!(branches[0]["properties"]["kind"]["const"], "elman");
        assert_eq!(cell["description"], "A recurrent cell.");
        // One that needs a setting has no short form.
        let clip = schema["$defs"]["GradientClip"]["anyOf"].as_array().expect("branches");
        assert_eq!(clip[2], json!({"enum": ["norm"]}));
    }

    #[test]
    fn other_choices_stay_as_they_are() {
        let schema = editor_schema::<Suite>();
        assert!(schema["$defs"]["Activation"]["oneOf"].is_array());
        assert_eq!(schema["properties"]["cell"]["default"]["kind"], "elman");
        assert_eq!(schema["additionalProperties"], false);
    }
}
