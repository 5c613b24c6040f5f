//! The registered activations as functions of equations.

use serde_json::{Map, Value};

use super::ActivationSpec;
use crate::{
    equations::Functions,
    graph::{Builder, Expr},
};

/// Every registered activation but formulas, by its name with `_` in place of `-`.
#[derive(Clone, Copy, Debug)]
pub struct Activations;

impl Activations {
    /// The activation of that name in equations, with its default settings.
    fn named(name: &str) -> Option<ActivationSpec> {
        let kind = name.replace('_', "-");
        let known = ActivationSpec::NAMES.iter().find(|known| **known == kind && **known != "formula")?;
        serde_json::from_value(serde_json::json!({"kind": known})).ok()
    }

    /// The settings of an activation with their defaults.
    fn settings_of(activation: &ActivationSpec) -> Map<String, Value> {
        let Ok(Value::Object(mut settings)) = serde_json::to_value(activation) else { return Map::new() };
        settings.retain(|_, value| value.is_number());
        settings
    }
}

impl Functions for Activations {
    fn names(&self) -> Vec<String> {
        let names = ActivationSpec::NAMES.iter().filter(|name| **name != "formula");
        names.map(|name| name.replace('-', "_")).collect()
    }

    fn settings(&self, name: &str) -> Vec<String> {
        let settings = Self::named(name).map(|activation| Self::settings_of(&activation)).unwrap_or_default();
        settings.into_iter().map(|(name, _)| name.replace('-', "_")).collect()
    }

    fn vectors(&self, name: &str) -> Vec<String> {
        let builder = Builder::new(1, 1);
        let output = self.apply(name, &[], builder.input());
        builder.output(output);
        builder.finish().parameters.into_iter().map(|parameter| parameter.name).collect()
    }

    fn apply<'g>(&self, name: &str, settings: &[(String, f64)], x: Expr<'g>) -> Expr<'g> {
        let Some(default) = Self::named(name) else { return x };
        if settings.is_empty() {
            return default.apply(x);
        }
        let mut all = Self::settings_of(&default);
        all.extend(settings.iter().map(|(name, number)| (name.replace('_', "-"), (*number).into())));
        all.insert("kind".to_owned(), default.kind().into());
        serde_json::from_value::<ActivationSpec>(Value::Object(all)).unwrap_or(default).apply(x)
    }
}
