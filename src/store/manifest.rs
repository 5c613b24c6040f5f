//! `manifest.json`: the circumstances of a run, apart from its results.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::build::Build;
use super::column::SCHEMA_VERSION;
use super::error::StoreError;
use super::layout::MANIFEST;
use super::machine::Machine;
use super::regular::read_regular;
use super::suite_checksums::SuiteChecksums;
use super::write_atomically;
use crate::engine::Gpu;

/// The circumstances of a run. No other file has clocks and machines in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Manifest {
    /// The suite's name.
    pub suite: String,
    /// Whether the report is of the suite's small version.
    #[serde(default)]
    pub quick: bool,
    /// Whether the report is of a suite that the command line changed by `--set`.
    #[serde(default)]
    pub changed: bool,
    /// The version of the tables' schema.
    pub schema: u32,
    /// Every time that trials were trained, the last one last.
    #[serde(default)]
    pub sessions: Vec<ManifestSession>,
    /// The checksums of the suite's files; null while they are written, and of an older version.
    #[serde(default)]
    pub files: Option<SuiteChecksums>,
}

/// The circumstances under which some trials of a run were trained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ManifestSession {
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
    /// The engine that computed the trials: `fused` or `dfdx`.
    pub engine: String,
    /// The device they were computed on: `cpu` or `cuda`.
    pub device: String,
    /// The numerics version.
    pub numerics: u32,
    /// The machine.
    pub machine: Machine,
    /// The GPU they were computed on, with the versions of what drives it; null for the CPU.
    #[serde(default)]
    pub gpu: Option<Gpu>,
    /// Threads the run used, over all trials at once.
    pub threads: usize,
    /// Whether its trials are stored beside those of the folder's report, which is of another suite.
    #[serde(default)]
    pub apart: bool,
    /// When it began, RFC 3339 in UTC.
    pub started: String,
    /// When it ended; null while it runs and where it was killed.
    #[serde(default)]
    pub ended: Option<String>,
}

impl ManifestSession {
    /// A session that begins now on this machine, by this process.
    pub fn begin(engine: &str, device: &str, numerics: u32, threads: usize) -> Self {
        let Build { longlag, commit, rustc, profile } = Build::this();
        Self {
            longlag,
            commit,
            rustc,
            profile,
            command: command(std::env::args_os()),
            engine: engine.to_owned(),
            device: device.to_owned(),
            numerics,
            machine: Machine::this(),
            gpu: None,
            threads,
            apart: false,
            started: super::clock::now(),
            ended: None,
        }
    }
}

/// A command as it is kept: the program by its name alone, since where it lies on some machine is nobody else's business.
fn command(arguments: impl Iterator<Item = OsString>) -> Vec<String> {
    let mut arguments = arguments.map(PathBuf::from);
    let program = arguments.next().and_then(|program| program.file_name().map(PathBuf::from));
    // An argument that is not Unicode is shown as well as it can be.
    program.into_iter().chain(arguments).map(|argument| argument.to_string_lossy().into_owned()).collect()
}

impl Manifest {
    /// The manifest of a run of the suite `suite` that has not begun.
    pub fn new(suite: &str) -> Self {
        let (quick, changed, sessions, files) = (false, false, vec![], None);
        Self { suite: suite.to_owned(), quick, changed, schema: SCHEMA_VERSION, sessions, files }
    }

    /// The last session.
    pub fn last(&self) -> Option<&ManifestSession> {
        self.sessions.last()
    }

    /// The last session of those whose trials the report is of.
    pub fn last_reported(&self) -> Option<&ManifestSession> {
        self.sessions.iter().rev().find(|session| !session.apart)
    }

    /// Writes the manifest of the results folder `dir`.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn write(&self, dir: &Path) -> Result<(), StoreError> {
        let path = dir.join(MANIFEST);
        let failed = |source| StoreError::Manifest { path: path.clone(), source };
        let text = sealed(&serde_json::to_string_pretty(self).map_err(failed)?);
        write_atomically(&path, text.as_bytes()).map_err(StoreError::io("write", &path))
    }

    /// Reads the manifest of the results folder `dir`.
    ///
    /// # Errors
    /// Where it is missing, changed after it was written, or from a newer version of longlag.
    pub fn read(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(MANIFEST);
        let bytes = match read_regular(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(StoreError::NoManifest { path }),
            Err(source) => return Err(StoreError::io("read", &path)(source)),
        };
        let Some(text) = String::from_utf8(bytes).ok().filter(|text| is_intact(text) != Some(false)) else {
            return Err(StoreError::Changed { path });
        };
        let failed = |source| StoreError::Manifest { path: path.clone(), source };
        let mut manifest: Self = serde_json::from_str(&text).map_err(failed)?;
        if manifest.sessions.is_empty() {
            // Up to schema 2 the last session stood in place of them all.
            manifest.sessions.extend(serde_json::from_str::<ManifestSession>(&text).ok());
        }
        if manifest.schema > SCHEMA_VERSION {
            return Err(StoreError::Newer { path, found: manifest.schema, known: SCHEMA_VERSION });
        }
        Ok(manifest)
    }
}

