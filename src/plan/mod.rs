//! From a suite to its trials: every arm of the sweep resolved, checked, named and identified.
//!
//! A trial is put together from *sections* (`task`, `model`, `init`, …). Sweeps change sections by path, so each distinct
//! version of a section is resolved, checked and hashed once, and an arm is a handful of indices: a grid of a million
//! trials plans in a second or two.

mod arms;
mod axis;
mod builder;
mod candidates;
mod check;
mod claims;
mod compatible;
mod condition;
mod estimate;
mod inert;
mod label;
mod layers;
mod low_discrepancy;
mod memory;
mod naming;
mod planned;
mod repeats;
mod resolve;
mod same_names;
mod searched;
mod trial_ids;
mod trials;
mod tuning;
mod version;

#[cfg(test)]
mod tests;

pub use self::{
    arms::Arm,
    builder::PlanOptions,
    estimate::{CostEstimate, seconds_per_update},
    searched::Along,
    trial_ids::PlanArms,
    trials::{Plan, TUNING_REPLICATES, Trial},
    tuning::{TrialResult, best, ranking},
};
