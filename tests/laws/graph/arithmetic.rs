//! The operators between vectors and numbers, constants and matrices.

use super::pointwise::assert_matches;

const POINTS: [f64; 5] = [-3.25, -0.5, 0.0, 0.75, 2.5];

#[test]
fn operators_with_numbers_mean_what_they_say() {
    assert_matches("x + 3", &POINTS, |_, x| x + 3.0, |x| (x + 3.0, 1.0));
    assert_matches("3 + x", &POINTS, |_, x| 3.0 + x, |x| (3.0 + x, 1.0));
    assert_matches("x − 3", &POINTS, |_, x| x - 3.0, |x| (x - 3.0, 1.0));
    assert_matches("3 − x", &POINTS, |_, x| 3.0 - x, |x| (3.0 - x, -1.0));
    assert_matches("x·3", &POINTS, |_, x| x * 3.0, |x| (x * 3.0, 3.0));
    assert_matches("3·x", &POINTS, |_, x| 3.0 * x, |x| (3.0 * x, 3.0));
    assert_matches("x/4", &POINTS, |_, x| x / 4.0, |x| (x / 4.0, 0.25));
    assert_matches("−x", &POINTS, |_, x| -x, |x| (-x, -1.0));
    assert_matches("x·0", &POINTS, |_, x| x * 0.0, |_| (0.0, 0.0));
    assert_matches("x·1", &POINTS, |_, x| x * 1.0, |x| (x, 1.0));
}

#[test]
fn a_constant_has_no_derivative() {
    assert_matches(
        "4·x + 2, once more",
        &POINTS,
        |_, x| x.constant(4.0) * x + x.constant(2.0),
        |x| (4.0 * x + 2.0, 4.0),
    );
}

#[test]
fn a_vector_may_be_used_many_times() {
    assert_matches("x·x + x·(1 − x)", &POINTS, |_, x| x * x + x * (1.0 - x), |x| (x, 1.0));
    let shared = |x: f64| (2.0 * libm::tanh(x), 2.0 - 2.0 * libm::tanh(x) * libm::tanh(x));
    assert_matches(
        "tanh twice",
        &POINTS,
        |_, x| {
            let y = x.tanh();
            y + x.tanh()
        },
        shared,
    );
}
