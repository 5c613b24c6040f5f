use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape, fill_normal};
use crate::seed::Draws;

/// Standard normal: mean 0, variance 1.
///
/// # Definition
///
/// Independent entries from N(0, 1), whatever the width.
///
/// # Why it is here
///
/// The start of naive textbook code. The spectral radius is near √n, so a recurrent matrix of 64 units stretches by 8 each
/// step: tanh saturates, ReLU overflows.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: standard-normal}
/// ```
///
/// # References
///
/// Girko's circular law for the radius; see also Chatziafratis et al. 2022 on chaos at initialization.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct StandardNormal {}

impl Initializer for StandardNormal {
    fn fill(&self, _: Shape, draws: &mut Draws, values: &mut [f64]) {
        fill_normal(1.0, draws, values);
    }

    fn property(&self, _: Shape) -> Property {
        Property::Variance(1.0)
    }
}
