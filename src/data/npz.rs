//! NumPy's npz: a zip archive of arrays, stored or deflated.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, Read as _},
};

use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, FileReader, RECOMMENDED_BUFFER_SIZE, ZipArchive, ZipArchiveEntryWayfinder};

use super::{
    array::Array,
    decode::{broken, decode},
    fault::Fault,
    npy,
};

/// The most entries of an archive that are looked at.
const MOST: usize = 1000;

/// An archive and where its arrays lie.
pub(super) struct Npz {
    archive: ZipArchive<FileReader>,
    entries: BTreeMap<String, (ZipArchiveEntryWayfinder, CompressionMethod)>,
}

fn damaged(error: &rawzip::Error) -> Fault {
    Fault::new(format!("the file is no whole npz archive ({error})"), "save it again by `numpy.savez`")
}

impl Npz {
    pub fn open(file: File) -> Result<Self, Fault> {
        let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
        let archive = ZipArchive::from_file(file, &mut buffer).map_err(|error| damaged(&error))?;
        let mut found = BTreeMap::new();
        let mut entries = archive.entries(&mut buffer);
        while let Some(entry) = entries.next_entry().map_err(|error| damaged(&error))? {
            let name = String::from_utf8_lossy(entry.file_path().as_bytes()).into_owned();
            let Some(name) = name.strip_suffix(".npy") else {
                let message = format!("the file has an entry `{name}` that is no array");
                return Err(Fault::new(message, "save it by `numpy.savez`"));
            };
            if entry.flags().is_encrypted() {
                return Err(Fault::new("is encrypted", "save it without a password").of(name));
            }
            let place = (entry.wayfinder(), entry.compression_method());
            if found.insert(name.to_owned(), place).is_some() {
                return Err(Fault::new("is in the file twice", "save the file again").of(name));
            }
            if found.len() > MOST {
                return Err(Fault::new("the file has over a thousand arrays", "give those that are read only"));
            }
        }
        Ok(Self { archive, entries: found })
    }

    pub fn names(&self) -> Vec<String> {
        self.entries.keys().cloned().collect()
    }

    /// Reads the array `name`: no more of what an entry unpacks to than its header speaks of.
    pub fn read(&self, name: &str) -> Result<Array, Fault> {
        let Some((wayfinder, method)) = self.entries.get(name) else {
            return Err(Fault::new("is not there", "save the file again"));
        };
        let entry = self.archive.get_entry(*wayfinder).map_err(|error| damaged(&error))?;
        let raw = BufReader::with_capacity(RECOMMENDED_BUFFER_SIZE, entry.reader());
        match *method {
            CompressionMethod::STORE => read(entry.verifying_reader(raw)),
            CompressionMethod::DEFLATE => read(entry.verifying_reader(DeflateDecoder::new(raw))),
            _ => Err(Fault::new("is compressed otherwise than NumPy does", "save the file by `numpy.savez`")),
        }
    }
}

fn read(reader: impl std::io::Read) -> Result<Array, Fault> {
    let mut reader = BufReader::with_capacity(RECOMMENDED_BUFFER_SIZE, reader);
    let (dtype, shape, order) = npy::header(&mut reader)?;
    let array = decode(&mut reader, dtype, &shape, order)?;
    // The end is where the checksum is looked at.
    match reader.read(&mut [0]).map_err(|error| broken(&error))? {
        0 => Ok(array),
        _ => Err(Fault::new(format!("has more numbers than its shape {shape:?} says"), "save the file again")),
    }
}
