//! Matrices of units with few links.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::seed::Draws;

/// The links of a unit that are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Links {
    /// Links from the unit to others: a column.
    #[default]
    Outgoing,
    /// Links from others to the unit: a row.
    Incoming,
}

/// Fills `values` \[size, size\] with standard normal numbers in `count` places of each column or row, 0 elsewhere.
pub(super) fn fill_sparse(links: Links, count: usize, size: usize, draws: &mut Draws, values: &mut [f64]) {
    values.fill(0.0);
    for unit in 0..size {
        for other in draws.permutation(size).into_iter().take(count) {
            let (row, column) = match links {
                Links::Outgoing => (other, unit),
                Links::Incoming => (unit, other),
            };
            values[row * size + column] = draws.normal();
        }
    }
}
