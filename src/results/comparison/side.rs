//! One of the two runs that are compared.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::results::table::Results;
use crate::store::Link;

/// A run as it is compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// The name, such as the folder.
    pub name: String,
    /// The stored results of its plan.
    pub results: Results,
    /// The hash chains of its trials, by trial.
    pub chains: BTreeMap<String, Vec<Link>>,
    /// Of each arm of the results its definition.
    pub definitions: Vec<Definition>,
}

impl Side {
    /// The builds that trained its trials, each once, as far as they are known.
    pub(super) fn builds(&self) -> Vec<String> {
        let known: BTreeSet<&String> = self.results.trials().filter_map(|trial| trial.trial.build.as_ref()).collect();
        known.into_iter().cloned().collect()
    }
}

/// An arm's definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The settings that are not the defaults, which its trials' ids are made of.
    pub config: String,
    /// All settings, section by section.
    pub resolved: Value,
}
