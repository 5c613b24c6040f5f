use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape, fill_normal};
use crate::seed::Draws;

/// He (Kaiming) normal.
///
/// # Definition
///
/// Normal with mean 0; variance 2 / fan_in.
///
/// # Why it is here
///
/// Glorot's argument for ReLU, which halves the variance of what passes.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: he-normal}
/// ```
///
/// # References
///
/// He, Zhang, Ren, Sun 2015 (arXiv:1502.01852v1), eq. 10.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct HeNormal {}

impl Initializer for HeNormal {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        fill_normal(libm::sqrt(variance(shape)), draws, values);
    }

    fn property(&self, shape: Shape) -> Property {
        Property::Variance(variance(shape))
    }
}

fn variance(shape: Shape) -> f64 {
    2.0 / shape.fan_in as f64
}
