//! The stored trials of the current plan, beside the arms they belong to, and how a
//! table is shown.
//!
//! A [`Table`] is ready to be shown; [`Format`] says how. Numbers are rounded for readers (text, Markdown, HTML,
//! LaTeX) and exact for programs (CSV, JSON).

mod cell;
mod content;
mod csv;
mod curves;
mod error;
mod filter;
mod format;
mod frame;
mod gather;
mod generalization;
mod gradient_flow;
mod html;
mod json;
mod latex;
mod markdown;
mod own_label;
mod part;
mod pivot;
mod plan_columns;
mod records;
mod results;
mod setting;
mod stream;
mod summary;
mod text;
mod trials;
mod view;
mod whole_words;

pub use super::number::significant;
pub(super) use cell::INFINITY;
pub use cell::{Cell, Infinite};
pub use content::{Align, Column, Table};
pub use curves::{CURVES_ABOUT, CURVES_COLUMNS, curves};
pub use error::TableError;
pub use filter::select;
pub use format::Format;
pub use generalization::{GENERALIZATION_ABOUT, GENERALIZATION_COLUMNS, Tested, generalization};
pub use gradient_flow::{gradient_flow, gradient_reach};
pub use html::{html, html_of};
pub use json::json;
pub use latex::latex;
pub use markdown::markdown;
pub use pivot::pivot;
pub use plan_columns::{add_plan, plan_columns};
pub use results::{Arm, ArmResults, Lengths, MEDIAN_UPDATES, Probed, Results, Target, TrialResults};
pub use setting::{LABEL, LabelPart, Setting, join, speaks_for_itself};
pub use stream::{TableWriter, WriteError};
pub use summary::{SUMMARY_ABOUT, SUMMARY_COLUMNS, summary};
pub use text::text;
pub use trials::trials;
pub use view::{SortKey, View};

pub use self::csv::csv;
pub use crate::text::{Comparison, Condition, ConditionError};
