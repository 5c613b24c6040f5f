//! From a suite to its trials: every arm of the sweep resolved, checked, named and identified.
//!
//! A trial is put together from *sections* (`task`, `model`, `init`, …). Sweeps change sections by path, so each distinct
//! version of a section is resolved, checked and hashed once, and an arm is a handful of indices: a grid of a million
//! trials plans in a second or two.

mod arm;
mod axis;
mod compatible;
mod estimate;
mod label;
mod low_discrepancy;
mod memory;
mod section;
mod select;
mod tuning;

pub use self::{
    arm::{Arm, Plan, PlanOptions, TUNING_REPLICATES, Trial},
    estimate::{Estimate, seconds_per_update},
    label::{LABEL, Setting},
    section::{Section, Sections},
    tuning::{Outcome, best},
};
