//! A file of arrays of any of the formats.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read as _},
    panic::catch_unwind,
    path::Path,
};

use super::{
    array::Array, decode::broken, fault::Fault, names::check_names, npz::Npz, parquet, regular::open_regular,
    safetensors::Tensors,
};

/// The arrays of a file.
#[derive(Debug)]
pub struct DataFile {
    /// The BLAKE3 hash of the file's bytes, in hexadecimal digits.
    pub hash: String,
    /// Its arrays by name.
    pub arrays: BTreeMap<String, Array>,
}

/// Reads the file at `path`, of the format that the end of its name says, each of whose arrays has one of these `names`.
///
/// # Errors
/// When it is not there or is damaged, or an array has another name or is none of numbers.
pub fn read(path: &Path, names: &[&str]) -> Result<DataFile, Fault> {
    let file = open(path)?;
    let arrays = match path.extension().and_then(|end| end.to_str()).unwrap_or_default() {
        "npz" => {
            let npz = Npz::open(file)?;
            each(&npz.names(), names, |name| npz.read(name))?
        }
        "safetensors" => {
            let mut tensors = Tensors::open(file)?;
            each(&tensors.names(), names, |name| tensors.read(name))?
        }
        // The library panics at some files that are damaged.
        "parquet" => catch_unwind(|| parquet::read(file, names)).unwrap_or_else(|_| {
            Err(Fault::new("the file cannot be read as Parquet (its reader panicked)", "write it again"))
        })?,
        _ => return Err(Fault::new("the name ends in no format that is read", "give .npz, .safetensors or .parquet")),
    };
    Ok(DataFile { hash: hash_of_file(path)?, arrays })
}

/// The BLAKE3 hash of the bytes of the file at `path`, in hexadecimal digits.
///
/// # Errors
/// When it is not there, or cannot be read.
pub fn hash_of_file(path: &Path) -> Result<String, Fault> {
    let mut file = open(path)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).map_err(|error| broken(&error))? {
            0 => return Ok(hasher.finalize().to_hex().to_string()),
            read => hasher.update(&buffer[..read]),
        };
    }
}

/// Opens a file.
fn open(path: &Path) -> Result<File, Fault> {
    open_regular(path).map_err(|error| unopened(path, &error))
}

fn unopened(path: &Path, error: &io::Error) -> Fault {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => {
            Fault::new(format!("there is no file `{path}`"), "give its path from the folder of the suite")
        }
        io::ErrorKind::InvalidInput => Fault::new(format!("`{path}` cannot be read"), error.to_string()),
        _ => Fault::new(format!("`{path}` cannot be opened ({error})"), "see whether it may be read"),
    }
}

/// The arrays of these names, none of which may be another than the `known` ones.
pub(super) fn each(
    found: &[String],
    known: &[&str],
    mut read: impl FnMut(&str) -> Result<Array, Fault>,
) -> Result<BTreeMap<String, Array>, Fault> {
    check_names(found, known)?;
    found.iter().map(|name| Ok((name.clone(), read(name).map_err(|fault| fault.of(name))?))).collect()
}
