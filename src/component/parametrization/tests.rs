//! Laws of every registered parametrization.

use super::*;
use crate::compute::{
    kernel::{Isa, MatrixKernels},
    matrix::Evaluator,
};

/// Small and odd, small and even, two blocks and a bit.
const SIZES: [usize; 3] = [7, 8, 34];

/// Every parametrization with its defaults and with settings that take another way.
fn variants() -> Vec<ParametrizationSpec> {
    let others = [
        ParametrizationSpec::OrthogonalCayley(OrthogonalCayley { negative: 3 }),
        ParametrizationSpec::Householder(Householder { reflections: Some(3) }),
        ParametrizationSpec::SpectralMargin(SpectralMargin { margin: 0.0 }),
        ParametrizationSpec::SymmetricSkew(SymmetricSkew { beta: 0.25, gamma: 0.5 }),
    ];
    ParametrizationSpec::all().into_iter().chain(others).collect()
}

fn cases() -> impl Iterator<Item = (ParametrizationSpec, usize)> {
    let sizes = |parametrization: ParametrizationSpec| SIZES.map(|size| (parametrization.clone(), size));
    variants().into_iter().flat_map(sizes).filter(|(parametrization, size)| parametrization.misfit(*size).is_none())
}

/// Multiples of 2⁻¹⁶, the same in f32 and f64.
fn numbers<E: MatrixKernels>(count: usize, seed: f64, scale: f64) -> Vec<E> {
    let number = |k: usize| (scale * libm::sin(k as f64 * 1.3 + seed) * 65536.0).round() / 65536.0;
    (0..count).map(|k| E::narrow(number(k))).collect()
}

fn evaluator<E: MatrixKernels>(isa: Isa, parametrization: &ParametrizationSpec, size: usize) -> Evaluator<E> {
    let formula = Formula::new();
    Evaluator::new(isa, &formula, parametrization.formula(size, &formula))
}

fn weights<E: MatrixKernels>(parametrization: &ParametrizationSpec, size: usize, raw: &[E]) -> Vec<E> {
    let mut evaluator = evaluator(Isa::Portable, parametrization, size);
    let mut weights = vec![E::ZERO; size * size];
    evaluator.evaluate(raw);
    evaluator.value(&mut weights);
    weights
}

/// Against central differences of Σ cotangent · weights.
#[test]
fn gradients_are_vector_jacobian_products() {
    for (parametrization, size) in cases() {
        let raw: Vec<f64> = numbers(parametrization.count(size), 0.0, 0.5);
        let cotangent: Vec<f64> = numbers(size * size, 40.0, 1.0);
        let mut evaluator = evaluator(Isa::Portable, &parametrization, size);
        let mut got = vec![0.0; raw.len()];
        evaluator.evaluate(&raw);
        // Twice is once.
        evaluator.vjp(&cotangent, &mut got);
        evaluator.vjp(&cotangent, &mut got);
        for k in (0..raw.len()).step_by(raw.len().div_ceil(60)) {
            let step = 1e-6;
            let value = |by: f64| {
                let mut moved = raw.clone();
                moved[k] += by;
                let weights = weights(&parametrization, size, &moved);
                weights.iter().zip(&cotangent).map(|(w, c)| w * c).sum::<f64>()
            };
            let wanted = (value(step) - value(-step)) / (2.0 * step);
            let error = (got[k] - wanted).abs();
            assert!(error <= 1e-7, "{parametrization:?} of {size}, number {k}: {} for {wanted}", got[k]);
        }
    }
}

