//! QR decomposition by Householder reflections in f64: plain loops in a fixed order, the same bits on every machine.

use crate::{compute::memory::filled, seed::Draws};

/// Fills `values` (row-major \[rows, columns\]) with a random matrix whose shorter side is orthonormal, uniform over all such.
pub fn fill_orthogonal(rows: usize, columns: usize, draws: &mut Draws, values: &mut [f64]) {
    let (tall, wide) = (rows.max(columns), rows.min(columns));
    let mut matrix = filled(0.0, tall * wide);
    matrix.iter_mut().for_each(|number| *number = draws.normal());
    let orthonormal = orthonormal_factor(tall, wide, &mut matrix);
    for row in 0..rows {
        for column in 0..columns {
            let (i, j) = if rows >= columns { (row, column) } else { (column, row) };
            values[row * columns + column] = orthonormal[i * wide + j];
        }
    }
}

/// Q \[rows, columns\] of `matrix` = Q·R with R's diagonal positive, which makes Q unique. Needs rows ≥ columns.
fn orthonormal_factor(rows: usize, columns: usize, matrix: &mut [f64]) -> Vec<f64> {
    let mut reflections = Vec::with_capacity(columns);
    let mut signs = Vec::with_capacity(columns);
    for column in 0..columns {
        // The reflection I − 2·v·vᵀ that maps the rest of this column onto its first axis.
        let mut v: Vec<f64> = (column..rows).map(|row| matrix[row * columns + column]).collect();
        let norm = libm::sqrt(v.iter().map(|x| x * x).sum());
        let sign = if v[0] < 0.0 { -1.0 } else { 1.0 };
        v[0] += sign * norm;
        let length = libm::sqrt(v.iter().map(|x| x * x).sum());
        if length > 0.0 {
            v.iter_mut().for_each(|x| *x /= length);
        }
        reflect(&v, column, columns, matrix);
        signs.push(-sign);
        reflections.push(v);
    }
    let mut q = filled(0.0, rows * columns);
    for (column, sign) in signs.into_iter().enumerate() {
        q[column * columns + column] = sign;
    }
    for (column, v) in reflections.iter().enumerate().rev() {
        reflect(v, column, columns, &mut q);
    }
    q
}

/// Applies I − 2·v·vᵀ to the rows of `matrix` from `first` on.
fn reflect(v: &[f64], first: usize, columns: usize, matrix: &mut [f64]) {
    for column in 0..columns {
        let entry = |k: usize| (first + k) * columns + column;
        let projection: f64 = v.iter().enumerate().map(|(k, x)| x * matrix[entry(k)]).sum();
        for (k, x) in v.iter().enumerate() {
            matrix[entry(k)] -= 2.0 * projection * x;
        }
    }
}
