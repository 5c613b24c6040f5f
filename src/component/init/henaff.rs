use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Initializer, Property, Shape,
    pairs::{fill_rotations, fill_skew},
};
use crate::seed::Draws;

/// Rotations of pairs of units by random angles.
///
/// # Definition
///
/// For angles θ_k from U(−π, π), one for each pair of units 2k, 2k + 1, with S_k = \[\[0, θ_k\], \[−θ_k, 0\]\] as the blocks of a
/// block-diagonal matrix S:
///
/// - `form: orthogonal`: W = exp(S), with blocks \[\[cos θ_k, sin θ_k\], \[−sin θ_k, cos θ_k\]\]; a unit without a partner has 1;
/// - `form: skew`: A with A − Aᵀ = S, that is θ_k in row 2k and column 2k + 1, else 0, for parametrizations that make an orthogonal
///   matrix of A − Aᵀ.
///
/// # Why it is here
///
/// An orthogonal matrix whose eigenvalues are spread evenly over the circle, so that it holds what came in at many rhythms. It is
/// what solved copy tasks with linear networks, and the start of expRNN.
///
/// # Example
///
/// ```yaml
/// init: {recurrent: {kind: henaff, form: orthogonal}}
/// ```
///
/// # References
///
/// Henaff, Szlam, LeCun 2016 (arXiv:1602.06662v2); Lezcano-Casado, Martínez-Rubio 2019 (arXiv:1901.08428v3), official code,
/// `henaff_init_`, an older version of which draws θ from U(−π, 0): the same spectrum.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Henaff {
    /// The matrix that is filled: the orthogonal one, or raw parameters of it.
    pub form: Form,
}

/// The matrix that is filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// The orthogonal matrix.
    #[default]
    Orthogonal,
    /// Raw parameters A, of which A − Aᵀ is the antisymmetric one.
    Skew,
}

impl Initializer for Henaff {
    fn fill(&self, shape: Shape, draws: &mut Draws, values: &mut [f64]) {
        use std::f64::consts::PI;
        match self.form {
            Form::Skew => fill_skew(shape.rows, values, || draws.between(-PI, PI)),
            Form::Orthogonal => fill_rotations(shape.rows, values, || draws.between(-PI, PI)),
        }
    }

    fn property(&self, _: Shape) -> Property {
        match self.form {
            Form::Orthogonal => Property::Orthogonal { gain: 1.0 },
            Form::Skew => Property::Pairs { low: -std::f64::consts::PI, high: std::f64::consts::PI },
        }
    }

    fn fits_vectors(&self) -> bool {
        false
    }

    fn needs_square(&self) -> bool {
        true
    }
}
