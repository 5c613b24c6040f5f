//! Damage that was found in the folder of a run, told in a line each, and the place where damaged bytes are put aside.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::atomic::write_atomically;
use super::layout;
use super::regular::read_regular;
use crate::text::pluralize;

/// A fault that was found in one file of a run's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file's name, or its path.
    pub file: String,
    /// The fault, as words that follow the file's name.
    pub fault: String,
    /// Stored trials that no longer count; nothing where nobody can know how many there were.
    pub trials: Option<usize>,
    /// The file, from the run's folder, to which the damaged bytes were copied; nothing where there are none, or by a reader.
    pub aside: Option<PathBuf>,
}

impl Damage {
    pub(super) fn new(file: &str, fault: impl Into<String>, trials: Option<usize>) -> Self {
        Self { file: file.to_owned(), fault: fault.into(), trials, aside: None }
    }

    /// This damage with the path of the file in the folder `dir`, where several folders are spoken of.
    #[must_use]
    pub fn in_folder(&self, dir: &Path) -> Self {
        let aside = self.aside.as_ref().map(|aside| dir.join(aside));
        Self { file: dir.join(&self.file).display().to_string(), aside, ..self.clone() }
    }
}

/// One line.
impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, fault, trials, aside } = self;
        write!(f, "`{file}` {fault}: ")?;
        match trials {
            Some(0) => f.write_str("no trial is lost by it")?,
            Some(1) => f.write_str("1 trial of it counts as not stored")?,
            Some(trials) => write!(f, "{} of it count as not stored", pluralize(*trials as u64, "trial"))?,
            None => f.write_str("the trials that were only there count as not stored")?,
        }
        aside.iter().try_for_each(|aside| write!(f, " (its bytes are kept in `{}`)", aside.display()))
    }
}

/// Copies `bytes` of the file `name` of the run in `dir` to where damage is kept, unless they are there already, and gives the copy's
/// path from `dir`.
pub(super) fn put_aside(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let folder = dir.join(layout::DAMAGED);
    fs::create_dir_all(&folder)?;
    for number in 1_u32.. {
        let path = folder.join(format!("{name}.{number}"));
        match read_regular(&path) {
            Ok(found) if found == bytes => {}
            Ok(_) => continue,
            Err(error) if error.kind() == io::ErrorKind::NotFound => write_atomically(&path, bytes)?,
            Err(error) => return Err(error),
        }
        return Ok(Path::new(layout::DAMAGED).join(format!("{name}.{number}")));
    }
    Err(io::Error::other("there are too many damaged files"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_bytes_are_kept_once() {
        let dir = tempfile::tempdir().unwrap();
        let aside = |bytes: &[u8]| put_aside(dir.path(), "a.bin", bytes).unwrap();
        assert_eq!(
            [aside(b"one"), aside(b"two"), aside(b"one")].map(|path| path.display().to_string()),
            ["damaged/a.bin.1", "damaged/a.bin.2", "damaged/a.bin.1",]
        );
        assert_eq!(fs::read(dir.path().join("damaged/a.bin.2")).unwrap(), b"two");
    }

    #[test]
    fn a_line_says_what_it_costs() {
        let line = |trials| Damage::new("metrics.parquet", "is missing", trials).to_string();
        assert_eq!(line(Some(2)), "`metrics.parquet` is missing: 2 trials of it count as not stored");
        assert_eq!(line(Some(0)), "`metrics.parquet` is missing: no trial is lost by it");
        let aside = Damage { aside: Some("damaged/a.1".into()), ..Damage::new("a", "has a damaged record", None) };
        let expected = "`a` has a damaged record: the trials that were only there count as not stored (its bytes are kept in \
                        `damaged/a.1`)";
        assert_eq!(aside.to_string(), expected);
    }
}
