//! Initializers that make a certain matrix, and what every initializer declares.

use longlag::init::{InitializerSpec, Orthogonal, Property, Shape};

use crate::variants::{definition, draw, every_initializer, matrix, shapes};

#[test]
fn what_is_declared_is_what_the_literature_says() {
    for initializer in every_initializer() {
        for shape in shapes(&initializer) {
            let (declared, wanted) = (initializer.property(shape), definition(&initializer, shape).1);
            let right = match (declared, wanted) {
                (Property::Variance(declared), Property::Variance(wanted)) => {
                    (declared - wanted).abs() <= 1e-15 * wanted
                }
                (
                    Property::Range { low, median, high },
                    Property::Range { low: wanted_low, median: wanted_median, high: wanted_high },
                ) => [(low, wanted_low), (median, wanted_median), (high, wanted_high)]
                    .iter()
                    .all(|(declared, wanted)| declared == wanted || (declared - wanted).abs() <= 1e-12 * wanted.abs()),
                _ => declared == wanted,
            };
            assert!(right, "{initializer:?} at {shape:?} declares {declared:?}, not {wanted:?}");
        }
    }
}

/// The largest entry of |G − gain²·I|, where G is the Gram matrix of the shorter side.
fn distance_from_orthogonal(values: &[f64], shape: Shape, gain: f64) -> f64 {
    let (rows, columns) = (shape.rows, shape.columns);
    let short = rows.min(columns);
    let vector = |index: usize| -> Vec<f64> {
        if columns < rows {
            (0..rows).map(|row| values[row * columns + index]).collect()
        } else {
            values[index * columns..][..columns].to_vec()
        }
    };
    let vectors: Vec<Vec<f64>> = (0..short).map(vector).collect();
    let product = |i: usize, j: usize| vectors[i].iter().zip(&vectors[j]).map(|(a, b)| a * b).sum::<f64>();
    let error = |i: usize, j: usize| (product(i, j) - if i == j { gain * gain } else { 0.0 }).abs();
    let errors = (0..short).flat_map(|i| (0..short).map(move |j| (i, j))).map(|(i, j)| error(i, j));
    // Not by max, which would pass NaN over.
    errors.fold(0.0, |largest, error| if error <= largest { largest } else { error })
}

#[test]
fn declared_matrices_are_exact() {
    for initializer in every_initializer() {
        for shape in shapes(&initializer) {
            for address in 0..3 {
                let values = draw(&initializer, shape, address);
                match definition(&initializer, shape).1 {
                    Property::Variance(_) | Property::Range { .. } => assert!(values.iter().all(|x| x.is_finite())),
                    Property::Orthogonal { gain } => {
                        let error = distance_from_orthogonal(&values, shape, gain);
                        assert!(error <= 1e-12 * gain * gain, "{initializer:?} at {shape:?}: {error:e}");
                    }
                    Property::Diagonal { on, off } => {
                        for (index, &value) in values.iter().enumerate() {
                            let wanted = if index / shape.columns == index % shape.columns { on } else { off };
                            assert_eq!(value, wanted, "{initializer:?} at {shape:?}, entry {index}");
                        }
                    }
                }
            }
        }
    }
}

/// A square matrix that is uniform over the orthogonal group (Haar) has E\[tr Q\] = 0, E\[(tr Q)²\] = 1 and, from n = 4 on,
/// E\[(tr Q)⁴\] = 3; both determinants come equally often. A QR decomposition whose signs are left as they fall shifts the
/// trace. Bounds are five standard errors.
#[test]
fn orthogonal_matrices_are_uniform() {
    const DRAWS: u64 = 4000;
    let initializer = InitializerSpec::Orthogonal(Orthogonal::default());
    for n in [1, 2, 3, 4, 8] {
        let shape = matrix(n, n);
        let (mut trace, mut square, mut fourth) = (0.0, 0.0, 0.0);
        let mut positive = 0.0;
        for address in 0..DRAWS {
            let q = draw(&initializer, shape, address);
            let t: f64 = (0..n).map(|k| q[k * n + k]).sum();
            trace += t / DRAWS as f64;
            square += t * t / DRAWS as f64;
            fourth += t * t * t * t / DRAWS as f64;
            positive += f64::from(u8::from(determinant(q, n) > 0.0)) / DRAWS as f64;
        }
        let draws = DRAWS as f64;
        assert!(trace.abs() <= 5.0 / draws.sqrt(), "n = {n}: the mean trace is {trace}");
        assert!((square - 1.0).abs() <= 5.0 * ((fourth - square * square) / draws).sqrt() + 1e-12, "n = {n}: {square}");
        assert!((positive - 0.5).abs() <= 2.5 / draws.sqrt(), "n = {n}: {positive} have determinant 1");
        if n >= 4 {
            // The eighth moment of the trace is at most that of a normal number, 105.
            assert!((fourth - 3.0).abs() <= 5.0 * (96.0 / draws).sqrt(), "n = {n}: E[(tr Q)⁴] is {fourth}");
        }
    }
}

/// By elimination with row exchanges.
fn determinant(mut a: Vec<f64>, n: usize) -> f64 {
    let mut product = 1.0;
    for k in 0..n {
        let pivot = (k..n).max_by(|&i, &j| a[i * n + k].abs().total_cmp(&a[j * n + k].abs())).expect("a row is left");
        if pivot != k {
            (0..n).for_each(|column| a.swap(k * n + column, pivot * n + column));
            product = -product;
        }
        product *= a[k * n + k];
        for row in k + 1..n {
            let factor = a[row * n + k] / a[k * n + k];
            (k..n).for_each(|column| a[row * n + column] -= factor * a[k * n + column]);
        }
    }
    product
}
