//! Names that have a meaning of their own.

use crate::graph::Unary;

/// The functions of the step graph by their names in equations.
pub(super) const UNARY: [(&str, Unary); 11] = [
    ("tanh", Unary::Tanh),
    ("sigmoid", Unary::Sigmoid),
    ("exp", Unary::Exp),
    ("expm1", Unary::ExpM1),
    ("ln", Unary::Ln),
    ("log1p", Unary::Ln1P),
    ("sqrt", Unary::Sqrt),
    ("square", Unary::Square),
    ("abs", Unary::Abs),
    ("sin", Unary::Sin),
    ("cos", Unary::Cos),
];

/// The other functions, each as it is called.
pub(super) const CALLS: [(&str, &str); 23] = [
    ("where", "where(a < b, then, else)"),
    ("sum", "sum(v)"),
    ("mean", "mean(v)"),
    ("spread", "spread(v) or spread(v, width)"),
    ("normalize", "normalize(v, epsilon = 1e-5)"),
    ("vector", "vector(name) or vector(name, width)"),
    ("diagonal", "diagonal(name) or diagonal(name, width)"),
    ("number", "number(name)"),
    ("constant", "constant(value) or constant(value, width)"),
    ("affine", "affine(v, scale, shift)"),
    ("dropout", "dropout(v, rate)"),
    ("bernoulli", "bernoulli(probability, value = 1, evaluation = 1, once = 0)"),
    ("uniform", "uniform(evaluation = 0.5, once = 0)"),
    ("normal", "normal(evaluation = 0, once = 0)"),
    ("clock", "clock(1, 2, 4)"),
    ("first", "first(steps)"),
    ("gather", "gather(v, 2, 0, 1)"),
    ("fourier", "fourier(v)"),
    ("inverse_fourier", "inverse_fourier(v)"),
    ("shuffle", "shuffle(v)"),
    ("swap", "swap(v, first = 0)"),
    ("pairs", "pairs(v, a, b, first = 0)"),
    ("fixed", "fixed(v, rows, [row, column, entry], …)"),
];

/// Names that are numbers.
pub(super) const NUMBERS: [&str; 3] = ["hidden", "inputs", "pi"];

/// How the function of that name is called.
pub(super) fn usage(name: &str) -> Option<&'static str> {
    CALLS.iter().find(|(known, _)| *known == name).map(|(_, usage)| *usage)
}

/// Whether a name of its own says that it is a trained vector: `b`, `b1`, `b_z`.
pub(super) fn is_bias(name: &str) -> bool {
    name.strip_prefix('b')
        .is_some_and(|rest| rest.starts_with('_') && rest.len() > 1 || rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The parameter that a matrix is: `w_x` for `W_x`.
pub(super) fn parameter_of(matrix: &str) -> String {
    matrix[..1].to_ascii_lowercase() + &matrix[1..]
}

/// The matrix that a parameter is: `W_x` for `w_x`.
pub(super) fn matrix_of(parameter: &str) -> Option<String> {
    let first = parameter.chars().next().filter(char::is_ascii_lowercase)?;
    is_name(parameter).then(|| first.to_ascii_uppercase().to_string() + &parameter[1..])
}

/// Whether a text can be a name in equations.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether a name has a meaning of its own.
pub(super) fn is_reserved(name: &str) -> bool {
    ["x", "state"].contains(&name) || NUMBERS.contains(&name)
}
