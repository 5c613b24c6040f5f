//! A section's settings as a tree and as a value.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Path, Problem, typed::validate_owned};
use crate::component::misfit::Misfit;

/// The complete tree of a section's value.
pub(super) fn tree<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("the suite's types have text keys and finite numbers")
}

/// The value that a section's tree stands for.
pub(super) fn read<T: DeserializeOwned + JsonSchema + 'static>(section: &str, tree: Value) -> Result<T, Vec<Problem>> {
    let beneath = |problems: Vec<Problem>| {
        let prefix = Path::root().key(section);
        problems.into_iter().map(|problem| problem.beneath(&prefix)).collect()
    };
    validate_owned::<T>(tree).map(|(value, _)| value).map_err(beneath)
}

/// The problem of a section that does not fit its surroundings.
pub(super) fn misfit(section: &str, misfit: Misfit) -> Problem {
    let place = misfit.setting.iter().fold(Path::root().key(section), |path, key| path.key(key.as_str()));
    Problem::new(place, misfit.message).help(misfit.help)
}
