//! Finished trials on disk: a journal while they come in, Parquet tables for whoever reads them.
//!
//! A trial is durable once [`Store::append`] returns. [`Store::compact`] moves the journal's records into the tables, whose
//! bytes depend on the stored trials and the plan alone, never on the order in which trials finished. Every byte is under a checksum;
//! what is damaged, missing or another run's is told as a [`Damage`] when a folder is opened, and costs the trials that it was of.

mod atomic;
mod build;
mod chain;
mod checkpoint;
mod checksum;
mod clock;
mod column;
mod damage;
mod definition;
mod digests;
mod error;
mod folder;
mod frames;
mod journal;
pub mod layout;
mod lock;
mod machine;
mod manifest;
mod merge;
mod metric_cells;
mod plan_columns;
mod plausible;
mod provenance;
mod record;
mod records;
mod regular;
mod row;
#[cfg(test)]
pub(crate) mod samples;
mod scores;
mod seal;
mod shared_trial;
mod soundness;
mod status;
mod suite_checksums;
mod suite_files;
mod table_reader;
mod table_writer;
mod value;

pub(crate) use atomic::{write_atomically, write_output};
pub use build::Build;
pub use chain::{Difference, difference_of_trials};
pub use checkpoint::{CheckpointError, CheckpointFault, CheckpointHead, CheckpointOrigin, Checkpoints};
pub use clock::now;
pub use column::{ColumnSchema, ColumnType, SCHEMA_VERSION, TableSchema};
pub use damage::Damage;
pub use definition::Definition;
pub use digests::{CONTENTS, digest_of_probes};
pub use error::{SchemaError, StoreError};
pub use folder::Store;
pub use machine::Machine;
pub use manifest::{Manifest, ManifestSession};
pub use metric_cells::MetricCells;
pub use plan_columns::{PLANNED, PlanColumns};
pub use provenance::{Part, Provenance};
pub use record::{LINK_DIGITS, Link, MetricRow, ProbeRow, Record, RecordRow, TrialRow, tables};
pub use records::Fingerprint;
pub use regular::{open_regular, read_regular, read_regular_text};
pub use row::Row;
pub use scores::SCORES;
pub use shared_trial::SharedTrial;
pub use status::Status;
pub use suite_checksums::SuiteChecksums;
pub use suite_files::SuiteFiles;
pub(crate) use table_reader::decodes_table;
pub use table_writer::derived_table;
