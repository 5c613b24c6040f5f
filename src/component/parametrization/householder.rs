use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Entries, Misfit, Parametrization, Raw, Tensor};
use crate::{
    component::init::{InitializerSpec, Normal},
    compute::matrix::Matrix,
};

/// An orthogonal matrix, as a product of reflections.
///
/// # Definition
///
/// W = H₁·H₂⋯H_k with Hᵢ = I − 2·uᵢ·uᵢᵀ/‖uᵢ‖² and k = `reflections`, n if not given. The first i − 1 entries of uᵢ are zero, the
/// others are raw parameters: the entries on and above the diagonal of `reflections` [k, n], whose rows are the u, drawn from
/// N(0, 1/n). Their lengths have no influence; a u that is zero gives NaN. With R = \[u₁ … u_k\]ᵀ and M the part of R·Rᵀ above the
/// diagonal with half of it on the diagonal, W = I − Rᵀ·M⁻¹·R, which is how it is computed (the compact WY form), in single
/// precision, followed by two steps of Newton and Schulz towards the orthogonal matrices.
///
/// # Why it is here
///
/// With few reflections an orthogonal matrix costs few parameters; with n of them it can be any (of determinant (−1)ⁿ).
///
/// # Example
///
/// ```yaml
/// model: {hidden: 128}
/// parametrize: {recurrent: {kind: householder, reflections: 16}}
/// ```
///
/// # References
///
/// Mhammedi, Hellicar, Rahman, Bailey 2017 (arXiv:1612.00188), oRNN, equations (3) to (6); there the u have length 1, and the last
/// of n is a sign. Joffrain, Low, Quintana-Ortí, van de Geijn 2006 for M.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Householder {
    /// k, the number of reflections; as many as there are units if not given.
    #[schemars(range(min = 1, max = 65536))]
    pub reflections: Option<usize>,
}

impl Parametrization for Householder {
    fn tensors(&self, size: usize) -> Vec<Tensor> {
        let rows = self.reflections.unwrap_or(size).min(size);
        let law = InitializerSpec::Normal(Normal { gain: Some(1.0), ..Normal::default() });
        vec![Tensor { name: "reflections", rows, columns: size, entries: Entries::Upper(0), law: Some(law) }]
    }

    fn weights<'f>(&self, _: usize, raw: &[Raw<'f>]) -> Matrix<'f> {
        let r = raw[0].matrix();
        let m = (r * r.transposed()).triangles(1.0, 0.5, 0.0);
        // Twice, for M is far from singular only where the u are far from parallel.
        (-1.0 * (r.transposed() * (m.inverse() * r))).plus_identity(1.0).reorthogonalized().reorthogonalized()
    }

    fn misfit(&self, size: usize) -> Option<Misfit> {
        let reflections = self.reflections.filter(|&reflections| reflections > size)?;
        let message = format!("{reflections} reflections of {size} units");
        Some(Misfit::new(message, format!("give {size} or fewer `reflections`")))
    }
}
