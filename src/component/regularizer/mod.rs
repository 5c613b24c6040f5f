//! Regularizers: penalties on parameters, whose gradients are added to the loss's before clipping.

mod distance;
mod l1;
mod l2;
mod norm_stabilizer;
mod orthogonality;
mod pascanu_omega;
mod spectral;
mod weight_noise;

use std::ops::Range;

pub use self::{
    distance::Distance,
    l1::L1,
    l2::L2,
    norm_stabilizer::NormStabilizer,
    orthogonality::Orthogonality,
    pascanu_omega::{PascanuOmega, Ratio},
    spectral::Spectral,
    weight_noise::WeightNoise,
};
use crate::{
    component::{
        optim::gradient_transform,
        parameter::{self, Parameter, Role},
    },
    compute::{
        lower::Transform,
        matrix::{Dense, Workspace},
    },
    graph::{Backflow, Crossing, Expr, StepPenalties, Unary, derivative},
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

    /// The names of the parameters that it is for, besides those of its roles.
    fn parameters(&self) -> &[String] {
        &[]
    }

    /// Its gradient by whole matrices, if it is on these.
    fn on_matrices(&self) -> Option<&dyn OnMatrices> {
        None
    }

    /// The penalty on each number.
    fn penalty<'g>(&self, parameter: Expr<'g>) -> Expr<'g> {
        parameter * 0.0
    }

    /// The penalty on the states of a layer at a step of a sequence, one unit.
    fn of_states<'g>(&self, states: &[Crossing<'g>]) -> Option<Expr<'g>> {
        let _ = states;
        None
    }

    /// The penalty on the gradients by the states of a layer at a step of a sequence, one unit.
    fn of_gradients<'g>(&self, states: &[Backflow<'g>]) -> Option<Expr<'g>> {
        let _ = states;
        None
    }

    /// The standard deviation of noise on the weights of its roles, if that is what it is.
    fn noise(&self) -> Option<f64> {
        None
    }

    /// Whether it is on what happens at a step: only the fused engine, which walks back step by step itself, has that.
    fn on_steps(&self) -> bool {
        false
    }
}

/// A penalty on whole matrices, of the weights as the network computes with them.
pub trait OnMatrices {
    /// The penalty's gradient by `matrix`, in the same workspace.
    fn gradient(&self, workspace: &mut Workspace<f32>, matrix: Dense) -> Dense;
}

/// The penalties of some regularizers on what happens at a step.
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
        "orthogonality" => Orthogonality(Orthogonality),
        "spectral" => Spectral(Spectral),
        "distance" => Distance(Distance),
        "weight-noise" => WeightNoise(WeightNoise),
    }
}

impl RegularizerSpec {
    /// Whether it is for that parameter.
    pub fn is_for(&self, parameter: &Parameter) -> bool {
        self.roles().contains(&parameter.role) || self.parameters().iter().any(|name| parameter.is_called(name))
    }

    /// The ranges of the numbers that it is for in the flat buffer of `layout`.
    pub fn ranges(&self, layout: &[Parameter]) -> Vec<Range<usize>> {
        parameter::ranges(layout, |parameter| self.is_for(parameter))
    }

