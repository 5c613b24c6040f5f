//! Files of arrays that tests make up.

use std::{io::Write as _, path::PathBuf};

use rawzip::{CompressionMethod, ZipArchiveWriter};

/// An array of a file: its name, NumPy's description of its type, its shape and its bytes.
pub(crate) struct Entry(pub &'static str, pub &'static str, pub Vec<usize>, pub Vec<u8>);

/// Floats in single precision.
pub(crate) fn singles(name: &'static str, shape: &[usize], values: impl IntoIterator<Item = f32>) -> Entry {
    Entry(name, "<f4", shape.to_vec(), values.into_iter().flat_map(f32::to_le_bytes).collect())
}

/// Integers of 64 bits.
pub(crate) fn integers(name: &'static str, shape: &[usize], values: impl IntoIterator<Item = i64>) -> Entry {
    Entry(name, "<i8", shape.to_vec(), values.into_iter().flat_map(i64::to_le_bytes).collect())
}

/// The bytes of an array in NumPy's format.
pub(crate) fn npy(entry: &Entry) -> Vec<u8> {
    let Entry(_, description, shape, bytes) = entry;
    let axes: String = shape.iter().map(|axis| format!("{axis}, ")).collect();
    let header = format!("{{'descr': '{description}', 'fortran_order': False, 'shape': ({axes}), }}\n");
    let mut npy = b"\x93NUMPY\x01\x00".to_vec();
    npy.extend((header.len() as u16).to_le_bytes());
    npy.extend(header.as_bytes());
    npy.extend(bytes);
    npy
}

/// The bytes of an archive of files.
pub(crate) fn zip(files: &[(String, Vec<u8>)], deflated: bool) -> Vec<u8> {
    let mut zip = vec![];
    let mut archive = ZipArchiveWriter::new(&mut zip);
    for (name, bytes) in files {
        let method = if deflated { CompressionMethod::DEFLATE } else { CompressionMethod::STORE };
        let (mut entry, config) = archive.new_file(name).compression_method(method).start().unwrap();
        if deflated {
            let mut writer = config.wrap(flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast()));
            writer.write_all(bytes).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            entry.finish(descriptor).unwrap();
        } else {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(bytes).unwrap();
            let (_, descriptor) = writer.finish().unwrap();
            entry.finish(descriptor).unwrap();
        }
    }
    archive.finish().unwrap();
    zip
}

/// The bytes of an npz file.
pub(crate) fn npz(entries: &[Entry]) -> Vec<u8> {
    zip(&entries.iter().map(|entry| (format!("{}.npy", entry.0), npy(entry))).collect::<Vec<_>>(), true)
}

/// A file of that name in a folder of its own.
pub(crate) fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}
