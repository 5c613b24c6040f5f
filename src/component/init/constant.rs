use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape};
use crate::seed::Draws;

/// One number everywhere.
///
/// # Definition
///
/// Every entry is `value`.
///
/// # Why it is here
///
/// Biases of gates: a forget gate that starts at σ(1) = 0.73 or σ(4) = 0.98 in place of 0.5; so does the update gate `b_u` of a GRU,
/// by which it keeps its state. Input gates that start closed are −1 or less; for other numbers in other units there is `ramp`.
///
/// # Example
///
/// ```yaml
/// model: {cell: lstm}
/// init: {parameters: {b_f: {kind: constant, value: 1.0}}}
/// ```
///
/// # References
///
/// Gers, Schmidhuber, Cummins 2000; Jozefowicz, Zaremba, Sutskever 2015, An empirical exploration of recurrent network
/// architectures, for the forget bias of 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Constant {
    /// The value of every entry.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub value: f64,
}

impl Initializer for Constant {
    fn fill(&self, _: Shape, _: &mut Draws, values: &mut [f64]) {
        values.fill(self.value);
    }

    fn property(&self, _: Shape) -> Property {
        Property::Diagonal { on: self.value, off: self.value }
    }
}
