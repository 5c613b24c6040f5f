//! Optimizers: what turns a gradient into an update, over one flat buffer of parameters.

mod adam;
mod rmsprop;
mod sgd;

pub use self::{adam::Adam, rmsprop::Rmsprop, sgd::Sgd};
use crate::registry;

/// A first-order optimizer. Its state is a few vectors of the parameters' length, zero at first.
pub trait Optimizer: std::fmt::Debug {
    /// How many state vectors it keeps.
    fn slots(&self) -> usize;

    /// Changes `parameters` by one update; `update` counts from 1.
    fn step(&self, update: u64, parameters: &mut [f32], gradient: &[f32], slots: &mut [Vec<f32>]);
}

registry! {
    /// What turns a gradient into an update.
    pub enum OptimizerSpec: Optimizer {
        "sgd" => Sgd(Sgd),
        "rmsprop" => Rmsprop(Rmsprop),
        "adam" => Adam(Adam),
    }
}

impl Default for OptimizerSpec {
    fn default() -> Self {
        Self::Adam(Adam::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Descends ½·Σ k·x² with curvatures 1, 2, 3 from (1, −2, 3).
    #[test]
    fn every_optimizer_descends_a_parabola() {
        for optimizer in OptimizerSpec::all() {
            let mut parameters = vec![1.0f32, -2.0, 3.0];
            let mut slots = vec![vec![0.0; 3]; optimizer.slots()];
            let loss = |x: &[f32]| x.iter().enumerate().map(|(k, x)| (k + 1) as f32 * x * x).sum::<f32>();
            let before = loss(&parameters);
            for update in 1..=200 {
                let gradient: Vec<f32> = parameters.iter().enumerate().map(|(k, x)| (k + 1) as f32 * x).collect();
                optimizer.step(update, &mut parameters, &gradient, &mut slots);
            }
            let after = loss(&parameters);
            assert!(after < 0.95 * before, "{}: {before} to {after}", optimizer.kind());
        }
    }

    /// The variance of a centered optimizer tends to zero there and must not round to less.
    #[test]
    fn a_constant_gradient_stays_finite() {
        let centered = OptimizerSpec::Rmsprop(Rmsprop { centered: true, ..Rmsprop::default() });
        for optimizer in OptimizerSpec::all().into_iter().chain([centered]) {
            for gradient in [0.0f32, 1e-30, 0.1, 0.3, -7.0] {
                let mut parameters = vec![1.0f32];
                let mut slots = vec![vec![0.0; 1]; optimizer.slots()];
                for update in 1..=1000 {
                    optimizer.step(update, &mut parameters, &[gradient], &mut slots);
                }
                assert!(parameters[0].is_finite(), "{optimizer:?} at {gradient}: {parameters:?}");
            }
        }
    }

    #[test]
    fn a_nonfinite_gradient_shows_in_the_parameters() {
        for optimizer in OptimizerSpec::all() {
            for bad in [f32::NAN, f32::INFINITY] {
                let mut parameters = vec![1.0f32, 1.0];
                let mut slots = vec![vec![0.0; 2]; optimizer.slots()];
                optimizer.step(1, &mut parameters, &[bad, 1.0], &mut slots);
                assert!(!parameters[0].is_finite(), "{} hides {bad}", optimizer.kind());
                assert!(parameters[1].is_finite(), "{} spreads {bad}", optimizer.kind());
            }
        }
    }
}
