use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape};
use crate::seed::Draws;

/// All zeros.
///
/// # Definition
///
/// Every entry is 0.
///
/// # Why it is here
///
/// The usual bias.
///
/// # Example
///
/// ```yaml
/// init: {bias: zeros}
/// ```
///
/// # References
///
/// Glorot, Bengio 2010, §2.3.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Zeros {}

impl Initializer for Zeros {
    fn fill(&self, _: Shape, _: &mut Draws, values: &mut [f64]) {
        values.fill(0.0);
    }

    fn property(&self, _: Shape) -> Property {
        Property::Diagonal { on: 0.0, off: 0.0 }
    }
}
