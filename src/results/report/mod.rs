//! The report of a run, as Markdown and as one self-contained page of HTML.

mod contents;
mod html;
mod inline;
mod markdown;
mod page;

pub use contents::{Figure, Report, Summary};
pub(crate) use page::STYLE;
