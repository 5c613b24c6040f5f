use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape, fill_uniform};
use crate::seed::Draws;

/// LeCun uniform.
///
/// # Definition
///
/// Uniform on ±√(3 / fan_in); variance 1 / fan_in.
///
/// # Why it is here
///
/// The rule that Glorot and He start from: a unit's input has the variance of its inputs, if those are independent. It is the default
/// of dense layers in JAX.
///
/// # Example
///
/// ```yaml
/// init: {input: lecun-uniform}
/// ```
///
/// # References
///
/// LeCun, Bottou, Orr, Müller 1998, Efficient BackProp, eq. 16.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct LecunUniform {}

impl Initializer for LecunUniform {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        fill_uniform(variance(shape), draws, values);
    }

    fn property(&self, shape: Shape) -> Property {
        Property::Variance(variance(shape))
    }
}

fn variance(shape: Shape) -> f64 {
    1.0 / shape.fan_in as f64
}
