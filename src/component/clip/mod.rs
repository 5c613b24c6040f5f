//! Gradient clipping: ordered transforms of the gradient before the optimizer sees it.

mod global_norm;
mod none;
mod pascanu_fallback;
mod per_parameter_norm;
mod running_mean_norm;
mod skip_nonfinite;
mod stop_nonfinite;
mod value;

pub use self::{
    global_norm::GlobalNorm, none::NoClip, pascanu_fallback::PascanuFallback, per_parameter_norm::PerParameterNorm,
    running_mean_norm::RunningMeanNorm, skip_nonfinite::SkipNonfinite, stop_nonfinite::StopNonfinite, value::Value,
};
use crate::{
    component::{
        optim::{Buffers, gradient_transform},
        parameter::{self, Parameter, Role},
    },
    compute::lower::{Inputs, Transform},
    graph::Expr,
    registry,
};

/// A transform of the gradient, whole or parameter by parameter.
pub trait Clip: std::fmt::Debug {
    /// The transform of each number of a finite gradient; the gradient itself if nothing changes.
    fn clip<'g>(&self, gradient: Expr<'g>, norms: &Inputs<'g, Norms>) -> Expr<'g>;

    /// Whether it takes each parameter by itself, with its own norm.
    fn per_parameter(&self) -> bool {
        false
    }

    /// The running mean of norms after this update, for one that keeps it.
    fn mean(&self, norms: Norms) -> f64 {
        norms.mean
    }

    /// The measure against a gradient of this norm in place of clipping and the step, before any clip; NaN stands for a loss that
    /// is not finite too.
    fn fallback(&self, norm: f64) -> Option<Fallback> {
        let _ = norm;
        None
    }
}

/// The norms that a clip is given.
#[derive(Clone, Copy, Debug)]
pub struct Norms {
    /// The Euclidean norm of what is clipped.
    pub now: f64,
    /// The running mean that the clip keeps, before this update; 0 at first.
    pub mean: f64,
}

/// A measure in place of clipping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fallback {
    /// The trial ends.
    Stop,
    /// The update is left out.
    Skip,
    /// The gradient is so many times the parameter for recurrent parameters, and 0 for others.
    Shrink(f64),
}

/// The clips of a training, compiled.
#[derive(Clone, Debug)]
pub struct Clips {
    clips: Vec<(ClipSpec, Transform<f32, Norms>)>,
    /// g ← factor·θ.
    shrink: Transform<f32, f64>,
}

impl Clips {
    /// These clips, in this order.
    pub fn new(clips: &[ClipSpec]) -> Self {
        let compiled = clips.iter().cloned().map(|clip| {
            let spec = clip.clone();
            (clip, gradient_transform(move |norms, _, gradient| spec.clip(gradient, norms)))
        });
        let shrink = gradient_transform(|inputs, parameter, _| inputs.scalar(|factor| factor) * parameter);
        Self { clips: compiled.collect(), shrink }
    }

    /// Clips the gradient in `buffers`, whose norm is `norm`, or what a clip does in place of that; NaN stands for a loss that is
    /// not finite too. `means` are the running means of the clips, one for each, 0 at first.
    pub fn apply(
        &mut self,
        buffers: &mut Buffers,
        norm: f64,
        layout: &[Parameter],
        means: &mut [f64],
    ) -> Option<Fallback> {
        let fallbacks = self.clips.iter().find_map(|(clip, _)| clip.fallback(norm));
        let fallback = fallbacks.or((!norm.is_finite()).then_some(Fallback::Stop));
        match fallback {
            Some(Fallback::Stop | Fallback::Skip) => return fallback,
            Some(Fallback::Shrink(factor)) => {
                let recurrent = |parameter: &Parameter| parameter.role == Role::Recurrent;
                buffers.apply(&mut self.shrink, &parameter::ranges(layout, recurrent), factor);
                for range in parameter::ranges(layout, |parameter| !recurrent(parameter)) {
                    buffers.gradient_mut()[range].fill(0.0);
                }
                return fallback;
            }
            None => {}
        }
        for (position, ((clip, transform), mean)) in self.clips.iter_mut().zip(means).enumerate() {
            if clip.per_parameter() {
                for range in layout.iter().map(Parameter::range) {
                    let norms = Norms { now: buffers.norm_in(range.clone()), mean: *mean };
                    buffers.apply(transform, &[range], norms);
                }
            } else {
                let norms = Norms { now: if position == 0 { norm } else { buffers.norm() }, mean: *mean };
                buffers.apply_to_all(transform, norms);
                *mean = clip.mean(norms);
            }
        }
        None
    }
}

