//! Every registered activation against its definition, at its kinks, at infinity and at NaN.

use longlag::activation::{ActivationSpec, Elu, LeakyRelu};

use crate::pointwise::{Argument, assert_matches, evaluate};

fn every_activation() -> Vec<ActivationSpec> {
    let mut found = ActivationSpec::all();
    found.extend([0.0, 0.2, 1.0].map(|slope| ActivationSpec::LeakyRelu(LeakyRelu { slope })));
    found.extend([0.0, 0.5, 2.0].map(|alpha| ActivationSpec::Elu(Elu { alpha })));
    found
}

/// f(x) and f′(x), at a kink the derivative from the left; a new activation does not compile until it is told here.
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
    }
}

#[test]
fn values_and_derivatives_are_the_defined_ones() {
    for activation in every_activation() {
        let mut points: Vec<f64> = (-64..=64).map(|k| f64::from(k) / 8.0).collect();
        points.extend(activation.kinks());
        points.extend([-30.0, 30.0, 1e-6, -1e-6]);
        let what = format!("{activation:?}");
        assert_matches(&what, &points, |_, x| activation.apply(x), |x| definition(&activation, x));
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
            ActivationSpec::LeakyRelu(_) => f64::NEG_INFINITY,
            ActivationSpec::Elu(Elu { alpha }) => -alpha,
        };
        let bounded = matches!(activation, ActivationSpec::Tanh(_) | ActivationSpec::Sigmoid(_));
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
    let relu = ActivationSpec::Relu(longlag::activation::Relu {});
    for (value, derivative) in both_precisions(&relu, &[0.0, -0.0, -1.0]) {
        assert!(value == 0.0 && value.is_sign_positive(), "{value}");
        assert_eq!(derivative, 0.0);
    }
}
