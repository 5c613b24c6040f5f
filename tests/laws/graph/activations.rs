//! Every registered activation against its definition, at its kinks, at infinity and at NaN.

use dfdx::tensor::Cpu;
use longlag::{
    component::activation::{ActivationSpec, Elu, HardSigmoid, LeakyRelu, ModRelu},
    engine::dfdx::DfdxEngine,
};

use super::pointwise::{Argument, assert_close, batch, evaluate, network};

fn every_activation() -> Vec<ActivationSpec> {
    let mut found = ActivationSpec::all();
    found.extend([0.0, 0.2, 1.0].map(|slope| ActivationSpec::LeakyRelu(LeakyRelu { slope })));
    found.extend([0.0, 0.5, 2.0].map(|alpha| ActivationSpec::Elu(Elu { alpha })));
    found.extend([0.125, 0.5].map(|slope| ActivationSpec::HardSigmoid(HardSigmoid { slope })));
    found
}

/// How far the activation may be from its definition beyond rounding.
fn stated_error(activation: &ActivationSpec) -> f64 {
    // That of the derivative, the larger one.
    if matches!(activation, ActivationSpec::Gelu(_)) { 5.4e-7 } else { 0.0 }
}

/// f(x) and f′(x), at a kink the derivative that the page states.
fn definition(activation: &ActivationSpec, x: f64) -> (f64, f64) {
    match activation {
        ActivationSpec::Tanh(_) => (libm::tanh(x), 1.0 / (libm::cosh(x) * libm::cosh(x))),
        ActivationSpec::Sigmoid(_) => (1.0 / (1.0 + libm::exp(-x)), 1.0 / (2.0 + libm::exp(x) + libm::exp(-x))),
        ActivationSpec::Relu(_) => (x.max(0.0), f64::from(u8::from(x > 0.0))),
        ActivationSpec::LeakyRelu(LeakyRelu { slope }) => {
            if x > 0.0 {
                (x, 1.0)
            } else {
                (slope * x, *slope)
            }
        }
        ActivationSpec::Elu(Elu { alpha }) => {
            if x > 0.0 {
                (x, 1.0)
            } else {
                (alpha * libm::expm1(x), alpha * libm::exp(x))
            }
        }
        ActivationSpec::HardSigmoid(HardSigmoid { slope }) => {
            let y = slope * x + 0.5;
            (y.clamp(0.0, 1.0), if y > 0.0 && y < 1.0 { *slope } else { 0.0 })
        }
        ActivationSpec::HardTanh(_) => (x.clamp(-1.0, 1.0), f64::from(u8::from(x.abs() < 1.0))),
        ActivationSpec::Softplus(_) => (x.max(0.0) + libm::log1p(libm::exp(-x.abs())), logistic(x)),
        ActivationSpec::Softsign(_) => (x / (1.0 + x.abs()), 1.0 / ((1.0 + x.abs()) * (1.0 + x.abs()))),
        ActivationSpec::Gelu(_) => {
            let below = 0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2);
            let density = libm::exp(-0.5 * x * x) / libm::sqrt(2.0 * std::f64::consts::PI);
            (x * below, below + x * density)
        }
        ActivationSpec::GeluTanh(_) => {
            let scale = libm::sqrt(2.0 / std::f64::consts::PI);
            let (tanh, slope) =
                (libm::tanh(scale * (x + 0.044715 * x * x * x)), scale * (1.0 + 3.0 * 0.044715 * x * x));
            (0.5 * x * (1.0 + tanh), 0.5 * (1.0 + tanh) + 0.5 * x * (1.0 - tanh * tanh) * slope)
        }
        ActivationSpec::Silu(_) => {
            let gate = logistic(x);
            (x * gate, gate * (1.0 + x * (1.0 - gate)))
        }
        // The bias is 0 at first: the derivative at 0 stays that of sign(0) = 0.
        ActivationSpec::ModRelu(_) => (x, f64::from(u8::from(x != 0.0))),
        ActivationSpec::Identity(_) => (x, 1.0),
        ActivationSpec::Sin(_) => (libm::sin(x), libm::cos(x)),
        ActivationSpec::Formula(_) => {
            let tanh = libm::tanh(2.0 / 3.0 * x);
            (1.7159 * tanh, 1.7159 * 2.0 / 3.0 * (1.0 - tanh * tanh))
        }
        #[allow(unreachable_patterns, reason = "reached by an activation that was just added")]
        other => panic!("the activation `{}` is not told in tests/laws/graph/activations.rs", other.kind()),
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

#[test]
fn values_and_derivatives_are_the_defined_ones() {
    for activation in every_activation() {
        let mut points: Vec<f64> = (-64..=64).map(|k| f64::from(k) / 8.0).collect();
        points.extend(activation.kinks());
        points.extend([-1e4, -300.0, -30.0, 30.0, 300.0, 1e4, 1e-6, -1e-6]);
        if matches!(activation, ActivationSpec::Sin(_)) {
            // A float32 holds large angles no closer than they are apart.
            points.retain(|x| x.abs() <= 300.0);
        }
        // Of a float32 that is rounded at a kink, nothing is to be said.
        points.retain(|x| f64::from(*x as f32) == *x || activation.kinks().iter().all(|kink| kink != x));
        let what = format!("{activation:?}");
        let error = stated_error(&activation);
        assert_close(&what, &points, error, |_, x| activation.apply(x), |x| definition(&activation, x));
    }
}

/// Away from the declared kinks the derivative does not jump.
#[test]
fn kinks_are_declared() {
    let step = 1e-4;
    for activation in every_activation() {
        let derivative = |x: f64| definition(&activation, x).1;
        let mut x = -5.0 + step / 2.0;
        while x < 5.0 {
            let jumps = (derivative(x + step) - derivative(x)).abs() > 10.0 * step;
            let declared = activation.kinks().iter().any(|kink| (x..x + step).contains(kink));
            assert!(!jumps || declared, "{activation:?} has a kink between {x} and {}", x + step);
            x += step;
        }
    }
}

fn both_precisions(activation: &ActivationSpec, points: &[f64]) -> Vec<(f64, f64)> {
    let mut found = evaluate::<f64>(points, Argument::Once, |_, x| activation.apply(x));
    found.extend(evaluate::<f32>(points, Argument::Once, |_, x| activation.apply(x)));
    found
}

#[test]
fn nan_stays_nan() {
    for activation in every_activation() {
        for (value, _) in both_precisions(&activation, &[f64::NAN]) {
            assert!(value.is_nan(), "{activation:?} makes {value} of NaN");
        }
    }
}

/// A unit that is NaN leaves the others as they are.
#[test]
fn nan_does_not_spread_to_other_units() {
    for activation in every_activation() {
        for (value, derivative) in evaluate::<f64>(&[0.5, -0.5], Argument::Once, |_, x| activation.apply(x)) {
            assert!(value.is_finite() && derivative.is_finite(), "{activation:?}");
        }
        let mixed = evaluate::<f64>(&[0.5, f64::NAN, -0.5], Argument::Once, |_, x| activation.apply(x));
        assert!(mixed[0].0.is_finite() && mixed[1].0.is_nan() && mixed[2].0.is_finite(), "{activation:?}: {mixed:?}");
    }
}

#[test]
fn infinities_have_limits() {
    for activation in every_activation() {
        let negative_infinity = match &activation {
            ActivationSpec::Tanh(_) => -1.0,
            ActivationSpec::Sigmoid(_) | ActivationSpec::Relu(_) => 0.0,
            // 0·∞ is nothing: a slope of 0 is what `relu` is for.
            ActivationSpec::LeakyRelu(LeakyRelu { slope }) if *slope == 0.0 => continue,
            // The sine has no limit.
            ActivationSpec::Sin(_) => continue,
            // ±1.7159 is no number of float32; it is met at ±1e4 above.
            ActivationSpec::Formula(_) => continue,
            ActivationSpec::LeakyRelu(_) | ActivationSpec::Identity(_) | ActivationSpec::ModRelu(_) => {
                f64::NEG_INFINITY
            }
            ActivationSpec::Elu(Elu { alpha }) => -alpha,
            ActivationSpec::HardTanh(_) | ActivationSpec::Softsign(_) => -1.0,
            ActivationSpec::HardSigmoid(_)
            | ActivationSpec::Softplus(_)
            | ActivationSpec::Gelu(_)
            | ActivationSpec::GeluTanh(_)
            | ActivationSpec::Silu(_) => 0.0,
        };
        let bounded = matches!(
            activation,
            ActivationSpec::Tanh(_)
                | ActivationSpec::Sigmoid(_)
                | ActivationSpec::HardSigmoid(_)
                | ActivationSpec::HardTanh(_)
                | ActivationSpec::Softsign(_)
        );
        for (value, derivative) in both_precisions(&activation, &[f64::NEG_INFINITY]) {
            assert_eq!(value, negative_infinity, "{activation:?} at −∞");
            assert!(!value.is_finite() || derivative == 0.0, "{activation:?} at −∞ has the derivative {derivative}");
        }
        for (value, derivative) in both_precisions(&activation, &[f64::INFINITY]) {
            assert_eq!(value, if bounded { 1.0 } else { f64::INFINITY }, "{activation:?} at ∞");
            assert!(!bounded || derivative == 0.0, "{activation:?} at ∞ has the derivative {derivative}");
        }
    }
}

#[test]
fn relu_of_either_zero_is_positive_zero() {
    let relu = ActivationSpec::Relu(longlag::component::activation::Relu {});
    for (value, derivative) in both_precisions(&relu, &[0.0, -0.0, -1.0]) {
        assert!(value == 0.0 && value.is_sign_positive(), "{value}");
        assert_eq!(derivative, 0.0);
    }
}

/// No branch that is not taken leaves an ∞·0 behind, however large the argument.
#[test]
fn large_arguments_have_finite_derivatives() {
    let points = [1e10, 1e15, 1e19, 1e25, 1e30, 1e36].map(|x| [x, -x]).concat();
    for activation in every_activation() {
        for ((value, derivative), &x) in both_precisions(&activation, &points).iter().zip(points.iter().cycle()) {
            let finite = value.is_finite() && derivative.abs() <= 3.0;
            assert!(finite, "{activation:?} at {x}: {value}, {derivative}");
        }
    }
}

/// Value, ∂f/∂z and ∂f/∂b of the activation that has a parameter.
#[test]
fn modulus_relu_follows_its_bias() {
    let cases = [
        // z, b, f, ∂f/∂z, ∂f/∂b
        (2.0, 0.5, 2.5, 1.0, 1.0),
        (-2.0, 0.5, -2.5, 1.0, -1.0),
        (2.0, -0.5, 1.5, 1.0, 1.0),
        (-2.0, -0.5, -1.5, 1.0, -1.0),
        (0.25, -0.5, 0.0, 0.0, 0.0),
        (-0.25, -0.5, 0.0, 0.0, 0.0),
        (0.0, 0.5, 0.0, 0.0, 0.0),
        (0.5, -0.5, 0.0, 0.0, 0.0),
        (1e30, 1.0, 1e30, 1.0, 1.0),
    ];
    let count = cases.len();
    let activation = ActivationSpec::ModRelu(ModRelu {});
    let network = network(count, count, 1, |graph| graph.output(activation.apply(graph.vector("a") + graph.input())));
    let names: Vec<&str> = network.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    assert_eq!(names, ["a", "b_modrelu"]);
    let parameters: Vec<f64> = cases.iter().map(|case| case.0).chain(cases.iter().map(|case| case.1)).collect();
    let mut batch = batch(network.dimensions, 1, vec![0.0; count]);
    let engine = DfdxEngine::new(network, Cpu::default());
    let values = engine.evaluate(&parameters, &batch).1;
    let targets: Vec<f32> = values.iter().map(|&y| y as f32 * 0.5 + 1.0).collect();
    batch.targets = longlag::component::task::Targets::Numbers(targets.clone());
    let gradient = engine.differentiate(&parameters, &batch, None).2;
    for (k, &(z, b, value, by_z, by_b)) in cases.iter().enumerate() {
        // The loss is the mean of (f − target)².
        let outer = 2.0 * (values[k] - f64::from(targets[k])) / count as f64;
        assert!((values[k] - value).abs() <= 1e-12 * value.abs(), "f({z}; {b}) is {}", values[k]);
        let close = |got: f64, slope: f64| (got - slope * outer).abs() <= 1e-12 * outer.abs();
        assert!(close(gradient[k], by_z), "∂f/∂z({z}; {b}): {}", gradient[k] / outer);
        assert!(close(gradient[count + k], by_b), "∂f/∂b({z}; {b}): {}", gradient[count + k] / outer);
    }
}
