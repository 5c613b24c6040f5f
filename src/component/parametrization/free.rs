use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Entries, Parametrization, Raw, Tensor};
use crate::compute::matrix::Matrix;

/// A matrix that is trained itself.
///
/// # Definition
///
/// W = A for raw parameters A [n, n].
///
/// # Why it is here
///
/// The control in a sweep over parametrizations. A trial with it is the same trial as one without a parametrization.
///
/// # Example
///
/// ```yaml
/// sweep: [{kind: grid, over: {parametrize.recurrent: [free, orthogonal-cayley]}}]
/// ```
///
/// # References
///
/// None: it is what every network does unless something else is said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Free {}

impl Parametrization for Free {
    fn tensors(&self, size: usize) -> Vec<Tensor> {
        vec![Tensor { name: "", rows: size, columns: size, entries: Entries::All, law: None }]
    }

    fn weights<'f>(&self, _: usize, raw: &[Raw<'f>]) -> Matrix<'f> {
        raw[0].matrix()
    }
}
