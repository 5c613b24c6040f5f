//! From a text of YAML to its values and their places, in one pass.

mod convert;
mod fault;
mod scan;
mod tree;
mod within;

#[cfg(test)]
mod tests;

pub(super) use convert::convert;
#[cfg(test)]
pub(super) use scan::scan;
pub(super) use scan::scan_within;
pub use scan::{MAX_TEXT, MAX_VALUES};
pub use tree::MAX_DEPTH;
pub(super) use tree::Tree;
pub(super) use within::place_within;
