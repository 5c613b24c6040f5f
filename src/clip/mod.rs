//! Gradient clipping: ordered transforms of the gradient before the optimizer sees it.

mod global_norm;
mod none;
mod value;

use std::slice;

pub use self::{global_norm::GlobalNorm, none::NoClip, value::Value};
use crate::{graph::Expr, optim::Buffers, registry};

/// A transform of the whole gradient.
pub trait Clip: std::fmt::Debug {
    /// What each number of the gradient becomes, given the Euclidean norm of the whole; the gradient itself if nothing changes.
    fn clip<'g>(&self, gradient: Expr<'g>, norm: f64) -> Expr<'g>;
}

/// Takes the gradient, whose norm is at hand, through `clips` in order.
pub fn clip(buffers: &mut Buffers, norm: f64, clips: &[ClipSpec]) {
    let whole = 0..buffers.gradient().len();
    for (position, clip) in clips.iter().enumerate() {
        let norm = if position == 0 { norm } else { buffers.norm() };
        buffers.change_gradient(slice::from_ref(&whole), |_, gradient| clip.clip(gradient, norm));
    }
}

registry! {
    /// A transform of the gradient before the optimizer sees it.
    pub enum ClipSpec: Clip {
        "none" => NoClip(NoClip),
        "global-norm" => GlobalNorm(GlobalNorm),
        "value" => Value(Value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Isa;

    fn clipped_by(isa: Isa, clips: &[ClipSpec], gradient: &[f32]) -> Vec<f32> {
        let mut buffers = Buffers::new(isa, &vec![0.0; gradient.len()], &[]);
        buffers.gradient_mut().copy_from_slice(gradient);
        let norm = buffers.norm();
        clip(&mut buffers, norm, clips);
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
    fn nan_passes_through_every_clip() {
        for clip in ClipSpec::all() {
            assert!(clipped(slice::from_ref(&clip), &[f32::NAN, 1.0])[0].is_nan(), "{} hides NaN", clip.kind());
        }
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
