use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape, fill_uniform};
use crate::seed::Draws;

/// He (Kaiming) uniform.
///
/// # Definition
///
/// Uniform on ±√(6 / fan_in); variance 2 / fan_in.
///
/// # Why it is here
///
/// Glorot's argument for ReLU, which halves the variance of what passes.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: he-uniform}
/// ```
///
/// # References
///
/// He, Zhang, Ren, Sun 2015 (arXiv:1502.01852v1), eq. 10.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct HeUniform {}

impl Initializer for HeUniform {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        fill_uniform(variance(shape), draws, values);
    }

    fn property(&self, shape: Shape) -> Property {
        Property::Variance(variance(shape))
    }
}

fn variance(shape: Shape) -> f64 {
    2.0 / shape.fan_in as f64
}
