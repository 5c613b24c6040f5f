//! The program as its users meet it: through the real binary.

mod audit;
mod claims;
mod compare;
mod completions;
mod components;
mod damage;
mod dataset;
mod engines;
#[cfg(target_os = "linux")]
mod faults;
mod interruption;
mod man;
mod memory;
mod mistakes;
mod profiles;
mod program;
mod readme;
mod remedies;
mod reproduce;
mod reproducibility;
mod results;
mod scale;
mod shards;
mod tuning;