    /// g ← g + the penalty's gradient.
    pub fn transform(&self) -> Transform<f32, ()> {
        let regularizer = self.clone();
        gradient_transform(move |_, parameter, gradient| regularizer.add_to(parameter, gradient))
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
    use crate::compute::{
        kernel::{Isa, Number},
        lower::Vectors,
    };

    /// (Σ of penalties of each, 1 + its derivative).
    fn evaluate<E: Number>(isa: Isa, regularizer: &RegularizerSpec, parameters: &[E]) -> (Vec<E>, Vec<E>) {
        let mut vectors = Vectors::new(isa, 3, parameters.len());
        vectors.get_mut(0).copy_from_slice(parameters);
        vectors.get_mut(1).fill(E::ONE);
        let whole = 0..parameters.len();
        let regularizer = regularizer.clone();
        let mut both =
            Transform::new(move |_, v| vec![(1, regularizer.add_to(v[0], v[1])), (2, regularizer.penalty(v[0]))]);
        vectors.apply(&mut both, &[whole], ());
        (vectors.get(2).to_vec(), vectors.get(1).to_vec())
    }

    /// The penalties on parameters number by number; penalties on steps are tested where steps are run.
    fn on_parameters() -> impl Iterator<Item = RegularizerSpec> {
        let by_number = |regularizer: &RegularizerSpec| {
            !regularizer.on_steps() && regularizer.on_matrices().is_none() && regularizer.noise().is_none()
        };
        RegularizerSpec::all().into_iter().filter(by_number)
    }

    /// The gradient by a matrix of these numbers.
    fn by_matrix(isa: Isa, regularizer: &RegularizerSpec, rows: usize, columns: usize, numbers: &[f32]) -> Vec<f32> {
        let mut workspace = Workspace::new(isa);
        let matrix = workspace.allocate(rows, columns);
        workspace.set(matrix, numbers);
        let gradient = regularizer.on_matrices().expect("one on matrices").gradient(&mut workspace, matrix);
        let mut found = vec![0.0; numbers.len()];
        workspace.get(gradient, &mut found);
        found
    }

    /// W = U·diag(s)·Vᵀ with U and V of cosines: the gradient is U·diag(d)·Vᵀ with the penalty's derivative by s in place of s.
    #[test]
    fn penalties_on_matrices_are_on_singular_values() {
        let size = 20;
        let basis = |i: usize, k: usize, shift: f64| {
            // The rows of a discrete cosine transform are orthonormal.
            let scale = libm::sqrt(if k == 0 { 1.0 } else { 2.0 } / size as f64);
            let sign = if shift > 0.0 && i.is_multiple_of(3) { -1.0 } else { 1.0 };
            sign * scale * libm::cos(std::f64::consts::PI * (i as f64 + 0.5) * k as f64 / size as f64)
        };
        let singular = |k: usize| 0.02 + 0.15 * k as f64;
        let of = |value: &dyn Fn(f64) -> f64| -> Vec<f64> {
            let entry = |i: usize, j: usize| {
                (0..size).map(|k| basis(i, k, 0.0) * value(singular(k)) * basis(j, (k * 7) % size, 1.0)).sum::<f64>()
            };
            (0..size * size).map(|k| entry(k / size, k % size)).collect()
        };
        let numbers: Vec<f32> = of(&|s| s).into_iter().map(|x| x as f32).collect();
        for regularizer in RegularizerSpec::all().into_iter().filter(|regularizer| regularizer.on_matrices().is_some())
        {
            let wanted = match &regularizer {
                RegularizerSpec::Orthogonality(settings) => of(&|s| 4.0 * settings.weight * s * (s * s - 1.0)),
                RegularizerSpec::Spectral(settings) => of(&|s| 2.0 * settings.weight * (s - 1.0)),
                other => panic!("say what `{}` makes of singular values", other.kind()),
            };
            let got = by_matrix(Isa::Portable, &regularizer, size, size, &numbers);
            let largest = wanted.iter().fold(0.0f64, |largest, x| largest.max(x.abs()));
            for (got, wanted) in got.iter().zip(&wanted) {
                let error = (f64::from(*got) - wanted).abs();
                assert!(error <= 1e-5 * largest, "{}: {got} for {wanted}", regularizer.kind());
            }
            for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
                assert_eq!(
                    by_matrix(isa, &regularizer, size, size, &numbers),
                    got,
                    "{} by {isa:?}",
                    regularizer.kind()
                );
            }
            // A matrix with orthonormal columns, or rows for the one that looks at the shorter side, is left alone.
            let flat: Vec<f32> = (0..3 * size).map(|k| basis(k / 3, k % 3, 0.0) as f32).collect();
            let calm = by_matrix(Isa::Portable, &regularizer, size, 3, &flat);
            assert!(calm.iter().all(|g| g.abs() <= 1e-8), "{}: {calm:?}", regularizer.kind());
            let mut bad = numbers.clone();
            bad[5] = f32::NAN;
            assert!(by_matrix(Isa::Portable, &regularizer, size, size, &bad).iter().any(|g| g.is_nan()));
        }
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
        // The one whose rest is elsewhere is at rest there.
        let at_zero = |regularizer: RegularizerSpec| match regularizer {
            RegularizerSpec::Distance(deviation) => RegularizerSpec::Distance(Distance { from: 0.0, ..deviation }),
            other => other,
        };
        for regularizer in on_parameters().map(at_zero) {
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
