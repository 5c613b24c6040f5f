//! The words for a file that the library cannot read.

use polars::prelude::PolarsError;

use crate::data::fault::Fault;

/// The fault of a file that is no whole Parquet file.
pub(super) fn damaged(error: &PolarsError) -> Fault {
    Fault::new(format!("the file cannot be read as Parquet ({error})"), "write it again")
}
