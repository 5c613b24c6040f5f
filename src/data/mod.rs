//! Files of arrays: NumPy's npz, safetensors and Parquet, read as a stream into memory that holds each array once.

mod array;
mod decode;
mod dtype;
mod fault;
mod file;
mod memory;
mod names;
mod npy;
mod npz;
mod parquet;
mod regular;
mod safetensors;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

pub use self::{
    array::{Array, Values},
    fault::Fault,
    file::{DataFile, hash_of_file, read},
    memory::available_memory,
    regular::{open_regular, read_regular, read_regular_text, regular_or_absent},
};
