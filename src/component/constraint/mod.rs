//! Constraints: they bring parameters back to where these are allowed to be, after the optimizer's step or in place of it.

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

/// A change of some parameters at the end of an update, or in place of the optimizer's step. The optimizer's state goes on as if
/// nothing were changed.
pub trait Constraint: std::fmt::Debug {
    /// The names of the parameters it is for; every recurrent matrix if there are none.
    fn parameters(&self) -> &[String];

    /// The change.
    fn rule(&self) -> Rule<'_>;
}

/// The change that a constraint makes.
pub enum Rule<'r> {
    /// Each number goes to the nearest allowed one. What is allowed stays as it is.
    Projection(&'r dyn Projection),
    /// A matrix takes a step of its own, in place of the optimizer's.
    Step(&'r dyn MatrixStep),
    /// After every so many updates, and before the first, a parametrized matrix becomes the base that it is made from.
    Rebase {
        /// Updates from one to the next, at least 1.
        every: u64,
    },
}

/// A map of single numbers onto those that are allowed.
pub trait Projection {
    /// The allowed number nearest to each parameter.
    fn project<'g>(&self, parameter: Expr<'g>) -> Expr<'g>;
}

/// A step of a matrix within the set of allowed ones.
pub trait MatrixStep {
    /// The matrix after the step, given the gradient by it after clipping.
    fn step<'f>(&self, matrix: Matrix<'f>, gradient: Matrix<'f>) -> Matrix<'f>;
}

registry! {
    /// A bound on parameters that holds after every update.
    pub enum ConstraintSpec: Constraint {
        "max-magnitude" => MaxMagnitude(MaxMagnitude),
        "full-capacity" => FullCapacity(FullCapacity),
        "rebase" => Rebase(Rebase),
    }
}

impl ConstraintSpec {
    /// θ ← the nearest number that is allowed, if that is what it does.
    pub fn transform(&self) -> Option<Transform<f32, ()>> {
        let Rule::Projection(_) = self.rule() else { return None };
        let constraint = self.clone();
        Some(parameter_transform(move |parameter| match constraint.rule() {
            Rule::Projection(projection) => projection.project(parameter),
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

    /// The ranges of the numbers that it changes in the flat buffer of `layout`.
    pub fn ranges(&self, layout: &[Parameter]) -> Vec<Range<usize>> {
        parameter::ranges(layout, |parameter| self.is_for(parameter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{component::optim::Buffers, compute::kernel::Isa};

    fn by_number() -> impl Iterator<Item = ConstraintSpec> {
        ConstraintSpec::all().into_iter().filter(|constraint| matches!(constraint.rule(), Rule::Projection(_)))
    }

    fn projected(isa: Isa, constraint: &ConstraintSpec, parameters: &[f32], times: usize) -> Vec<f32> {
        let mut transform = constraint.transform().expect("one by number");
        let mut buffers = Buffers::new(isa, parameters, &[]);
        (0..times).for_each(|_| buffers.apply_to_all(&mut transform, ()));
        buffers.parameters().to_vec()
    }

    #[test]
    fn projecting_twice_is_projecting_once_on_every_instruction_set() {
        let parameters: Vec<f32> = (0..333).map(|k| libm::tanf(k as f32) * 7.0).collect();
        for constraint in by_number() {
            let once = projected(Isa::Portable, &constraint, &parameters, 1);
            assert_ne!(once, parameters, "{} does nothing", constraint.kind());
            assert_eq!(projected(Isa::Portable, &constraint, &parameters, 2), once, "{}", constraint.kind());
            for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
                assert_eq!(projected(isa, &constraint, &parameters, 1), once, "{} by {isa:?}", constraint.kind());
            }
        }
    }

    #[test]
    fn nan_is_not_hidden() {
        for constraint in by_number() {
            assert!(projected(Isa::Portable, &constraint, &[f32::NAN], 1)[0].is_nan(), "{}", constraint.kind());
        }
    }

    #[test]
    fn magnitudes_beyond_the_bound_become_the_bound() {
        let constraint = ConstraintSpec::MaxMagnitude(MaxMagnitude { bound: 1.5, ..MaxMagnitude::default() });
        let got = projected(Isa::Portable, &constraint, &[-2.0, -1.5, -0.0, 1.0, f32::INFINITY], 1);
        assert_eq!(got, [-1.5, -1.5, -0.0, 1.0, 1.5]);
    }
}
