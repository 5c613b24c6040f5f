//! safetensors: a header in JSON, then the numbers of all arrays.

use std::{
    fs::File,
    io::{BufReader, Read as _, Seek as _, SeekFrom},
};

use safetensors::tensor::Metadata;

use super::{
    array::Array,
    decode::{Order, broken, decode},
    dtype::DType,
    fault::Fault,
};

/// The most bytes of a header, as in the format's own library.
const MOST: u64 = 100_000_000;

/// A file and where its arrays lie.
pub(super) struct Tensors {
    file: File,
    metadata: Metadata,
    /// The first byte behind the header.
    start: u64,
}

impl Tensors {
    pub fn open(mut file: File) -> Result<Self, Fault> {
        let damaged = |why: String| {
            Fault::new(format!("the file is no whole safetensors file ({why})"), "save it again by `safetensors`")
        };
        let length = file.metadata().map_err(|error| broken(&error))?.len();
        let mut size = [0; 8];
        file.read_exact(&mut size).map_err(|_| damaged("it is shorter than a header".to_owned()))?;
        let size = u64::from_le_bytes(size);
        if size > MOST.min(length.saturating_sub(8)) {
            return Err(damaged("its header is longer than the file".to_owned()));
        }
        let mut header = vec![0; size as usize];
        file.read_exact(&mut header).map_err(|error| damaged(error.to_string()))?;
        let metadata: Metadata = serde_json::from_slice(&header).map_err(|error| damaged(error.to_string()))?;
        let start = 8 + size;
        if start + metadata.data_len() as u64 != length {
            return Err(damaged("it is not as long as its header says".to_owned()));
        }
        Ok(Self { file, metadata, start })
    }

    pub fn names(&self) -> Vec<String> {
        self.metadata.offset_keys()
    }

    pub fn read(&mut self, name: &str) -> Result<Array, Fault> {
        let wrong = |message: &str| Fault::new(message, "save the file again");
        let info = self.metadata.info(name).ok_or_else(|| wrong("is not there"))?;
        let dtype = DType::of_safetensors(info.dtype)?;
        let (first, end) = info.data_offsets;
        let count = super::decode::room(dtype, &info.shape)?;
        if end.checked_sub(first) != count.checked_mul(dtype.size()) {
            return Err(wrong("is not as long as its shape says"));
        }
        let shape = info.shape.clone();
        self.file.seek(SeekFrom::Start(self.start + first as u64)).map_err(|error| broken(&error))?;
        decode(&mut BufReader::with_capacity(1 << 16, &self.file), dtype, &shape, Order::LastFastest)
    }
}
