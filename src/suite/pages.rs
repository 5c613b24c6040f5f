//! Pages on the parts of a suite that are no components: the file itself, its sections, the entries of a sweep, derived numbers, claims.

use schemars::{JsonSchema, Schema, schema_for};
use serde_json::Value;

use super::{
    DerivedNumber, Range, ReachSpec, SuiteFile, SweepSpec, TuneSpec,
    file::{Lists, Points},
};
use crate::{
    component::{init::InitSpec, optim::LearningRateFactorsSpec, parametrization::ParametrizeSpec, registry::Page},
    model::ModelSpec,
    results::claim::ClaimSpec,
    train::{TargetSpec, TrainSpec},
};

/// A page for each part, made of the types that read it.
pub fn pages() -> Vec<Page> {
    let page = |name, schema| Page { name, schema };
    vec![
        page("file", schema_for!(SuiteFile)),
        page("derived-number", schema_for!(DerivedNumber)),
        page("grid", entry::<Lists>("grid")),
        page("zip", entry::<Lists>("zip")),
        page("random", entry::<Points>("random")),
        page("range", schema_for!(Range)),
        page("tune", schema_for!(TuneSpec)),
        page("reach", schema_for!(ReachSpec)),
        page("model", schema_for!(ModelSpec)),
        page("init", schema_for!(InitSpec)),
        page("parametrize", schema_for!(ParametrizeSpec)),
        page("learning-rate-factors", schema_for!(LearningRateFactorsSpec)),
        page("train", schema_for!(TrainSpec)),
        page("target", schema_for!(TargetSpec)),
        page("claim", schema_for!(ClaimSpec)),
    ]
}

/// The settings of an entry of a sweep, with what its kind says of itself in front.
fn entry<T: JsonSchema>(kind: &str) -> Schema {
    let kinds = schema_for!(SweepSpec);
    let named = |one: &&Value| one.pointer("/properties/kind/const").and_then(Value::as_str) == Some(kind);
    let found = kinds.get("oneOf").and_then(Value::as_array).into_iter().flatten().find(named);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut schema = schema_for!(T);
    let about = text(found.and_then(|one| one.get("description")));
    let description = format!("{about}\n\n{}", text(schema.get("description")));
    schema.insert("description".to_owned(), description.into());
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every part says what it is, and so does each of its settings.
    #[test]
    fn every_part_and_setting_is_described() {
        for page in pages() {
            assert!(page.summary().ends_with('.'), "{}: {:?}", page.name, page.text());
            let properties = page.schema.get("properties").and_then(Value::as_object).expect("settings");
            assert!(properties.len() > 1, "{}", page.name);
            for (name, setting) in properties {
                let text = setting.get("description").and_then(Value::as_str).unwrap_or_default();
                assert!(!text.trim().is_empty(), "{} `{name}`", page.name);
            }
        }
        let kinds = schema_for!(SweepSpec);
        let kinds = kinds.get("oneOf").and_then(Value::as_array).expect("kinds");
        for kind in kinds.iter().filter_map(|one| one.pointer("/properties/kind/const")?.as_str()) {
            let page = pages().into_iter().find(|page| page.name == kind).expect("a page of every kind of entry");
            assert!(page.text().lines().filter(|line| !line.is_empty()).count() > 1, "{}", page.text());
        }
    }
}
