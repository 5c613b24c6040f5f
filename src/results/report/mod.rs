//! The report of a run, as Markdown and as one self-contained page of HTML.

mod compose;
mod contents;
mod files;
mod html;
mod inline;
mod markdown;

pub use compose::{Composition, compose};
pub use contents::{Report, ReportFigure, ReportTable};
