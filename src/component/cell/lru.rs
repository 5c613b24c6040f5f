use std::f64::consts::TAU;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cell, CellBuilder, Misfit, complex::Complex};
use crate::{
    component::{
        activation::{ActivationSpec, Relu},
        init::{InitializerSpec, RingPhase, RingRadius},
    },
    graph::{Relation, Unary, select},
};

/// Linear recurrent unit: a diagonal complex recurrence, with the nonlinearity behind it.
///
/// # Definition
///
/// With n = `hidden` complex units, whose real and imaginary parts are the two halves of the state `h` \[2n\]:
///
/// h_t = λ ⊙ h_{t−1} + γ ⊙ (B·x_t), λ = exp(−e^ν + i·e^θ), γ = √(1 − |λ|²), y_t = f(Re(C·h_t) + D·x_t).
///
/// Parameters: `nu_h` = ν, `theta_h` = θ \[n\], `w_xh` = B \[2n, inputs\], `w_hy` = (Re C, −Im C) \[hidden, 2n\], `w_xy` = D
/// \[hidden, inputs\]; h_0 = 0; the output is y_t \[hidden\]. Unless `init.parameters` names them, λ starts uniform on the ring
/// min-radius < |λ| ≤ max-radius with phases up to max-phase: the initializers `ring-radius` and `ring-phase`. 1e-8 is added
/// under the root, and 1 − |λ|² is −expm1(−2e^ν): γ and its gradient are finite for every ν.
///
/// # Why it is here
///
/// Nothing but |λ| decides how far back it remembers, and |λ| < 1 whatever is trained: vanishing without a nonlinearity.
///
/// # Example
///
/// ```yaml
/// model: {cell: {kind: lru, min-radius: 0.9, max-radius: 0.999}, hidden: 64, layers: 2}
/// ```
///
/// # References
///
/// Orvieto, Smith, Gu, Fernando, Gulcehre, Pascanu, De 2023, Resurrecting recurrent neural networks for long sequences
/// (arXiv:2303.06349v1), section 3. There γ starts so and is trained on its own, D is a diagonal, and the output passes through a
/// GELU and a gated linear unit into a residual; here it is f, and the modifier `depth-residual` makes the residual. Defaults of the
/// ring as in NicolasZucchet/minimal-LRU.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Lru {
    /// f, the activation.
    pub activation: ActivationSpec,
    /// The inner radius of the ring in which eigenvalues start.
    #[schemars(range(min = 0.0), extend("exclusiveMaximum" = 1.0))]
    pub min_radius: f64,
    /// The outer radius of the ring in which eigenvalues start.
    #[schemars(range(max = 1.0), extend("exclusiveMinimum" = 0.0))]
    pub max_radius: f64,
    /// The largest initial phase of an eigenvalue.
    #[schemars(range(max = TAU), extend("exclusiveMinimum" = 0.0))]
    pub max_phase: f64,
}

impl Default for Lru {
    fn default() -> Self {
        Self { activation: ActivationSpec::Relu(Relu {}), min_radius: 0.0, max_radius: 1.0, max_phase: TAU }
    }
}

/// The largest ν that makes a difference, and more.
const LARGEST: f64 = 80.0;

impl Cell for Lru {
    fn step(&self, graph: &CellBuilder) {
        let n = graph.hidden();
        let (x, h) = (graph.input(), graph.state_of("h", 2 * n));
        let (nu, theta) = (graph.diagonal("nu_h"), graph.diagonal("theta_h"));
        graph.start("nu_h", InitializerSpec::RingRadius(RingRadius { min: self.min_radius, max: self.max_radius }));
        graph.start("theta_h", InitializerSpec::RingPhase(RingPhase { max: self.max_phase }));
        // From e⁵ on exp(−rate) is 0 in f32. An infinite rate would make the gradient 0·∞.
        let rate = select(nu, Relation::LessOrEqual, LARGEST, nu, nu.constant(LARGEST)).exp();
        let lambda = Complex::phase(theta.exp()).scaled((-rate).exp());
        let gamma = (1e-8 - (rate * -2.0).exp_m1()).unary(Unary::Sqrt);
        let driven = Complex::halves(x.linear_to("w_xh", 2 * n)).scaled(gamma);
        let h = graph.next("h", Complex::halves(h).times(lambda).plus(driven).joined());
        graph.output(self.activation.apply(h.linear("w_hy") + x.linear("w_xy")));
    }

    fn activations(&self) -> Vec<&ActivationSpec> {
        vec![&self.activation]
    }

    fn misfit(&self, _: usize, _: usize) -> Option<Misfit> {
        (self.min_radius >= self.max_radius).then(|| Misfit {
            setting: vec!["min-radius".to_owned()],
            message: format!("the ring from {} to {} is empty", self.min_radius, self.max_radius),
            help: "keep `min-radius` below `max-radius`".to_owned(),
        })
    }
}
