//! Stored results for readers: tables, figures, the report, and the pages of what is registered.

pub mod figure;
mod number;
pub mod reference;
pub mod report;
mod stylesheet;
pub mod table;
mod typeface;
