//! One of the two runs that are compared.

use std::collections::BTreeMap;

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

/// An arm's definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// The settings that are not the defaults, which its trials' ids are made of.
    pub config: String,
    /// All settings, section by section.
    pub resolved: Value,
}
