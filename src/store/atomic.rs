//! Files that are either the old one or the new one, whatever happens in between.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The ending of the names of temporary files.
const SUFFIX: &str = ".tmp";

/// A file in the making beside its target; it takes the target's place on [`AtomicFile::commit`] and vanishes otherwise.
pub(super) struct AtomicFile {
    file: File,
    temporary: PathBuf,
    target: PathBuf,
    committed: bool,
}

impl AtomicFile {
    /// Creates the temporary file, in the folder of `target` so that the rename stays within one file system.
    pub(super) fn create(target: &Path) -> io::Result<Self> {
        let name = target.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file name"))?;
        // The process id keeps two reports of one folder from writing to the same temporary file.
        let temporary = format!(".{}.{}{SUFFIX}", name.to_string_lossy(), std::process::id());
        let temporary = target.with_file_name(temporary);
        Ok(Self { file: File::create(&temporary)?, temporary, target: target.to_owned(), committed: false })
    }

    /// Brings the bytes to disk, then renames over the target.
    pub(super) fn commit(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.temporary, &self.target)?;
        self.committed = true;
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if !self.committed {
            // Nothing more can be done about a file that will not go; the next run sweeps it.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Makes renames within the folder durable.
pub(super) fn sync_folder(dir: &Path) -> io::Result<()> {
    // Only Unix lets a folder be opened and synced; elsewhere the rename is as durable as the system makes it.
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

/// Replaces the file at `path` by `bytes`, durably: a reader, or a crash at any instant, sees the old file or the new one.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes)?;
    file.commit()?;
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => sync_folder(dir),
        _ => sync_folder(Path::new(".")),
    }
}

/// Writes `bytes` to the path that a user names for an output. A regular file, or none, is replaced as by
/// [`write_atomically`]; into anything else, a device, a pipe or a link, is written, and it stays what it is.
pub fn write_output(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => {
            let mut file = File::options().write(true).create(true).truncate(true).open(path)?;
            file.write_all(bytes)?;
            file.flush()
        }
        _ => write_atomically(path, bytes),
    }
}

/// Whether a file of this name is one in the making, or was left by a process that was killed then.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(SUFFIX)
}

/// Removes the temporary files that a killed process left for any of these targets in `dir`.
pub(super) fn sweep(dir: &Path, targets: &[String]) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let left_over = name.to_str().is_some_and(|name| {
            name.ends_with(SUFFIX) && targets.iter().any(|target| name.starts_with(&format!(".{target}.")))
        });
        if left_over {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        write_atomically(&path, b"one").unwrap();
        write_atomically(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");

        let mut abandoned = AtomicFile::create(&path).unwrap();
        abandoned.write_all(b"thr").unwrap();
        drop(abandoned);
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(dir.path()), ["a.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn an_output_is_written_through_what_is_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        for target in ["old", "new"] {
            let _ = fs::remove_file(&file);
            if target == "old" {
                fs::write(&file, "something longer").unwrap();
            }
            let _ = fs::remove_file(&link);
            std::os::unix::fs::symlink(&file, &link).unwrap();
            write_output(&link, b"through").unwrap();
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "{target}");
            assert_eq!(fs::read(&file).unwrap(), b"through", "{target}");
        }
        write_output(Path::new("/dev/null"), b"nothing").unwrap();
        assert!(!fs::symlink_metadata("/dev/null").unwrap().is_file());
        let pipe = dir.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        write_output(&pipe, b"through").unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(!fs::symlink_metadata(&pipe).unwrap().is_file());
        write_output(&file, b"replaced").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"replaced");
        assert!(write_output(dir.path(), b"a folder").is_err());
    }

    #[test]
    fn sweeping_takes_only_left_over_files_of_the_named_targets() {
        let dir = tempfile::tempdir().unwrap();
        for name in [".a.json.17.tmp", ".b.json.17.tmp", "a.json", "mine.tmp"] {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        sweep(dir.path(), &["a.json".to_owned()]).unwrap();
        assert_eq!(names(dir.path()), [".b.json.17.tmp", "a.json", "mine.tmp"]);
    }
}