#[test]
fn single_precision_is_near_and_the_same_on_every_instruction_set() {
    for (parametrization, size) in cases() {
        let count = parametrization.count(size);
        let run = |isa: Isa| {
            let mut evaluator = evaluator(isa, &parametrization, size);
            let (mut weights, mut gradient) = (vec![0.0f32; size * size], vec![0.0f32; count]);
            evaluator.evaluate(&numbers(count, 0.0, 0.5));
            evaluator.value(&mut weights);
            evaluator.vjp(&numbers(size * size, 40.0, 1.0), &mut gradient);
            (weights, gradient)
        };
        let wanted = run(Isa::Portable);
        for isa in Isa::ALL.into_iter().filter(|isa| isa.available()) {
            assert_eq!(run(isa), wanted, "{parametrization:?} by {isa:?}");
        }
        let exact: Vec<f64> = weights(&parametrization, size, &numbers(count, 0.0, 0.5));
        for (got, exact) in wanted.0.iter().zip(&exact) {
            let error = (f64::from(*got) - exact).abs();
            assert!(error <= 3e-6, "{parametrization:?} of {size}: {got} for {exact}");
        }
    }
}

#[test]
fn nonfinite_raw_parameters_show() {
    for (parametrization, size) in cases() {
        for bad in [f32::NAN, f32::INFINITY] {
            for at in [0, parametrization.count(size) - 1] {
                let mut raw: Vec<f32> = numbers(parametrization.count(size), 0.0, 0.5);
                raw[at] = bad;
                let weights = weights(&parametrization, size, &raw);
                // The sigmoid of infinity is 1: a singular value at its margin.
                let harmless =
                    bad.is_infinite() && at > 0 && matches!(parametrization, ParametrizationSpec::SpectralMargin(_));
                let shows = weights.iter().any(|w| !w.is_finite());
                assert!(shows || harmless, "{parametrization:?} of {size} hides {bad} at {at}");
            }
        }
    }
}

/// The shapes say what is trained, and all of it has an effect.
#[test]
fn every_raw_number_counts() {
    for (parametrization, size) in cases() {
        let tensors = parametrization.tensors(size);
        for tensor in &tensors {
            assert_eq!(
                tensor.shape().iter().product::<usize>(),
                tensor.count(),
                "{parametrization:?}, {}",
                tensor.name
            );
            let shown = tensors.iter().filter(|other| other.name == tensor.name).count();
            assert_eq!(shown, 1, "{parametrization:?} has two `{}`", tensor.name);
        }
        let still = matches!(&parametrization, ParametrizationSpec::SpectralMargin(settings) if settings.margin == 0.0);
        let raw: Vec<f64> = numbers(parametrization.count(size), 0.0, 0.5);
        let before = weights(&parametrization, size, &raw);
        for k in (0..raw.len()).step_by(raw.len().div_ceil(60)) {
            let mut moved = raw.clone();
            moved[k] += 0.125;
            // Those of p, which come last.
            let idle = still && k >= raw.len() - size;
            // The diagonal of what is antisymmetric.
            let diagonal = matches!(parametrization, ParametrizationSpec::Antisymmetric(_)) && k % (size + 1) == 0;
            // The last of n reflections has one number: a sign.
            let sign = matches!(&parametrization, ParametrizationSpec::Householder(settings) if settings.reflections.is_none())
                && k == raw.len() - 1;
            let after = weights(&parametrization, size, &moved);
            let same = after.iter().zip(&before).all(|(after, before)| (after - before).abs() <= 1e-9);
            assert_eq!(same, idle || diagonal || sign, "{parametrization:?}, {k}");
        }
    }
}

/// The largest entry of WᵀW − I.
fn orthogonality_error<E: MatrixKernels>(weights: &[E], size: usize) -> f64 {
    let entry = |i: usize, j: usize| weights[i * size + j].widen();
    let mut largest = 0.0;
    for (i, j) in (0..size).flat_map(|i| (0..=i).map(move |j| (i, j))) {
        let dot: f64 = (0..size).map(|k| entry(k, i) * entry(k, j)).sum();
        let error = (dot - f64::from(u8::from(i == j))).abs();
        largest = if error <= largest { largest } else { error };
    }
    largest
}

