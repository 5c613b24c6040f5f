//! The components of a training: a folder for each kind, a file for each component.
//!
//! [`registry`] makes a kind of a list; [`parameter`] is what several kinds say something about: a trained tensor.

pub mod activation;
pub mod algorithm;
pub mod bptt;
pub mod cell;
pub mod clip;
pub mod constraint;
pub mod curriculum;
pub mod init;
pub mod misfit;
pub mod modifier;
pub mod optim;
pub mod parameter;
pub mod parametrization;
pub mod probe;
pub mod registry;
pub mod regularizer;
pub mod schedule;
pub mod task;
