//! Gradient clipping: ordered transforms of the gradient before the optimizer sees it.

mod global_norm;
mod none;
mod value;

pub use self::{global_norm::GlobalNorm, none::NoClip, value::Value};
use crate::registry;

/// A transform of the whole gradient.
pub trait Clip: std::fmt::Debug {
    /// Changes `gradient` in place.
    fn apply(&self, gradient: &mut [f32]);
}

registry! {
    /// A transform of the gradient before the optimizer sees it.
    pub enum ClipSpec: Clip {
        "none" => NoClip(NoClip),
        "global-norm" => GlobalNorm(GlobalNorm),
        "value" => Value(Value),
    }
}

/// The Euclidean norm, scaled in f64: finite for every finite gradient, NaN or ∞ if an entry is.
pub fn norm(gradient: &[f32]) -> f64 {
    // An f32 squared is at most 1.2e77 and at least 2e-90: neither overflows nor underflows in f64.
    libm::sqrt(gradient.iter().map(|&g| f64::from(g) * f64::from(g)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clipping_twice_is_clipping_once() {
        for clip in ClipSpec::all() {
            let mut once = vec![3.0f32, -40.0, 0.0, 1e-3];
            clip.apply(&mut once);
            let mut twice = once.clone();
            clip.apply(&mut twice);
            let error = once.iter().zip(&twice).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(error <= 1e-6, "{}: {once:?} then {twice:?}", clip.kind());
        }
    }

    #[test]
    fn nan_passes_through_every_clip() {
        for clip in ClipSpec::all() {
            let mut gradient = vec![f32::NAN, 1.0];
            clip.apply(&mut gradient);
            assert!(gradient[0].is_nan(), "{} hides NaN", clip.kind());
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
