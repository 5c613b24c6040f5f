//! Reading of regular files, as the data files of tasks are read.

pub(super) use crate::data::regular_or_absent;
pub use crate::data::{open_regular, read_regular, read_regular_text};