/// The text before the digits of the checksum, which is the last entry of a manifest. Within a string JSON has no line feed.
const CHECKSUM: &str = "\n  \"checksum\": \"";
/// Hexadecimal digits of the checksum.
const DIGITS: usize = 64;
/// The beginning of the entry that every manifest with a checksum has too, so that no one byte makes it one without.
const FILES: &str = "\n  \"files\": ";

/// The text of a manifest with the BLAKE3 of that text, where zeros stand for it, as its last entry.
fn sealed(text: &str) -> String {
    let entries = text.strip_suffix("\n}").unwrap_or(text);
    let with = |digits: &str| format!("{entries},{CHECKSUM}{digits}\"\n}}\n");
    with(&blake3::hash(with(&"0".repeat(DIGITS)).as_bytes()).to_hex())
}

/// Whether the text is the one that was written; nothing of an older version's, which has no checksum.
fn is_intact(text: &str) -> Option<bool> {
    let Some(start) = text.rfind(CHECKSUM).map(|at| at + CHECKSUM.len()) else {
        return text.contains(FILES).then_some(false);
    };
    let Some(found) = text.get(start..start + DIGITS) else { return Some(false) };
    let blank = [&text[..start], &"0".repeat(DIGITS), &text[start + DIGITS..]].concat();
    Some(*found == *blake3::hash(blank.as_bytes()).to_hex())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> Manifest {
        Manifest { sessions: vec![ManifestSession::begin("fused", "cpu", 1, 2)], ..Manifest::new("vanishing") }
    }

    #[test]
    fn a_command_has_the_program_by_its_name() {
        let of = |arguments: &[&str]| command(arguments.iter().map(OsString::from));
        assert_eq!(of(&["/usr/local/bin/longlag", "run", "a/b.yaml"]), ["longlag", "run", "a/b.yaml"]);
        assert_eq!(of(&["target/debug/longlag", "--out", "/data"]), ["longlag", "--out", "/data"]);
        assert!(of(&[]).is_empty());
    }

    #[test]
    fn a_manifest_comes_back_and_names_no_host() {
        let dir = tempfile::tempdir().unwrap();
        let mut manifest = begun();
        manifest.write(dir.path()).unwrap();
        assert_eq!(Manifest::read(dir.path()).unwrap(), manifest);
        manifest.sessions[0].ended = Some(super::super::now());
        manifest.sessions.push(ManifestSession::begin("dfdx", "cpu", 1, 1));
        manifest.write(dir.path()).unwrap();
        assert_eq!(Manifest::read(dir.path()).unwrap(), manifest);
        let text = std::fs::read_to_string(dir.path().join(MANIFEST)).unwrap();
        assert!(!text.contains("host"));
    }

    /// As versions before schema 3 wrote it.
    #[test]
    fn a_manifest_of_one_session_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let Manifest { suite, sessions, .. } = begun();
        let mut flat = serde_json::to_value(&sessions[0]).unwrap();
        (flat["suite"], flat["schema"]) = (suite.into(), 2.into());
        std::fs::write(dir.path().join(MANIFEST), flat.to_string()).unwrap();
        assert_eq!(Manifest::read(dir.path()).unwrap().last(), sessions.last());
    }

    #[test]
    fn a_damaged_or_newer_manifest_is_an_error_that_names_the_file() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Manifest::read(dir.path()).unwrap_err().to_string().contains(MANIFEST));
        std::fs::write(dir.path().join(MANIFEST), "{").unwrap();
        assert!(Manifest::read(dir.path()).unwrap_err().to_string().contains(MANIFEST));
        std::fs::write(dir.path().join(MANIFEST), b"{\xff").unwrap();
        assert!(matches!(Manifest::read(dir.path()), Err(StoreError::Changed { .. })));
        let newer = Manifest { schema: SCHEMA_VERSION + 1, ..begun() };
        newer.write(dir.path()).unwrap();
        assert!(matches!(Manifest::read(dir.path()), Err(StoreError::Newer { .. })));
    }

    /// Whatever bytes a manifest has, with the right checksum or not, it is read or refused.
    #[test]
    fn any_bytes_are_a_manifest_or_refused() {
        use crate::fuzz::{fuzz, mutated};
        let dir = tempfile::tempdir().unwrap();
        let manifest = begun();
        manifest.write(dir.path()).unwrap();
        let whole = std::fs::read(dir.path().join(MANIFEST)).unwrap();
        let bare = serde_json::to_vec_pretty(&manifest).unwrap();
        fuzz(500, &mutated(vec![whole.clone(), bare, b"{\n}".to_vec()], 8), |bytes| {
            let resealed = std::str::from_utf8(&bytes).map(|text| sealed(text).into_bytes());
            for bytes in [Some(&bytes), resealed.as_ref().ok()].into_iter().flatten() {
                std::fs::write(dir.path().join(MANIFEST), bytes).unwrap();
                let Ok(read) = Manifest::read(dir.path()) else { continue };
                read.write(dir.path()).unwrap();
                let again = Manifest::read(dir.path()).ok();
                proptest::prop_assert_eq!(again, Some(read));
            }
            Ok(())
        });
    }
}
