//! Finished trials.

use crate::store::Record;

/// A trial with its rows, and its trained parameters as safetensors if they are kept.
#[derive(Clone, Debug)]
pub struct Finished {
    pub record: Record,
    pub model: Option<Vec<u8>>,
}
