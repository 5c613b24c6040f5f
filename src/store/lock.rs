//! One writer per folder.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::atomic::lives;
use super::clock::now;
use super::error::StoreError;
use super::layout::{LOCK, OWNER};
use super::regular::{read_regular_text, regular_or_absent};

/// The longest text of a holder that is read.
const LONGEST: u64 = 500;

/// An exclusive lock on a folder, released on drop and by the system when the process dies.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    held: Held,
}

#[derive(Debug)]
enum Held {
    /// By a lock on the file.
    Locked(File),
    /// By the file itself, where the file system has no locks.
    Owned,
}

/// How the system is asked for a lock; tests put one in its place that has none.
type Locking = fn(&File) -> Result<(), TryLockError>;

impl Lock {
    /// Takes the lock of `dir`, which must exist.
    ///
    /// # Errors
    /// [`StoreError::Locked`] at once when another process (or another store of this one) holds it.
    pub(super) fn take(dir: &Path) -> Result<Self, StoreError> {
        Self::take_by(dir, File::try_lock)
    }

    fn take_by(dir: &Path, locking: Locking) -> Result<Self, StoreError> {
        let path = dir.join(LOCK);
        regular_or_absent(&path).map_err(StoreError::io("open the lock file", &path))?;
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(StoreError::io("create the lock file", &path))?;
        match locking(&file) {
            Ok(()) => {
                // Whoever finds the folder in use is told by whom; nobody depends on it.
                let _ = file.set_len(0).and_then(|()| file.write_all(this_process().as_bytes()));
                // Between opening and locking somebody may have removed the file: another could then lock another one.
                if !leads_to(&path, &file).map_err(StoreError::io("look at", &path))? {
                    return Self::take_by(dir, locking);
                }
                Ok(Self { path, held: Held::Locked(file) })
            }
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { dir: dir.to_owned(), holder: holder(&mut file) }),
            Err(TryLockError::Error(error)) if has_no_locks(&error) => Self::own(dir),
            Err(TryLockError::Error(source)) => Err(StoreError::Io { action: "lock", path, source }),
        }
    }

    /// Takes the folder by a file that must not exist yet.
    fn own(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join(OWNER);
        for _ in 0..2 {
            match File::options().create_new(true).write(true).open(&path) {
                Ok(mut file) => {
                    let written = file.write_all(this_process().as_bytes()).and_then(|()| file.sync_all());
                    written.map_err(StoreError::io("write", &path))?;
                    return Ok(Self { path, held: Held::Owned });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    let holder = read_regular_text(&path).map_err(StoreError::io("read", &path))?;
                    let is_dead = |process: u32| process != std::process::id() && !lives(process);
                    if !process_here(&holder).is_some_and(is_dead) {
                        return Err(StoreError::MaybeLocked { path, holder });
                    }
                    fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
                }
                Err(source) => return Err(StoreError::Io { action: "create", path, source }),
            }
        }
        Err(StoreError::MaybeLocked { path, holder: "another process".to_owned() })
    }

    /// Sees to it that the folder is still this process's: where somebody removed the file, it is made and locked again.
    ///
    /// # Errors
    /// [`StoreError::Locked`] where another process has taken the folder since, [`StoreError::Gone`] where it is no more.
    pub(super) fn keep(&mut self) -> Result<(), StoreError> {
        let there = match &self.held {
            Held::Locked(file) => leads_to(&self.path, file).map_err(StoreError::io("look at", &self.path))?,
            Held::Owned => self.path.is_file(),
        };
        if there {
            return Ok(());
        }
        let dir = self.path.parent().unwrap_or(Path::new(".")).to_owned();
        if !dir.is_dir() {
            return Err(StoreError::Gone { path: dir });
        }
        *self = Self::take(&dir)?;
        Ok(())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        match &self.held {
            // The file stays: only the lock on it has a meaning.
            Held::Locked(file) => drop(file.set_len(0)),
            Held::Owned => drop(fs::remove_file(&self.path)),
        }
    }
}

