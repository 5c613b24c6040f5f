//! Spectral radii, which decide how fast gradients shrink or grow at first.

use longlag::component::init::{Identity, InitializerSpec, Normal, Orthogonal, StandardNormal};

use super::variants::{draw, matrix};

const N: usize = 64;

/// The growth of ‖Wᵏ·x‖ per step, averaged over many steps: the largest |eigenvalue|, also of a complex pair.
fn spectral_radius(w: &[f64]) -> f64 {
    const STEPS: usize = 1000;
    let mut x = vec![1.0; N];
    let mut growth = 0.0;
    // The first steps, in which other directions die out, are not counted.
    for step in 0..2 * STEPS {
        let y: Vec<f64> = w.chunks(N).map(|row| row.iter().zip(&x).map(|(a, b)| a * b).sum()).collect();
        let norm = y.iter().map(|y| y * y).sum::<f64>().sqrt();
        x = y.into_iter().map(|y| y / norm).collect();
        if step >= STEPS {
            growth += libm::log(norm) / STEPS as f64;
        }
    }
    libm::exp(growth)
}

fn mean_radius(initializer: &InitializerSpec) -> f64 {
    (0..20).map(|address| spectral_radius(&draw(initializer, matrix(N, N), address))).sum::<f64>() / 20.0
}

/// The eigenvalues of a random matrix with independent entries of variance v fill a disc of radius √(n·v); at n = 64 the
/// largest lies a little off its edge.
#[test]
fn normal_matrices_have_the_radius_of_the_circular_law() {
    for (initializer, wanted) in [
        (InitializerSpec::StandardNormal(StandardNormal {}), 8.0),
        (InitializerSpec::Normal(Normal { gain: Some(1.5), ..Normal::default() }), 1.5),
    ] {
        let radius = mean_radius(&initializer);
        assert!((radius / wanted - 1.0).abs() <= 0.1, "{initializer:?}: {radius}, not {wanted}");
    }
}

#[test]
fn the_gain_of_an_orthogonal_matrix_is_its_radius() {
    let orthogonal = InitializerSpec::Orthogonal(Orthogonal { gain: 0.9, ..Orthogonal::default() });
    let identity = InitializerSpec::Identity(Identity { scale: 0.9 });
    for initializer in [orthogonal, identity] {
        let radius = mean_radius(&initializer);
        assert!((radius - 0.9).abs() <= 1e-9, "{initializer:?}: {radius}");
    }
}