fn is_orthogonal(parametrization: &ParametrizationSpec) -> bool {
    match parametrization {
        ParametrizationSpec::OrthogonalCayley(_)
        | ParametrizationSpec::OrthogonalExponential(_)
        | ParametrizationSpec::Householder(_) => true,
        ParametrizationSpec::SpectralMargin(settings) => settings.margin == 0.0,
        _ => false,
    }
}

#[test]
fn orthogonal_matrices_are_so_to_rounding() {
    for parametrization in variants().into_iter().filter(is_orthogonal) {
        for size in [7, 34, 128] {
            for scale in [0.01, 0.1, 1.0, 30.0] {
                let count = parametrization.count(size);
                let error =
                    orthogonality_error::<f32>(&weights(&parametrization, size, &numbers(count, 0.0, scale)), size);
                // One of two orthogonal factors has the rounding of both.
                let product = matches!(parametrization, ParametrizationSpec::SpectralMargin(_));
                let bound = if product { 2e-6 } else { 1e-6 };
                assert!(error <= bound, "{parametrization:?} of {size} at {scale}: {error:e}");
                let error =
                    orthogonality_error::<f64>(&weights(&parametrization, size, &numbers(count, 0.0, scale)), size);
                assert!(error <= 1e-12, "{parametrization:?} of {size} at {scale}, in f64: {error:e}");
            }
        }
    }
}

#[test]
fn antisymmetric_matrices_are_so_but_for_their_diagonals() {
    let antisymmetric = ParametrizationSpec::Antisymmetric(Antisymmetric { gamma: 0.25 });
    let blend = ParametrizationSpec::SymmetricSkew(SymmetricSkew { beta: 1.0, gamma: 0.25 });
    let symmetric = ParametrizationSpec::SymmetricSkew(SymmetricSkew { beta: 0.0, gamma: 0.25 });
    let size = 7;
    for (parametrization, sign) in [(antisymmetric, 1.0), (blend, 1.0), (symmetric, -1.0)] {
        let weights: Vec<f32> = weights(&parametrization, size, &numbers(size * size, 0.0, 0.5));
        for (i, j) in (0..size).flat_map(|i| (0..size).map(move |j| (i, j))).filter(|(i, j)| i != j) {
            assert_eq!(weights[i * size + j] + sign * weights[j * size + i], 0.0, "{parametrization:?}, ({i}, {j})");
        }
        if sign == 1.0 {
            assert!((0..size).all(|i| weights[i * (size + 1)] == -0.25), "{parametrization:?}");
        }
    }
}

/// ‖W·x‖ for vectors of length 1, after W and Wᵀ in turn: it tends to the largest singular value.
#[test]
fn singular_values_stay_within_the_margin() {
    let size = 34;
    for (margin, scale) in [(0.1, 0.5), (0.5, 3.0), (1.0, 30.0)] {
        let parametrization = ParametrizationSpec::SpectralMargin(SpectralMargin { margin });
        let w: Vec<f64> = weights(&parametrization, size, &numbers(parametrization.count(size), 0.0, scale));
        for start in 0..size {
            let x = (0..size).map(|k| f64::from(u8::from(k == start)));
            let norm = |x: &[f64]| libm::sqrt(x.iter().map(|x| x * x).sum());
            let mut x: Vec<f64> = x.collect();
            for _ in 0..100 {
                let y: Vec<f64> = w.chunks(size).map(|row| row.iter().zip(&x).map(|(w, x)| w * x).sum()).collect();
                let gain = norm(&y) / norm(&x);
                assert!(gain >= 1.0 - margin - 1e-12 && gain <= 1.0 + margin + 1e-12, "{margin}: {gain}");
                x = (0..size).map(|k| (0..size).map(|i| w[i * size + k] * y[i]).sum()).collect();
            }
        }
    }
}

