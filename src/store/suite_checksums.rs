//! The checksums of the files of a run's suite, as the manifest has them.

use serde::{Deserialize, Serialize};

/// The checksums of the files of a run's suite: BLAKE3, 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SuiteChecksums {
    /// The checksum of `suite.yaml`.
    pub suite: String,
    /// The checksum of `resolved.yaml`.
    pub resolved: String,
}
