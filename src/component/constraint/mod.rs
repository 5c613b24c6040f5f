//! Retractions: what brings parameters back to where they are allowed to be, after the optimizer's step.

mod full_capacity;
mod max_magnitude;
mod rebase;

use std::ops::Range;

pub use self::{full_capacity::FullCapacity, max_magnitude::MaxMagnitude, rebase::Rebase};
use crate::{
    component::{
        optim::parameter_transform,
        parameter::{self, Parameter, Role},
    },
    compute::{lower::Transform, matrix::Matrix},
    graph::Expr,
    registry,
};

/// What is done to some parameters at the end of an update, or in place of the optimizer's step. The optimizer's state goes on as
/// if nothing were done.
pub trait Retraction: std::fmt::Debug {
    /// The names of the parameters it is for; every recurrent matrix if there are none.
    fn parameters(&self) -> &[String];

    /// What is done.
    fn rule(&self) -> Rule<'_>;
}

/// What a retraction does.
pub enum Rule<'r> {
    /// Each number goes to the nearest allowed one. What is allowed stays as it is.
    Numbers(&'r dyn Numbers),
    /// A matrix takes a step of its own, in place of the optimizer's.
    Step(&'r dyn Step),
    /// After every so many updates, and before the first, a parametrized matrix becomes the base that it is made from.
    Rebase { every: u64 },
}

/// A map of numbers, one by one.
pub trait Numbers {
    /// What each number becomes.
    fn retract<'g>(&self, parameter: Expr<'g>) -> Expr<'g>;
}

/// A step of a matrix.
pub trait Step {
    /// What the matrix becomes, given the gradient by it after clipping.
    fn step<'f>(&self, matrix: Matrix<'f>, gradient: Matrix<'f>) -> Matrix<'f>;
}

registry! {
    /// What is done to parameters after the optimizer's step.
    pub enum ConstraintSpec: Retraction {
        "max-magnitude" => MaxMagnitude(MaxMagnitude),
        "full-capacity" => FullCapacity(FullCapacity),
        "rebase" => Rebase(Rebase),
    }
}

impl ConstraintSpec {
    /// θ ← the nearest number that is allowed, if that is what it does.
    pub fn transform(&self) -> Option<Transform<f32, ()>> {
        let Rule::Numbers(_) = self.rule() else { return None };
        let retraction = self.clone();
        Some(parameter_transform(move |parameter| match retraction.rule() {
            Rule::Numbers(numbers) => numbers.retract(parameter),
            _ => parameter,
        }))
    }

    /// Whether it is for that parameter.
    pub fn is_for(&self, parameter: &Parameter) -> bool {
        match self.parameters() {
            [] => parameter.role == Role::Recurrent,
            names => names.iter().any(|name| parameter.is_called(name)),
        }
    }

    /// Where the numbers that it changes lie in the flat buffer of `layout`.
    pub fn ranges(&self, layout: &[Parameter]) -> Vec<Range<usize>> {
        parameter::ranges(layout, |parameter| self.is_for(parameter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{component::optim::Buffers, compute::kernel::Isa};

    fn by_number() -> impl Iterator<Item = ConstraintSpec> {
        ConstraintSpec::all().into_iter().filter(|retraction| matches!(retraction.rule(), Rule::Numbers(_)))
    }

    fn retracted(isa: Isa, retraction: &ConstraintSpec, parameters: &[f32], times: usize) -> Vec<f32> {
        let mut transform = retraction.transform().expect("one by number");
        let mut buffers = Buffers::new(isa, parameters, &[]);
        (0..times).for_each(|_| buffers.apply_to_all(&mut transform, ()));
        buffers.parameters().to_vec()
    }

    #[test]
    fn retracting_twice_is_retracting_once_on_every_instruction_set() {
        let parameters: Vec<f32> = (0..333).map(|k| libm::tanf(k as f32) * 7.0).collect();
        for retraction in by_number() {
            let once = retracted(Isa::Portable, &retraction, &parameters, 1);
            assert_ne!(once, parameters, "{} does nothing", retraction.kind());
            assert_eq!(retracted(Isa::Portable, &retraction, &parameters, 2), once, "{}", retraction.kind());
            for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
                assert_eq!(retracted(isa, &retraction, &parameters, 1), once, "{} by {isa:?}", retraction.kind());
            }
        }
    }

    #[test]
    fn nan_is_not_hidden() {
        for retraction in by_number() {
            assert!(retracted(Isa::Portable, &retraction, &[f32::NAN], 1)[0].is_nan(), "{}", retraction.kind());
        }
    }

    #[test]
    fn magnitudes_beyond_the_bound_become_the_bound() {
        let retraction = ConstraintSpec::MaxMagnitude(MaxMagnitude { bound: 1.5, ..MaxMagnitude::default() });
        let got = retracted(Isa::Portable, &retraction, &[-2.0, -1.5, -0.0, 1.0, f32::INFINITY], 1);
        assert_eq!(got, [-1.5, -1.5, -0.0, 1.0, 1.5]);
    }
}
