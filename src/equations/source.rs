//! Equations as a suite holds them.

use std::collections::BTreeMap;

use super::functions::Functions;

/// The most vectors that a text may make.
pub const MAX_NODES: usize = 2048;

/// The equations of a cell.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The statements.
    pub step: &'a str,
    /// The output.
    pub output: &'a str,
    /// Numbers by name.
    pub constants: &'a BTreeMap<String, f64>,
    /// The widths of states that have not `hidden` units.
    pub states: &'a BTreeMap<String, usize>,
    /// Pointwise functions that may be called.
    pub functions: &'a dyn Functions,
}

/// One function of a vector, unit by unit.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    /// Statements and the value behind them.
    pub of: &'a str,
    /// Numbers by name.
    pub constants: &'a BTreeMap<String, f64>,
    /// Pointwise functions that may be called.
    pub functions: &'a dyn Functions,
}
