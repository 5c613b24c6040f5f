//! Where the files of data sets are looked for, and what is known of them without a look.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Contents, Dataset};

/// The folder of a suite, and the data sets that it has facts of.
#[derive(Clone, Debug, Default)]
pub struct DataFiles {
    /// The folder from which relative paths lead.
    pub folder: PathBuf,
    /// Data sets whose facts are known, so that their files are opened only for sequences.
    pub known: Vec<KnownData>,
}

/// The facts about a data set at the time when a suite was run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KnownData {
    /// The folder of the suite, as it was typed.
    pub folder: String,
    /// The settings of the task.
    pub task: Dataset,
    /// The facts.
    pub contents: Contents,
}
