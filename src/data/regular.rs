//! Reading of regular files, and of nothing else.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

/// Opens a file for reading.
///
/// # Errors
/// When it cannot be opened, or is something else than a regular file: to open a pipe would wait for whoever writes to it, and a device
/// may have no end.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_file() {
        return File::open(path);
    }
    let message = format!("this is {}; give a regular file", named(kind));
    Err(io::Error::new(io::ErrorKind::InvalidInput, message))
}

/// The bytes of a file.
///
/// # Errors
/// As of [`open_regular`], or when it cannot be read.
pub fn read_regular(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = vec![];
    open_regular(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file.
///
/// # Errors
/// As of [`read_regular`], or when it is not UTF-8.
pub fn read_regular_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    open_regular(path)?.read_to_string(&mut text)?;
    Ok(text)
}

/// Nothing where `path` is a regular file, or nothing at all yet.
///
/// # Errors
/// When it is something else, or cannot be looked at.
pub fn regular_or_absent(path: &Path) -> io::Result<()> {
    match open_regular(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn named(kind: fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    match kind {
        _ if kind.is_dir() => "a folder",
        _ if kind.is_fifo() => "a pipe",
        _ if kind.is_socket() => "a socket",
        _ if kind.is_char_device() || kind.is_block_device() => "a device",
        _ => "no file",
    }
}

#[cfg(not(unix))]
fn named(kind: fs::FileType) -> &'static str {
    if kind.is_dir() { "a folder" } else { "no file" }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// Nobody writes to the pipe: to read it would take for ever.
    #[test]
    fn what_is_no_regular_file_is_refused_by_its_kind() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let socket = folder.path().join("socket");
        let _socket = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for (path, kind) in [
            (pipe.as_path(), "a pipe"),
            (socket.as_path(), "a socket"),
            (folder.path(), "a folder"),
            (Path::new("/dev/zero"), "a device"),
        ] {
            let expected = format!("this is {kind}; give a regular file");
            assert_eq!(read_regular(path).unwrap_err().to_string(), expected);
            assert_eq!(read_regular_text(path).unwrap_err().to_string(), expected);
            assert_eq!(regular_or_absent(path).unwrap_err().to_string(), expected);
        }
        let (file, missing) = (folder.path().join("file"), folder.path().join("missing"));
        std::fs::write(&file, "text").unwrap();
        std::os::unix::fs::symlink(&file, folder.path().join("link")).unwrap();
        assert_eq!(read_regular(&file).unwrap(), b"text");
        assert_eq!(read_regular_text(&folder.path().join("link")).unwrap(), "text");
        assert_eq!(read_regular(&missing).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert!(regular_or_absent(&missing).is_ok() && regular_or_absent(&file).is_ok());
    }
}
