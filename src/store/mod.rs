//! Finished trials on disk: a journal while they come in, Parquet tables for whoever reads them.

mod record;

pub use record::{Metric, Probe, Record, Status, Trial};
