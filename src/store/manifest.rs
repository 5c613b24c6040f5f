//! `manifest.json`: the circumstances of a run, apart from its results.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::column::SCHEMA_VERSION;
use super::error::StoreError;
use super::layout::MANIFEST;
use super::machine::Machine;
use super::write_atomically;

/// The circumstances of a run. No other file has clocks and machines in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Manifest {
    /// The version of longlag.
    pub longlag: String,
    /// The commit it was built from, where the build knew.
    #[serde(default)]
    pub commit: Option<String>,
    /// The compiler it was built by, where the build knew.
    #[serde(default)]
    pub rustc: Option<String>,
    /// The build profile: `dev` or `release`.
    #[serde(default)]
    pub profile: Option<String>,
    /// The command line, one entry per argument.
    pub command: Vec<String>,
    /// The suite's name.
    pub suite: String,
    /// The engine that computed the trials: `fused` or `dfdx`.
    pub engine: String,
    /// The device they were computed on: `cpu` or `cuda`.
    pub device: String,
    /// The numerics version.
    pub numerics: u32,
    /// The version of the tables' schema.
    pub schema: u32,
    /// The machine.
    pub machine: Machine,
    /// Threads the run used, over all trials at once.
    pub threads: usize,
    /// When the run began, RFC 3339 in UTC.
    pub started: String,
    /// When it ended; null while it runs and where it was killed.
    #[serde(default)]
    pub ended: Option<String>,
}

impl Manifest {
    /// The manifest of a run that begins now on this machine, by this process.
    pub fn begin(suite: &str, engine: &str, device: &str, numerics: u32, threads: usize) -> Self {
        Self {
            longlag: env!("CARGO_PKG_VERSION").to_owned(),
            commit: option_env!("LONGLAG_COMMIT").map(str::to_owned),
            rustc: option_env!("LONGLAG_RUSTC").map(str::to_owned),
            profile: option_env!("LONGLAG_PROFILE").map(str::to_owned),
            // An argument that is not Unicode is shown as well as it can be: `args` would panic.
            command: std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect(),
            suite: suite.to_owned(),
            engine: engine.to_owned(),
            device: device.to_owned(),
            numerics,
            schema: SCHEMA_VERSION,
            machine: Machine::this(),
            threads,
            started: super::clock::now(),
            ended: None,
        }
    }

    /// Writes the manifest of the results folder `dir`.
    pub fn write(&self, dir: &Path) -> Result<(), StoreError> {
        let path = dir.join(MANIFEST);
        let failed = |source| StoreError::Manifest { path: path.clone(), source };
        let mut text = serde_json::to_string_pretty(self).map_err(failed)?;
        text.push('\n');
        write_atomically(&path, text.as_bytes()).map_err(StoreError::io("write", &path))
    }

    /// Reads the manifest of the results folder `dir`.
    ///
    /// # Errors
    /// Where it is missing, damaged, or from a newer version of longlag.
    pub fn read(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(MANIFEST);
        let text = std::fs::read_to_string(&path).map_err(StoreError::io("read", &path))?;
        let manifest: Self =
            serde_json::from_str(&text).map_err(|source| StoreError::Manifest { path: path.clone(), source })?;
        if manifest.schema > SCHEMA_VERSION {
            return Err(StoreError::Newer { path, found: manifest.schema, known: SCHEMA_VERSION });
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_comes_back_and_names_no_host() {
        let dir = tempfile::tempdir().unwrap();
        let mut manifest = Manifest::begin("vanishing", "fused", "cpu", 1, 2);
        manifest.write(dir.path()).unwrap();
        assert_eq!(Manifest::read(dir.path()).unwrap(), manifest);
        manifest.ended = Some(super::super::now());
        manifest.write(dir.path()).unwrap();
        assert_eq!(Manifest::read(dir.path()).unwrap(), manifest);
        let text = std::fs::read_to_string(dir.path().join(MANIFEST)).unwrap();
        assert!(!text.contains("host"));
    }

    #[test]
    fn a_damaged_or_newer_manifest_is_an_error_that_names_the_file() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Manifest::read(dir.path()).unwrap_err().to_string().contains(MANIFEST));
        std::fs::write(dir.path().join(MANIFEST), "{").unwrap();
        assert!(Manifest::read(dir.path()).unwrap_err().to_string().contains(MANIFEST));
        let newer = Manifest { schema: SCHEMA_VERSION + 1, ..Manifest::begin("x", "fused", "cpu", 1, 1) };
        newer.write(dir.path()).unwrap();
        assert!(matches!(Manifest::read(dir.path()), Err(StoreError::Newer { .. })));
    }
}
