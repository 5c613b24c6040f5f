//! The report of a run, as Markdown and as one self-contained page of HTML.

mod compose;
mod contents;
mod curves;
mod experimental_setup;
mod files;
mod html;
mod inline;
mod markdown;

pub use compose::{Composition, Surroundings, TABLES, compose};
pub use contents::{Report, ReportComponent, ReportFigure, ReportTable, Unfinished};
pub use experimental_setup::{ExperimentalSetup, Fact, Part};
