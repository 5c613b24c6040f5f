use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Entries, Misfit, Parametrization, Raw, Tensor};
use crate::compute::matrix::{Entry, Matrix};

/// A complex matrix, in real blocks.
///
/// # Definition
///
/// W = \[\[A, −B\], \[B, A\]\] for raw parameters `re` A and `im` B [n/2, n/2], each drawn as `init` draws a matrix of that shape: the
/// first half of the state is the real part of n/2 complex numbers, the second half the imaginary part, and W·h is their product
/// with A + iB. n is even. ∂L/∂A and ∂L/∂B add up the gradients of the blocks that they are in.
///
/// # Why it is here
///
/// The matrices of unitary and other complex recurrences, for any cell with half the parameters of a free matrix.
///
/// # Example
///
/// ```yaml
/// parametrize: {recurrent: complex}
/// ```
///
/// # References
///
/// Arjovsky, Shah, Bengio 2016 (arXiv:1511.06464), section 4.1, who compute with complex states in this way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Complex {}

impl Parametrization for Complex {
    fn tensors(&self, size: usize) -> Vec<Tensor> {
        let half = size / 2;
        let tensor = |name| Tensor { name, rows: half, columns: half, entries: Entries::All, law: None };
        vec![tensor("re"), tensor("im")]
    }

    fn weights<'f>(&self, size: usize, raw: &[Raw<'f>]) -> Matrix<'f> {
        let [re, im] = raw else { unreachable!("two tensors") };
        let half = size / 2;
        // A block's first row and column, and its sign.
        let blocks = |places: [(usize, usize, f64); 2]| {
            let entries = (0..half * half).flat_map(|from| {
                let (row, column) = (from / half, from % half);
                places.map(|(top, left, factor)| Entry { from, row: top + row, column: left + column, factor })
            });
            entries.collect()
        };
        re.numbers().scattered(size, size, blocks([(0, 0, 1.0), (half, half, 1.0)]))
            + im.numbers().scattered(size, size, blocks([(0, half, -1.0), (half, 0, 1.0)]))
    }

    fn misfit(&self, size: usize) -> Option<Misfit> {
        let message = format!("complex numbers are pairs, and {size} is odd");
        (!size.is_multiple_of(2)).then(|| Misfit::new(message, "take an even number of units"))
    }
}
