//! longlag measures how far back in time a recurrent network can learn, and shows why.
//!
//! Data flows one way: a suite ([`suite`]) becomes trials ([`plan`]); each is trained ([`run`], [`train`], [`engine`])
//! and stored ([`store`]); tables ([`results::table`]), verdicts ([`results::claim`]), figures ([`results::figure`]) and the report
//! ([`results::report`]) are drawn from the store alone.
//!
//! Three programs in `examples/` show the way, each of them run by continuous integration: `run_a_suite` trains a suite file and reads
//! its numbers, `test_a_claim` has a suite from a string and asks for verdicts, `read_a_run` shows a table of stored results.
//!
//! # What is stable
//!
//! The crate's version follows semantic versioning for these, and for the command line with its exit codes:
//!
//! - [`suite::Suite::load`] and [`suite::Suite::parse`], [`suite::Setting::parse`], and the errors they give, [`suite::Problems`], as
//!   text with places;
//! - [`run::Session`] with [`run::SessionOptions`], [`run::Observer`] and [`run::Trainer`]; [`run::StoredRun`] with
//!   [`run::RunTable`]; [`run::RunError`];
//! - [`results::table`] as far as it reads and shows: [`Results`](results::table::Results), [`Table`](results::table::Table),
//!   [`View`](results::table::View), [`Condition`](results::table::Condition), [`Format`](results::table::Format);
//!   [`results::claim::verdicts`] with [`Verdict`](results::claim::Verdict); [`results::doubts`];
//! - [`stats`]: pure functions of numbers.
//!
//! Suites, stored tables and the bits of results have versions of their own ([`SuiteFile::version`](suite::SuiteFile::version),
//! [`SCHEMA_VERSION`](store::SCHEMA_VERSION), [`NUMERICS`](engine::NUMERICS)), which `longlag --version` prints.
//!
//! Everything else is public for the project's own laws and benchmarks, and for those who write a cell or look into an engine:
//! [`component`], [`data`], [`graph`], [`model`], [`compute`], [`engine`], [`train`], [`seed`], [`plan`] and [`store`] may change in any
//! release. Enums may gain variants and structs fields in any minor one.

#![deny(missing_docs)]

pub mod cli;
pub mod component;
pub mod compute;
pub mod data;
pub mod engine;
pub mod equations;
#[cfg(test)]
mod fuzz;
pub mod graph;
#[cfg(test)]
mod laws;
pub mod model;
pub mod plan;
pub mod results;
pub mod run;
pub mod seed;
pub mod stats;
pub mod store;
pub mod suite;
pub(crate) mod text;
pub mod train;
