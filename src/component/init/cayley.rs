use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Initializer, Property, Shape, pairs::fill_skew};
use crate::seed::Draws;

/// Raw parameters of a scaled Cayley transform: small rotations of pairs of units.
///
/// # Definition
///
/// For s_k from U\[0, π/2\], one for each pair of units 2k, 2k + 1, and t_k = −√((1 − cos s_k)/(1 + cos s_k)) = −tan(s_k/2): A has t_k in
/// row 2k and column 2k + 1, else 0. The Cayley transform (I + S)⁻¹(I − S) of S = A − Aᵀ rotates each pair by s_k.
///
/// # Why it is here
///
/// The start of the scoRNN: an orthogonal matrix with eigenvalues of real part above 0, to which the scaling by −1 in its D adds
/// the others.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: cayley}
/// parametrize: {recurrent: orthogonal-cayley}
/// ```
///
/// # References
///
/// Helfrich, Willmott, Ye 2018 (arXiv:1707.09520v3), §4.1; Lezcano-Casado, Martínez-Rubio 2019 (arXiv:1901.08428v3), official code,
/// `cayley_init_`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Cayley {}

impl Initializer for Cayley {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        fill_skew(shape.rows, values, || {
            let cosine = libm::cos(draws.between(0.0, std::f64::consts::FRAC_PI_2));
            -libm::sqrt((1.0 - cosine) / (1.0 + cosine))
        });
    }

    fn property(&self, _: Shape) -> Property {
        Property::Pairs { low: -1.0, high: 0.0 }
    }

    fn fits_vectors(&self) -> bool {
        false
    }

    fn needs_square(&self) -> bool {
        true
    }
}
