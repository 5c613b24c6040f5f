//! The task whose sequences are read from a file.

mod bound;
mod chance;
mod checked;
mod contents;
mod example;
mod files;
mod parts;
mod raw;
mod repeats;
mod sequences;
mod settings;
mod source;
mod task;

#[cfg(test)]
mod tests;

pub use self::{
    contents::{Contents, Outputs},
    files::{DataFiles, KnownData},
    settings::Dataset,
};
