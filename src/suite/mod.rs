//! Suite files: YAML read into typed values, with every mistake named at its line and column.
//!
//! The Rust types are the one description. Their JSON schema (by schemars) is compiled into a [`Schema`], and everything
//! else follows from it:
//!
//! | step | by |
//! |---|---|
//! | text → tree of values, hostile or ambiguous YAML refused | [`Document::parse`] |
//! | `relu` → `{kind: relu}`, `1e3` → `1000` where a whole number belongs | [`Schema::normalize`] |
//! | every mistake, with the nearest valid key and the list of valid ones | [`Schema::check`] |
//! | path → line and column | [`Document::position`] |
//! | tree → `T` | [`Document::load`], [`validate`], [`from_value`] |
//! | `every` among swept values → each registered component | [`Schema::with_every`] |
//! | a path as written → the path that is meant | [`Schema::understood`] |
//! | `--set path=value` | [`Setting`], [`Path::set`] |
//! | the settings that make a trial what it is | [`Schema::non_defaults`] |
//! | completion and hints in editors | [`editor_schema`] |
//! | `T` → text | [`to_yaml`] |

mod check;
mod choose;
mod compile;
mod derived;
mod document;
mod edit;
mod editor;
mod every;
mod expectation;
mod file;
mod identity;
mod load;
mod non_default;
mod normalize;
mod pages;
mod path;
mod places;
mod position;
mod problem;
mod prune;
mod range;
mod reach;
mod schema;
mod section;
mod setting;
mod settings;
mod tuned_values;
mod typed;
mod vocabulary;
mod wording;
mod write;
mod yaml;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use derived::{Derived, DerivedNumber, may_derive, number_at};
pub use document::{Document, MAX_BYTES};
pub use editor::editor_schema;
pub use file::{
    Artifact, Lists, MAX_REPLICATES, Points, SUITE_VERSION, Section, SectionValues, Sections, Select, SuiteFile,
    SweepSpec, TuneSpec,
};
pub use load::Suite;
pub use pages::pages;
pub use path::{Path, PathError, Segment};
pub use position::Position;
pub use problem::{At, Located, MAX_PROBLEMS, Problem, Problems};
pub use range::Range;
pub use reach::{BudgetPerStep, ReachSpec};
pub use schema::Schema;
pub use setting::Setting;
pub use tuned_values::TunedValues;
pub use typed::{from_value, validate};
pub use vocabulary::{former_kind, meanings};
pub use wording::{hint, intended};
pub use write::to_yaml;
pub use yaml::{MAX_DEPTH, MAX_TEXT, MAX_VALUES};
