//! Every pointwise function of one and of two vectors against plain mathematics.

use longlag::graph::{Binary, Unary};

use super::pointwise::assert_matches;

/// Whether the function needs positive arguments.
pub fn positive_only(function: Unary) -> bool {
    matches!(function, Unary::Ln | Unary::Ln1P | Unary::Sqrt)
}

/// f(x) and f′(x).
fn definition(function: Unary, x: f64) -> (f64, f64) {
    match function {
        Unary::Tanh => (libm::tanh(x), 1.0 - libm::tanh(x) * libm::tanh(x)),
        Unary::Sigmoid => {
            let y = 1.0 / (1.0 + libm::exp(-x));
            (y, y * (1.0 - y))
        }
        Unary::Exp => (libm::exp(x), libm::exp(x)),
        Unary::ExpM1 => (libm::expm1(x), libm::exp(x)),
        Unary::Ln => (libm::log(x), 1.0 / x),
        Unary::Ln1P => (libm::log1p(x), 1.0 / (1.0 + x)),
        Unary::Sqrt => (libm::sqrt(x), 0.5 / libm::sqrt(x)),
        Unary::Square => (x * x, 2.0 * x),
        Unary::Abs => (x.abs(), x.signum()),
        Unary::Sin => (libm::sin(x), libm::cos(x)),
        Unary::Cos => (libm::cos(x), -libm::sin(x)),
    }
}

#[test]
fn functions_of_one_vector_are_their_definitions() {
    for function in Unary::ALL {
        let points: Vec<f64> = (-30..30).map(|k| (f64::from(k) + 0.37) / 6.0).collect();
        let allowed = points.into_iter().filter(|&x| !positive_only(function) || x > 0.05);
        let points: Vec<f64> = allowed.collect();
        assert_matches(&format!("{function:?}"), &points, |_, x| x.unary(function), |x| definition(function, x));
    }
}

/// With a(x) = x and b(x) = 0.75·x + 2, to both of which the derivative flows.
#[test]
fn functions_of_two_vectors_are_their_definitions() {
    let points: Vec<f64> = (-15..30).map(|k| (f64::from(k) + 0.37) / 6.0).collect();
    for function in Binary::ALL {
        assert_matches(
            &format!("{function:?}"),
            &points,
            |_, x| x.binary(function, x * 0.75 + 2.0),
            |x| {
                let (a, b, slope) = (x, 0.75 * x + 2.0, 0.75);
                match function {
                    Binary::Add => (a + b, 1.0 + slope),
                    Binary::Subtract => (a - b, 1.0 - slope),
                    Binary::Multiply => (a * b, b + a * slope),
                    Binary::Divide => (a / b, 1.0 / b - a * slope / (b * b)),
                }
            },
        );
    }
}

/// An operation may see one vector twice, also where an operand is hidden behind a step that changes nothing.
#[test]
fn both_operands_may_be_one_vector() {
    let points = [-2.5, -0.5, 0.25, 3.0];
    for function in Binary::ALL {
        let wanted = |x: f64| match function {
            Binary::Add => (2.0 * x, 2.0),
            Binary::Subtract => (0.0, 0.0),
            Binary::Multiply => (x * x, 2.0 * x),
            Binary::Divide => (1.0, 0.0),
        };
        assert_matches(&format!("{function:?} of one vector"), &points, |_, x| x.binary(function, x), wanted);
        assert_matches(&format!("{function:?} of x·1 and x"), &points, |_, x| (x * 1.0).binary(function, x), wanted);
        assert_matches(&format!("{function:?} of x and x + 0"), &points, |_, x| x.binary(function, x + 0.0), wanted);
        assert_matches(&format!("{function:?} of x/1 and x"), &points, |_, x| (x / 1.0).binary(function, x), wanted);
    }
}
