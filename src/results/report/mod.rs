//! The report of a run, as Markdown and as one self-contained page of HTML.

mod compose;
mod contents;
mod html;
mod inline;
mod markdown;

pub use compose::{ComposeError, Composition, compose};
pub use contents::{Figure, Report, Summary};
