//! Finished trials.

use crate::store::Record;

/// A trial with its rows, and its trained parameters as safetensors if they are kept.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The rows.
    pub record: Record,
    /// The parameters.
    pub model: Option<Vec<u8>>,
}
