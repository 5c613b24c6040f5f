//! Regularizers: penalties on parameters, whose gradients are added to the loss's before clipping.

mod l1;
mod l2;
mod norm_stabilizer;
mod pascanu_omega;

use std::ops::Range;

pub use self::{
    l1::L1,
    l2::L2,
    norm_stabilizer::NormStabilizer,
    pascanu_omega::{PascanuOmega, Ratio},
};
use crate::{
    graph::{Backflow, Crossing, Expr, StepPenalties, Unary, derivative},
    model::{self, Parameter, Role},
    registry,
};

/// A penalty, written in the notation of graphs; its derivative follows from that. It is a sum over parameters of a function of
/// each number, or an average over steps and sequences of a function of the states or of their gradients. The losses that are
/// reported are the task's, without it.
pub trait Regularizer: std::fmt::Debug {
    /// The roles of the parameters that it is for: none if it is not on parameters.
    fn roles(&self) -> &[Role] {
        &[]
    }

    /// What each number adds to the loss.
    fn penalty<'g>(&self, parameter: Expr<'g>) -> Expr<'g> {
        parameter * 0.0
    }

    /// What the states of a layer add at a step of a sequence, one unit.
    fn of_states<'g>(&self, states: &[Crossing<'g>]) -> Option<Expr<'g>> {
        let _ = states;
        None
    }

    /// What the gradients by the states of a layer add at a step of a sequence, one unit.
    fn of_gradients<'g>(&self, states: &[Backflow<'g>]) -> Option<Expr<'g>> {
        let _ = states;
        None
    }

    /// Whether it is on what happens at a step: only the fused engine, which walks back step by step itself, has that.
    fn on_steps(&self) -> bool {
        false
    }
}

/// Those of some regularizers that penalize what happens at a step.
#[derive(Clone, Copy, Debug)]
pub struct OfSteps<'r>(pub &'r [RegularizerSpec]);

impl StepPenalties for OfSteps<'_> {
    fn of_states<'g>(&self, states: &[Crossing<'g>]) -> Option<Expr<'g>> {
        let penalties = self.0.iter().filter_map(|regularizer| regularizer.of_states(states));
        penalties.reduce(|sum, penalty| sum + penalty)
    }

    fn of_gradients<'g>(&self, states: &[Backflow<'g>]) -> Option<Expr<'g>> {
        let penalties = self.0.iter().filter_map(|regularizer| regularizer.of_gradients(states));
        penalties.reduce(|sum, penalty| sum + penalty)
    }
}

/// The sum of the squares of some vectors' units, one unit; none if there are no vectors.
fn sum_of_squares<'g>(vectors: impl Iterator<Item = Expr<'g>>) -> Option<Expr<'g>> {
    vectors.map(|vector| vector.unary(Unary::Square).sum()).reduce(|sum, squares| sum + squares)
}

registry! {
    /// A penalty on parameters that is minimized together with the loss.
    pub enum RegularizerSpec: Regularizer {
        "l2" => L2(L2),
        "l1" => L1(L1),
        "norm-stabilizer" => NormStabilizer(NormStabilizer),
        "pascanu-omega" => PascanuOmega(PascanuOmega),
    }
}

impl RegularizerSpec {
    /// Where the numbers that it is for lie in the flat buffer of `layout`.
    pub fn ranges(&self, layout: &[Parameter]) -> Vec<Range<usize>> {
        model::ranges(layout, |parameter| self.roles().contains(&parameter.role))
    }

    /// The gradient with the penalty's added.
    pub fn add_to<'g>(&self, parameter: Expr<'g>, gradient: Expr<'g>) -> Expr<'g> {
        gradient + derivative(self.penalty(parameter), parameter)
    }
}

/// All matrices: penalties on biases are rarely meant.
fn matrices() -> Vec<Role> {
    vec![Role::Input, Role::Recurrent, Role::Readout]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{Isa, Number},
        program::Vectors,
    };

    /// (Σ of penalties of each, 1 + its derivative).
    fn evaluate<E: Number>(isa: Isa, regularizer: &RegularizerSpec, parameters: &[E]) -> (Vec<E>, Vec<E>) {
        let mut vectors = Vectors::new(isa, 3, parameters.len());
        vectors.get_mut(0).copy_from_slice(parameters);
        vectors.get_mut(1).fill(E::ONE);
        let whole = 0..parameters.len();
        vectors.apply(&[whole], |v| vec![(1, regularizer.add_to(v[0], v[1])), (2, regularizer.penalty(v[0]))]);
        (vectors.get(2).to_vec(), vectors.get(1).to_vec())
    }

    /// Those on steps are tested where steps are run.
    fn on_parameters() -> impl Iterator<Item = RegularizerSpec> {
        RegularizerSpec::all().into_iter().filter(|regularizer| !regularizer.on_steps())
    }

    #[test]
    fn gradients_are_those_of_the_penalty() {
        let parameters = [-3.0, -0.7, -1e-3, 1e-3, 0.2, 5.0f64];
        for regularizer in on_parameters() {
            let step = 1e-6;
            let moved = |by: f64| evaluate(Isa::Portable, &regularizer, &parameters.map(|p| p + by)).0;
            let (above, below) = (moved(step), moved(-step));
            let (penalties, gradient) = evaluate(Isa::Portable, &regularizer, &parameters);
            assert!(penalties.iter().all(|penalty| *penalty > 0.0), "{}", regularizer.kind());
            for (k, got) in gradient.into_iter().enumerate() {
                let wanted = 1.0 + (above[k] - below[k]) / (2.0 * step);
                assert!(
                    (got - wanted).abs() <= 1e-8,
                    "{} at {}: {got} for {wanted}",
                    regularizer.kind(),
                    parameters[k]
                );
            }
        }
    }

    #[test]
    fn zero_stays_zero_and_nan_is_not_hidden() {
        for regularizer in on_parameters() {
            let (_, gradient) = evaluate(Isa::Portable, &regularizer, &[0.0f32]);
            assert_eq!(gradient, [1.0], "{}", regularizer.kind());
        }
    }

    #[test]
    fn instruction_sets_agree_to_the_bit() {
        let parameters: Vec<f32> = (0..333).map(|k| libm::tanf(k as f32) * 7.0).collect();
        for regularizer in on_parameters() {
            let wanted = evaluate(Isa::Portable, &regularizer, &parameters);
            for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
                assert_eq!(evaluate(isa, &regularizer, &parameters), wanted, "{} by {isa:?}", regularizer.kind());
            }
        }
    }
}
