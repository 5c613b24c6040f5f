//! Matrices that couple units in pairs.

/// Fills `values` \[size, size\] with 0 but for one `number` per pair of units 2k, 2k + 1, in row 2k and column 2k + 1.
pub(super) fn fill_skew(size: usize, values: &mut [f64], mut number: impl FnMut() -> f64) {
    values.fill(0.0);
    for first in (0..size.saturating_sub(1)).step_by(2) {
        values[first * size + first + 1] = number();
    }
}

/// Fills `values` \[size, size\] with the rotation of each pair of units 2k, 2k + 1 by an `angle`, 1 for a unit without a partner.
pub(super) fn fill_rotations(size: usize, values: &mut [f64], mut angle: impl FnMut() -> f64) {
    values.fill(0.0);
    for first in (0..size).step_by(2) {
        let (here, next) = (first * size + first, (first + 1) * size + first + 1);
        if first + 1 == size {
            values[here] = 1.0;
            continue;
        }
        let angle = angle();
        let (cosine, sine) = (libm::cos(angle), libm::sin(angle));
        (values[here], values[here + 1], values[next - 1], values[next]) = (cosine, sine, -sine, cosine);
    }
}
