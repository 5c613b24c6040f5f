//! Retractions: what brings parameters back to where they are allowed to be, after the optimizer's step.

mod max_magnitude;

use std::ops::Range;

pub use self::max_magnitude::MaxMagnitude;
use crate::{
    graph::Expr,
    model::{self, Parameter, Role},
    registry,
};

/// A map from parameters to the nearest allowed ones, number by number. What is allowed stays as it is; the optimizer's state
/// stays in any case.
pub trait Retraction: std::fmt::Debug {
    /// The names of the parameters it is for; every recurrent matrix if there are none.
    fn parameters(&self) -> &[String];

    /// What each number becomes.
    fn retract<'g>(&self, parameter: Expr<'g>) -> Expr<'g>;
}

registry! {
    /// What is done to parameters after the optimizer's step.
    pub enum RetractionSpec: Retraction {
        "max-magnitude" => MaxMagnitude(MaxMagnitude),
    }
}

impl RetractionSpec {
    /// Where the numbers that it changes lie in the flat buffer of `layout`.
    pub fn ranges(&self, layout: &[Parameter]) -> Vec<Range<usize>> {
        let names = self.parameters();
        model::ranges(layout, |parameter| match names {
            [] => parameter.role == Role::Recurrent,
            names => names.iter().any(|name| parameter.is_called(name)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kernel::Isa, optim::Buffers};

    fn retracted(isa: Isa, retraction: &RetractionSpec, parameters: &[f32], times: usize) -> Vec<f32> {
        let mut buffers = Buffers::new(isa, parameters, &[]);
        let whole = 0..parameters.len();
        for _ in 0..times {
            buffers.change_parameters(std::slice::from_ref(&whole), |parameter| retraction.retract(parameter));
        }
        buffers.parameters().to_vec()
    }

    #[test]
    fn retracting_twice_is_retracting_once_on_every_instruction_set() {
        let parameters: Vec<f32> = (0..333).map(|k| libm::tanf(k as f32) * 7.0).collect();
        for retraction in RetractionSpec::all() {
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
        for retraction in RetractionSpec::all() {
            assert!(retracted(Isa::Portable, &retraction, &[f32::NAN], 1)[0].is_nan(), "{}", retraction.kind());
        }
    }

    #[test]
    fn magnitudes_beyond_the_bound_become_the_bound() {
        let retraction = RetractionSpec::MaxMagnitude(MaxMagnitude { bound: 1.5, ..MaxMagnitude::default() });
        let got = retracted(Isa::Portable, &retraction, &[-2.0, -1.5, -0.0, 1.0, f32::INFINITY], 1);
        assert_eq!(got, [-1.5, -1.5, -0.0, 1.0, 1.5]);
    }
}
