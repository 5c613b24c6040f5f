//! The files that say which run a folder is of: those of the suite, whose checksums the manifest has, and the manifest itself.

use std::io;
use std::path::Path;

use super::damage::Damage;
use super::error::StoreError;
use super::layout;
use super::manifest::Manifest;
use super::regular::read_regular;
use super::suite_checksums::SuiteChecksums;
use super::write_atomically;

/// The files of a run's suite.
#[derive(Clone, Copy, Debug)]
pub struct SuiteFiles<'a> {
    /// The bytes of `suite.yaml`.
    pub suite: &'a [u8],
    /// The bytes of `resolved.yaml`.
    pub resolved: &'a [u8],
}

impl SuiteFiles<'_> {
    /// Writes the files where `dir` has others, and then `manifest` with their checksums; says whether there were others.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, dir: &Path, manifest: &mut Manifest) -> Result<bool, StoreError> {
        let files = [(layout::SUITE, self.suite), (layout::RESOLVED, self.resolved)];
        let is_other = |(name, bytes): &(&str, &[u8])| read_regular(&dir.join(name)).ok().as_deref() != Some(bytes);
        let others: Vec<(&str, &[u8])> = files.into_iter().filter(is_other).collect();
        if !others.is_empty()
            && let Ok(before) = Manifest::read(dir)
        {
            // A process that is killed in between leaves files of which nothing is said, and none that seem damaged.
            Manifest { files: None, ..before }.write(dir)?;
        }
        for (name, bytes) in &others {
            let path = dir.join(name);
            write_atomically(&path, bytes).map_err(StoreError::io("write", &path))?;
        }
        manifest.files = Some(SuiteChecksums { suite: checksum(self.suite), resolved: checksum(self.resolved) });
        manifest.write(dir)?;
        Ok(!others.is_empty())
    }
}

/// The faults of the manifest of the run in `dir`, which has stored trials or not, and of the files of its suite.
pub(super) fn faults(dir: &Path, has_trials: bool) -> Vec<Damage> {
    let manifest = || read_regular(&dir.join(layout::MANIFEST)).ok();
    let mut attempts = 0;
    loop {
        let (before, found) = (manifest(), faults_now(dir, has_trials));
        attempts += 1;
        // Another process may have written them meanwhile.
        if found.is_empty() || attempts == ATTEMPTS || manifest() == before {
            return found;
        }
    }
}

/// The loss of the journal of the run in `dir`: whoever trains there creates it first, and it stays. A copy of what has ended needs none.
pub(super) fn lost_journal(dir: &Path) -> Option<Damage> {
    let goes_on = |manifest: &Manifest| manifest.last().is_some_and(|session| session.ended.is_none());
    // In this order: another process may just begin.
    let unfinished = Manifest::read(dir).is_ok_and(|manifest| goes_on(&manifest));
    let is_baseline = dir.join(layout::BASELINE_TRIALS).is_file();
    let lost = unfinished && !is_baseline && !dir.join(layout::JOURNAL).exists();
    lost.then(|| {
        Damage::new(layout::JOURNAL, "is missing, though the last run in the folder did not come to its end", None)
    })
}

/// Times that files are looked at which another process may be writing.
const ATTEMPTS: u32 = 5;

