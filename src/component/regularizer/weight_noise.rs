use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Regularizer, matrices};
use crate::component::parameter::Role;

/// Noise on the weights while they are trained.
///
/// # Definition
///
/// At each update the network runs forward and backward with W + ε in place of W, ε from the normal distribution of mean 0 and
/// standard deviation `deviation`, drawn anew for each weight and update and the same for all sequences and steps of the batch, in
/// the parameters whose role `on` lists. What is updated is W, by the gradient at W + ε; validation, test and probes see W.
/// Of a parametrized matrix it is the matrix that is disturbed, and its property does not hold while it is.
///
/// # Why it is here
///
/// Asks for weights whose neighbours do as well: flat minima, and in a recurrent matrix gains that do not have to be exact.
///
/// # Example
///
/// ```yaml
/// regularizers: [{kind: weight-noise, deviation: 0.075}]
/// ```
///
/// # References
///
/// Jim, Giles, Horne 1996, An analysis of noise in recurrent neural networks; Graves 2011, Practical variational inference for
/// neural networks; Graves, Mohamed, Hinton 2013 (arXiv:1303.5778v1), §4, with 0.075, once per sequence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct WeightNoise {
    /// The standard deviation.
    #[schemars(range(max = 1e6), extend("exclusiveMinimum" = 0.0))]
    pub deviation: f64,
    /// The roles of the disturbed parameters: all matrices if not given.
    #[schemars(length(min = 1))]
    pub on: Vec<Role>,
}

impl Default for WeightNoise {
    fn default() -> Self {
        Self { deviation: 0.075, on: matrices() }
    }
}

impl Regularizer for WeightNoise {
    fn roles(&self) -> &[Role] {
        &self.on
    }

    fn noise(&self) -> Option<f64> {
        Some(self.deviation)
    }
}
