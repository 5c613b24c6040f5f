//! Where the files of data sets are looked for, and what is known of them without a look.

use std::path::{Path, PathBuf};

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

impl DataFiles {
    /// Where the `file` of a suite of `folder`, as it was typed, may be now: in the folder of these results; from the working folder where
    /// the suite had it; and likewise from each folder above the results, since a run keeps no place of its machine.
    pub(super) fn places(&self, folder: &str, file: &str) -> Vec<PathBuf> {
        let typed = Path::new(folder).join(file);
        let above = self.folder.canonicalize().unwrap_or_default();
        let above = above.ancestors().map(|above| above.join(&typed)).collect::<Vec<_>>();
        let own = self.folder.join(file);
        let mut places = vec![own, typed];
        places.extend(above);
        places
    }
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
