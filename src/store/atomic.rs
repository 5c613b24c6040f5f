//! Files that are either the old one or the new one, whatever happens in between.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
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

impl Seek for AtomicFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
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

/// Makes renames within the folder durable, as far as the file system can.
pub(super) fn sync_folder(dir: &Path) -> io::Result<()> {
    // Only Unix lets a folder be opened and synced, and some network file systems do not; there a rename is as durable as the
    // system makes it.
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(dir)?.sync_all() {
        Err(error) if is_unsupported(&error) => Ok(()),
        done => done,
    }
}

/// Whether the system syncs the folder `dir`, so that a file that was renamed there has its new name after a power cut.
pub(super) fn syncs_folder(dir: &Path) -> bool {
    !cfg!(unix) || !File::open(dir).and_then(|folder| folder.sync_all()).is_err_and(|error| is_unsupported(&error))
}

fn is_unsupported(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported)
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

/// Removes the temporary files that killed processes left in `dir` and the folders of `within`. One of a process that lives stays.
pub(super) fn sweep(dir: &Path, within: &[&str]) -> io::Result<()> {
    let folders = std::iter::once(dir.to_owned()).chain(within.iter().map(|name| dir.join(name)));
    for folder in folders {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if folder != dir && error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            if entry.file_name().to_str().and_then(process).is_some_and(|process| !lives(process)) {
                match fs::remove_file(entry.path()) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

/// The process that a temporary file's name is of.
fn process(name: &str) -> Option<u32> {
    let (target, process) = name.strip_prefix('.')?.strip_suffix(SUFFIX)?.rsplit_once('.')?;
    if target.is_empty() { None } else { process.parse().ok() }
}

/// Whether another process of this number is known to run on this machine.
pub(super) fn lives(process: u32) -> bool {
    process != std::process::id() && Path::new("/proc").join(process.to_string()).exists()
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
    fn sweeping_takes_the_left_over_files_of_dead_processes() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("models")).unwrap();
        // No system numbers a process so high, and 1 lives where there are numbers to be looked at.
        let left = [".a.json.4294967295.tmp", ".b.c.4294967295.tmp", "models/.t1.safetensors.4294967295.tmp"];
        let kept = [".a.json.1.tmp", ".mine.tmp", "a.json", "mine.tmp", "models/t1.safetensors"];
        for name in left.iter().chain(&kept) {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        sweep(dir.path(), &["models", "figures"]).unwrap();
        let there = |name: &&str| dir.path().join(name).exists();
        assert!(left.iter().all(|name| !there(name)));
        assert!(kept.iter().all(|name| there(name) || !Path::new("/proc/1").exists()));
    }
}