registry! {
    /// A transform of the gradient before the optimizer sees it.
    pub enum ClipSpec: Clip {
        "none" => NoClip(NoClip),
        "global-norm" => GlobalNorm(GlobalNorm),
        "value" => Value(Value),
        "per-parameter-norm" => PerParameterNorm(PerParameterNorm),
        "running-mean-norm" => RunningMeanNorm(RunningMeanNorm),
        "skip-nonfinite" => SkipNonfinite(SkipNonfinite),
        "stop-nonfinite" => StopNonfinite(StopNonfinite),
        "pascanu-fallback" => PascanuFallback(PascanuFallback),
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;
    use crate::compute::kernel::Isa;

    /// A recurrent parameter of one number, and a vector of the others.
    fn layout(length: usize) -> [Parameter; 2] {
        let parameter = |name: &str, length, role, offset| Parameter {
            dense_inputs: None,
            name: format!("layer0.{name}"),
            shape: vec![length],
            role,
            offset,
            start: None,
        };
        [parameter("u", 1, Role::Recurrent, 0), parameter("b", length - 1, Role::Bias, 1)]
    }

    fn clipped_by(isa: Isa, clips: &[ClipSpec], gradient: &[f32]) -> Vec<f32> {
        let mut buffers = Buffers::new(isa, &vec![0.0; gradient.len()], &[]);
        buffers.gradient_mut().copy_from_slice(gradient);
        let norm = buffers.norm();
        Clips::new(clips).apply(&mut buffers, norm, &layout(gradient.len()), &mut vec![0.0; clips.len()]);
        buffers.gradient().to_vec()
    }

    fn clipped(clips: &[ClipSpec], gradient: &[f32]) -> Vec<f32> {
        clipped_by(Isa::Portable, clips, gradient)
    }

    fn norm(gradient: &[f32]) -> f64 {
        let mut buffers = Buffers::new(Isa::Portable, gradient, &[]);
        buffers.gradient_mut().copy_from_slice(gradient);
        buffers.norm()
    }

    #[test]
    fn clipping_twice_is_clipping_once() {
        for clip in ClipSpec::all() {
            let once = clipped(slice::from_ref(&clip), &[3.0, -40.0, 0.0, 1e-3]);
            let twice = clipped(&[clip.clone(), clip.clone()], &[3.0, -40.0, 0.0, 1e-3]);
            let error = once.iter().zip(&twice).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(error <= 1e-6, "{}: {once:?} then {twice:?}", clip.kind());
        }
    }

    #[test]
    fn a_nonfinite_gradient_is_never_clipped() {
        for clip in ClipSpec::all() {
            for bad in [f32::NAN, f32::INFINITY] {
                let mut buffers = Buffers::new(Isa::Portable, &[2.0, 3.0], &[]);
                buffers.gradient_mut().copy_from_slice(&[1.0, bad]);
                let norm = buffers.norm();
                let fallback = Clips::new(slice::from_ref(&clip)).apply(&mut buffers, norm, &layout(2), &mut [0.0]);
                match fallback.expect("something is done about it") {
                    Fallback::Stop => assert_ne!(clip.kind(), "skip-nonfinite"),
                    Fallback::Skip => assert_eq!(clip.kind(), "skip-nonfinite"),
                    Fallback::Shrink(_) => assert_eq!(buffers.gradient(), [0.04, 0.0]),
                }
                let kept = buffers.gradient()[1].to_bits() == bad.to_bits();
                assert_eq!(kept, clip.kind() != "pascanu-fallback", "{}", clip.kind());
            }
        }
    }

    #[test]
    fn each_parameter_has_its_own_norm() {
        let clip = ClipSpec::PerParameterNorm(PerParameterNorm { max: 2.5 });
        assert_eq!(clipped(&[clip], &[-5.0, 3.0, 4.0]), [-2.5, 1.5, 2.0]);
    }

    #[test]
    fn the_adaptive_bound_follows_the_mean_and_survives_an_explosion() {
        let mut clips = Clips::new(&[ClipSpec::RunningMeanNorm(RunningMeanNorm { factor: 2.0, decay: 0.5 })]);
        let mut means = [0.0];
        let mut norm_after = |norm: f32| {
            let mut buffers = Buffers::new(Isa::Portable, &[0.0; 2], &[]);
            buffers.gradient_mut().copy_from_slice(&[norm, 0.0]);
            clips.apply(&mut buffers, f64::from(norm), &layout(2), &mut means);
            buffers.gradient()[0]
        };
        // Means before them: 0, 0, 1, 5.5, 3.25.
        let got = [0.0, 1.0, 1e30, 1.0, 8.0].map(&mut norm_after);
        assert_eq!(got, [0.0, 1.0, 2.0, 1.0, 6.5]);
    }

    #[test]
    fn the_fallback_does_not_trust_huge_gradients() {
        let clips =
            [ClipSpec::GlobalNorm(GlobalNorm::default()), ClipSpec::PascanuFallback(PascanuFallback::default())];
        assert_eq!(clipped(&clips, &[2e10, 1.0]), [0.0, 0.0]);
        assert_eq!(clipped(&clips, &[0.0, 5e9]), [0.0, 1.0]);
    }

    /// Each sees what the one before it left.
    #[test]
    fn clips_are_taken_in_order() {
        let value = ClipSpec::Value(Value { max: 3.0 });
        let global_norm = ClipSpec::GlobalNorm(GlobalNorm { max: 2.5 });
        assert_eq!(
            clipped(&[value.clone(), global_norm.clone()], &[30.0, 4.0, 0.0]),
            clipped(slice::from_ref(&global_norm), &[3.0; 2]).into_iter().chain([0.0]).collect::<Vec<_>>()
        );
        let last = clipped(&[global_norm, value], &[30.0, 40.0]);
        assert_eq!(last, [1.5, 2.0]);
    }

    #[test]
    fn instruction_sets_agree_to_the_bit() {
        let gradient: Vec<f32> = (0..333).map(|k| libm::tanf(k as f32) * 7.0).collect();
        for clip in ClipSpec::all() {
            let wanted = clipped(slice::from_ref(&clip), &gradient);
            for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
                assert_eq!(clipped_by(isa, slice::from_ref(&clip), &gradient), wanted, "{} by {isa:?}", clip.kind());
            }
        }
    }

    /// From the largest to the smallest number and everything between.
    #[test]
    fn the_global_norm_is_met_at_every_scale() {
        for length in [3e38f32, 1e20, 1e3, 1.0, 1e-10, 1e-20, 1e-36] {
            for max in [1e30, 1e3, 1.0, 0.1, 1e-20, 1e-30, 1e-36] {
                let clip = ClipSpec::GlobalNorm(GlobalNorm { max });
                let gradient = [0.3, -0.9, 0.1, 0.25, -0.05].map(|g| g * length);
                let wanted = norm(&gradient).min(max);
                let got = norm(&clipped(&[clip], &gradient));
                assert!((got - wanted).abs() <= 1e-7 * wanted, "{length} to {max}: {got} for {wanted}");
            }
        }
    }

    #[test]
    fn the_norm_of_large_and_tiny_gradients_is_right() {
        assert_eq!(norm(&[3e38, 0.0]), f64::from(3e38f32));
        assert!((norm(&[3e38, 3e38]) / f64::from(3e38f32) - std::f64::consts::SQRT_2).abs() <= 1e-12);
        assert!(norm(&[f32::from_bits(1)]) > 0.0);
        assert!(norm(&[f32::INFINITY]).is_infinite() && norm(&[f32::NAN]).is_nan());
    }
}