/// Whether `path` is that of the open `file`, and not of another one or of none.
pub(super) fn leads_to(path: &Path, file: &File) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let open = file.metadata()?;
        match fs::metadata(path) {
            Ok(found) => Ok((found.dev(), found.ino()) == (open.dev(), open.ino())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
    #[cfg(not(unix))]
    {
        // Elsewhere an open file cannot be removed.
        let _ = file;
        Ok(path.exists())
    }
}

/// Whether this is how a file system says that it has no locks: ENOSYS, EOPNOTSUPP and, without a lock daemon, ENOLCK of Linux.
fn has_no_locks(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported || (cfg!(target_os = "linux") && error.raw_os_error() == Some(37))
}

/// The holder that a locked file names.
fn holder(file: &mut File) -> Option<String> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(LONGEST).read_to_string(&mut text).ok()?;
    let text = text.trim();
    (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

fn this_process() -> String {
    format!("process {} on {} since {}", std::process::id(), host(), now())
}

/// The number of the process that a text of [`this_process`] names, if it is one of this machine.
fn process_here(text: &str) -> Option<u32> {
    let (process, rest) = text.strip_prefix("process ")?.split_once(" on ")?;
    let here = rest.split_once(" since ")?.0 == host();
    process.parse().ok().filter(|_| here)
}

fn host() -> String {
    let name =
        read_regular_text(Path::new("/proc/sys/kernel/hostname")).ok().or_else(|| std::env::var("HOSTNAME").ok());
    name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(|| "this machine".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHOUT: Locking = |_| Err(TryLockError::Error(io::ErrorKind::Unsupported.into()));

    #[test]
    fn the_second_is_told_who_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let lock = Lock::take(dir.path()).unwrap();
        let error = Lock::take(dir.path()).unwrap_err().to_string();
        assert!(error.contains(&format!("(process {} on ", std::process::id())), "{error}");
        drop(lock);
        assert_eq!(fs::read(dir.path().join(LOCK)).unwrap(), b"", "no name stays behind");
        Lock::take(dir.path()).unwrap();
    }

    #[test]
    fn a_lock_that_was_removed_is_taken_again_or_lost() {
        let dir = tempfile::tempdir().unwrap();
        let mut lock = Lock::take(dir.path()).unwrap();
        fs::remove_file(dir.path().join(LOCK)).unwrap();
        lock.keep().unwrap();
        assert!(matches!(Lock::take(dir.path()), Err(StoreError::Locked { .. })));
        fs::remove_file(dir.path().join(LOCK)).unwrap();
        let other = Lock::take(dir.path()).unwrap();
        assert!(matches!(lock.keep(), Err(StoreError::Locked { .. })));
        drop(other);
        fs::remove_dir_all(dir.path()).unwrap();
        assert!(matches!(lock.keep(), Err(StoreError::Gone { .. })));
    }

    #[test]
    fn without_locks_a_file_stands_for_one() {
        let dir = tempfile::tempdir().unwrap();
        let take = || Lock::take_by(dir.path(), WITHOUT);
        let lock = take().unwrap();
        let error = take().unwrap_err().to_string();
        assert!(error.contains(OWNER) && error.contains("remove that file if the process has ended"), "{error}");
        drop(lock);
        drop(take().unwrap());
        // Of a process that has died here, and of one elsewhere that nobody can look at from here.
        fs::write(dir.path().join(OWNER), format!("process 4294967295 on {} since 2026-01-01T00:00:00Z", host()))
            .unwrap();
        drop(take().unwrap());
        fs::write(dir.path().join(OWNER), "process 4294967295 on elsewhere since 2026-01-01T00:00:00Z").unwrap();
        assert!(matches!(take(), Err(StoreError::MaybeLocked { .. })));
    }
}
