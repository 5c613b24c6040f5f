//! The command line: arguments, output, exit codes. Tables go to stdout, everything else to stderr.

mod arguments;
mod audit;
mod backend;
mod candidates;
mod check;
mod claims;
mod compare;
mod completion;
mod components;
mod describe;
mod exit;
mod github;
mod in_flight;
mod kinds;
#[cfg(test)]
mod laws;
mod main;
mod man;
mod merge;
mod plan;
mod predict;
mod progress;
mod reference;
mod report;
mod reproduce;
mod run;
mod runs;
mod schema;
mod show;
mod submit;
mod tables;
mod terminal;
mod time;
mod verdict_format;
mod versions;

use self::exit::Failure;
pub use self::{exit::Exit, main::main};
