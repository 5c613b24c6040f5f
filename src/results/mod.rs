//! Stored results for readers: tables, figures, the report, and the pages of what is registered.

mod circumstances;
pub mod claim;
pub mod comparison;
mod doubts;
pub mod figure;
mod junit;
mod number;
pub mod reach;
pub mod reference;
pub mod report;
mod stylesheet;
pub mod table;
pub mod tuning;
mod typeface;

pub use self::{
    circumstances::Circumstances,
    doubts::{Doubt, doubts},
    junit::JUNIT,
};