/// W·Wᵀ = Wᵀ·W and the eigenvalues' magnitudes are γ while T is zero; and W is not normal with a T.
#[test]
fn schur_forms_are_normal_without_their_triangle() {
    let size = 8;
    let parametrization = ParametrizationSpec::NonNormal(NonNormal {});
    let mut raw: Vec<f64> = numbers(parametrization.count(size), 0.0, 0.5);
    let pairs = size * (size - 1) / 2;
    let defect = |raw: &[f64]| {
        let w: Vec<f64> = weights(&parametrization, size, raw);
        let entries = (0..size).flat_map(|i| (0..size).map(move |j| (i, j)));
        let along = |i: usize, j: usize| (0..size).map(|k| w[i * size + k] * w[j * size + k]).sum::<f64>();
        let across = |i: usize, j: usize| (0..size).map(|k| w[k * size + i] * w[k * size + j]).sum::<f64>();
        (
            entries.map(|(i, j)| (along(i, j) - across(i, j)).abs()).sum::<f64>(),
            (0..size).map(|i| along(i, i)).sum::<f64>(),
        )
    };
    assert!(defect(&raw).0 > 0.1);
    raw[pairs + size..].fill(0.0);
    raw[pairs + size / 2..pairs + size].fill(0.5);
    let (difference, squares) = defect(&raw);
    // ‖W‖² is the sum of the squared magnitudes.
    assert!(difference <= 1e-12 && (squares - 0.25 * size as f64).abs() <= 1e-12, "{difference:e}, {squares}");
}

#[test]
fn complex_matrices_multiply_complex_numbers() {
    let (size, half) = (8, 4);
    let raw: Vec<f64> = numbers(2 * half * half, 0.0, 0.5);
    let w: Vec<f64> = weights(&ParametrizationSpec::Complex(Complex {}), size, &raw);
    let h: Vec<f64> = numbers(size, 7.0, 1.0);
    for i in 0..half {
        let row = |i: usize| (0..size).map(|j| w[i * size + j] * h[j]).sum::<f64>();
        let (mut re, mut im) = (0.0, 0.0);
        for j in 0..half {
            let (a, b) = (raw[i * half + j], raw[half * half + i * half + j]);
            re += a * h[j] - b * h[half + j];
            im += b * h[j] + a * h[half + j];
        }
        assert!((row(i) - re).abs() <= 1e-14 && (row(half + i) - im).abs() <= 1e-14, "{i}");
    }
}

#[test]
fn raw_parameters_of_zero_are_the_identity_where_bases_change() {
    for (parametrization, size) in cases().filter(|(parametrization, _)| parametrization.is_a_group()) {
        let w: Vec<f32> = weights(&parametrization, size, &vec![0.0; parametrization.count(size)]);
        assert!((0..size * size).all(|k| w[k] == f32::from(u8::from(k % (size + 1) == 0))), "{parametrization:?}");
    }
}

/// Householder's product in its compact form against the reflections one by one.
#[test]
fn reflections_are_multiplied_in_order() {
    for reflections in [1, 3, 8] {
        let size = 8;
        let parametrization = ParametrizationSpec::Householder(Householder { reflections: Some(reflections) });
        let raw: Vec<f64> = numbers(parametrization.count(size), 0.0, 0.5);
        let mut wanted: Vec<f64> = (0..size * size).map(|k| f64::from(u8::from(k % (size + 1) == 0))).collect();
        let mut start = 0;
        for i in 0..reflections {
            let u: Vec<f64> = (0..size).map(|j| if j < i { 0.0 } else { raw[start + j - i] }).collect();
            start += size - i;
            let square: f64 = u.iter().map(|u| u * u).sum();
            for row in wanted.chunks_mut(size) {
                let dot: f64 = row.iter().zip(&u).map(|(w, u)| w * u).sum();
                row.iter_mut().zip(&u).for_each(|(w, u)| *w -= 2.0 * dot * u / square);
            }
        }
        for (got, wanted) in weights::<f64>(&parametrization, size, &raw).iter().zip(&wanted) {
            assert!((got - wanted).abs() <= 1e-12, "{reflections}: {got} for {wanted}");
        }
    }
}