fn faults_now(dir: &Path, has_trials: bool) -> Vec<Damage> {
    let damage = |file: &str, fault: &str| Damage::new(file, format!("{fault}{REMEDY}"), Some(0));
    let manifest = match Manifest::read(dir) {
        Ok(manifest) => manifest,
        Err(StoreError::NoManifest { .. }) => {
            // A folder of tables alone has none.
            let is_run = has_trials && dir.join(layout::RESOLVED).is_file();
            return if is_run { vec![damage(layout::MANIFEST, "is missing")] } else { vec![] };
        }
        Err(StoreError::Newer { .. }) => return vec![],
        Err(StoreError::Changed { .. }) => return vec![damage(layout::MANIFEST, CHANGED)],
        Err(StoreError::Manifest { source, .. }) => {
            return vec![damage(layout::MANIFEST, &format!("is no manifest ({source})"))];
        }
        Err(StoreError::Io { source, .. }) => {
            return vec![damage(layout::MANIFEST, &format!("cannot be read ({source})"))];
        }
        Err(_) => return vec![damage(layout::MANIFEST, "cannot be read")],
    };
    let Some(checksums) = manifest.files else { return vec![] };
    let fault = |(name, expected): (&'static str, &String)| match read_regular(&dir.join(name)) {
        Ok(bytes) => (checksum(&bytes) != *expected).then(|| (name, CHANGED.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // A baseline has no suite as it was written.
            let is_baseline = name == layout::SUITE && dir.join(layout::BASELINE_TRIALS).is_file();
            (!is_baseline).then(|| (name, "is missing".to_owned()))
        }
        Err(error) => Some((name, format!("cannot be read ({error})"))),
    };
    let files = [(layout::SUITE, &checksums.suite), (layout::RESOLVED, &checksums.resolved)];
    let found: Vec<(&str, String)> = files.into_iter().filter_map(fault).collect();
    if found.len() == files.len() && found.iter().all(|(_, fault)| fault == CHANGED) {
        // Two files that both are others have one cause.
        let fault = "is of another time or another run than `suite.yaml` and `resolved.yaml`";
        return vec![damage(layout::MANIFEST, fault)];
    }
    found.into_iter().map(|(name, fault)| damage(name, &fault)).collect()
}

const CHANGED: &str = "was changed after it was written, as its checksum tells";
const REMEDY: &str = ", and does not count until `longlag run` on its suite writes it anew";

fn checksum(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::store::Store;
    use crate::store::samples::record;

    /// A journal that a run would have emptied at its end, and that is not there.
    #[test]
    fn a_journal_that_was_removed_is_missed() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let mut manifest = Manifest::new("small");
        manifest.sessions.push(crate::store::ManifestSession::begin("fused", "cpu", 5, 1));
        FILES.write(dir.path(), &mut manifest).unwrap();
        store.append(&record(1)).unwrap();
        store.compact(&crate::store::PlanColumns::default()).unwrap();
        drop(store);
        let told = |store: Store| store.damages().iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(told(Store::read(dir.path()).unwrap()), Vec::<String>::new());
        let journal = dir.path().join(layout::JOURNAL);
        fs::remove_file(&journal).unwrap();
        let expected = "`journal.bin` is missing, though the last run in the folder did not come to its end: the trials that were only there \
                        count as not stored";
        assert_eq!(told(Store::read(dir.path()).unwrap()), [expected]);
        assert_eq!(told(Store::open(dir.path()).unwrap()), [expected]);
        assert_eq!(told(Store::open(dir.path()).unwrap()), Vec::<String>::new());
        // After its end it may be left behind.
        fs::remove_file(&journal).unwrap();
        manifest.sessions[0].ended = Some("2026-01-01T00:00:00Z".to_owned());
        manifest.write(dir.path()).unwrap();
        assert_eq!(told(Store::read(dir.path()).unwrap()), Vec::<String>::new());
    }

    const FILES: SuiteFiles<'_> = SuiteFiles { suite: b"name: small\n", resolved: b"name: small\nseed: 0\n" };

    fn folder(files: SuiteFiles<'_>) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        store.append(&record(1)).unwrap();
        files.write(dir.path(), &mut Manifest::new("small")).unwrap();
        dir
    }

    fn told(dir: &Path) -> Vec<String> {
        Store::read(dir).unwrap().damages().iter().map(Damage::to_string).collect()
    }

    /// Every bit of the three files, every place where one may be cut, a missing file and another run's.
    #[test]
    fn whatever_is_changed_is_told_in_one_line_and_costs_no_trial() {
        let dir = folder(FILES);
        let dir = dir.path();
        let other = folder(SuiteFiles { resolved: b"name: small\nseed: 1\n", ..FILES });
        assert_eq!(told(dir), [""; 0]);
        for name in [layout::SUITE, layout::RESOLVED, layout::MANIFEST] {
            let path = dir.join(name);
            let whole = fs::read(&path).unwrap();
            let flips = (0..whole.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))).map(|(at, bit)| {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                bytes
            });
            let cuts = (0..whole.len()).map(|end| whole[..end].to_vec());
            let others = [b"hello".to_vec(), whole.repeat(2)];
            for (number, bytes) in flips.chain(cuts).chain(others).enumerate() {
                fs::write(&path, &bytes).unwrap();
                let lines = told(dir);
                let [line] = &lines[..] else { panic!("{name}, {number}: {lines:?}") };
                assert!(
                    line.starts_with(&format!("`{name}` ")) && line.contains("`longlag run` on its suite"),
                    "{line}"
                );
                assert!(line.ends_with("no trial is lost by it"), "{line}");
            }
            fs::remove_file(&path).unwrap();
            assert!(matches!(&told(dir)[..], [line] if line.starts_with(&format!("`{name}` is missing"))), "{name}");
            if name != layout::SUITE {
                fs::copy(other.path().join(name), &path).unwrap();
                assert_eq!(told(dir).len(), 1, "{name} of another run");
            }
            fs::write(&path, &whole).unwrap();
        }
        assert_eq!(told(dir), [""; 0]);
        // A manifest of another run, whose suite was written in other words too.
        let other = folder(SuiteFiles { suite: b"name: other", resolved: b"name: other" });
        fs::copy(other.path().join(layout::MANIFEST), dir.join(layout::MANIFEST)).unwrap();
        assert!(matches!(&told(dir)[..], [line] if line.contains("another run")), "{:?}", told(dir));
        assert!(matches!(Store::read(dir).unwrap().manifest(), Err(StoreError::Changed { .. })));
        // Whoever writes keeps it aside, and begins another.
        let store = Store::open(dir).unwrap();
        let [damage] = store.damages() else { panic!("one line") };
        assert!(damage.aside.as_ref().is_some_and(|aside| dir.join(aside).is_file()), "{damage}");
        assert!(matches!(store.manifest(), Err(StoreError::NoManifest { .. })));
    }

    /// As it was before there were checksums, and as a process leaves it that was killed while it wrote another suite.
    #[test]
    fn what_has_no_checksum_is_not_taken_for_damaged() {
        let dir = folder(FILES);
        let dir = dir.path();
        fs::write(dir.join(layout::MANIFEST), r#"{"suite": "small", "schema": 4, "sessions": []}"#).unwrap();
        fs::write(dir.join(layout::RESOLVED), "name: other").unwrap();
        assert_eq!(told(dir), [""; 0]);
        let mut manifest = Manifest::new("small");
        let names = [layout::SUITE, layout::RESOLVED, layout::MANIFEST];
        let read = || names.map(|name| fs::read(dir.join(name)).unwrap());
        assert!(FILES.write(dir, &mut manifest).unwrap());
        let (before, next) = (read(), SuiteFiles { suite: b"name: next", resolved: b"name: next\nseed: 0" });
        assert!(next.write(dir, &mut manifest).unwrap() && !next.write(dir, &mut manifest).unwrap());
        let after = read();
        let between = serde_json::from_slice(&before[2]).map(|manifest: Manifest| Manifest { files: None, ..manifest });
        for written in 0..4 {
            between.as_ref().unwrap().write(dir).unwrap();
            for (number, name) in names.iter().enumerate().take(2) {
                let source = if written > number { &after } else { &before };
                fs::write(dir.join(name), &source[number]).unwrap();
            }
            if written == 3 {
                fs::write(dir.join(layout::MANIFEST), &after[2]).unwrap();
            }
            assert_eq!(told(dir), [""; 0], "killed after {written} files");
        }
    }
}
