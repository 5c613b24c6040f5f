//! Initializers that make a certain matrix, and what every initializer declares.

use longlag::{
    component::{
        init::{Cayley, Form, Henaff, InitializerSpec, Links, NpRnn, Orthogonal, Property, Shape},
        parametrization::{OrthogonalCayley, ParametrizationSpec},
    },
    compute::{
        kernel::Isa,
        linalg::{eigenvalues, spectral_radius},
        matrix::{Evaluator, Formula},
    },
};

use super::variants::{definition, draw, every_initializer, matrix, shapes};

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

/// Every unit has so many links, and where there is a choice not all units have the same ones.
fn assert_sparse(values: &[f64], size: usize, links: Links, wanted: usize, what: &str) {
    let entry = |unit: usize, other: usize| match links {
        Links::Outgoing => values[other * size + unit],
        Links::Incoming => values[unit * size + other],
    };
    let others = |unit: usize| (0..size).filter(|&other| entry(unit, other) != 0.0).collect::<Vec<_>>();
    let all: Vec<Vec<usize>> = (0..size).map(others).collect();
    assert!(all.iter().all(|others| others.len() == wanted), "{what} at {size}: {all:?}");
    assert!(wanted == size || size < 3 || all.iter().any(|others| *others != all[0]), "{what}: {all:?}");
}

#[test]
fn declared_matrices_are_exact() {
    for initializer in every_initializer() {
        for shape in shapes(&initializer) {
            for address in 0..3 {
                let values = draw(&initializer, shape, address);
                match definition(&initializer, shape).1 {
                    Property::Variance(_) | Property::Range { .. } | Property::LogUniform { .. } => {
                        assert!(values.iter().all(|x| x.is_finite()));
                    }
                    Property::Radius { radius, non_zeros } => {
                        let found = spectral_radius(&values, shape.rows).expect("finite");
                        assert!((found - radius).abs() <= 1e-9 * radius, "{initializer:?} at {shape:?}: {found}");
                        if let Some((links, wanted)) = non_zeros {
                            assert_sparse(&values, shape.rows, links, wanted, &format!("{initializer:?}"));
                        }
                    }
                    Property::Pairs { low, high } => {
                        for (index, &value) in values.iter().enumerate() {
                            let (row, column) = (index / shape.columns, index % shape.columns);
                            let pair = row % 2 == 0 && column == row + 1;
                            let right = if pair { (low..=high).contains(&value) && value != 0.0 } else { value == 0.0 };
                            assert!(right, "{initializer:?} at {shape:?}: {value} in row {row}, column {column}");
                        }
                    }
                    Property::Ramp { from, to, levels } => {
                        let runs = levels.unwrap_or(values.len()).min(values.len());
                        let mut found = values.clone();
                        found.dedup();
                        assert_eq!(found.len(), if from == to { 1 } else { runs }, "{initializer:?} at {shape:?}");
                        assert_eq!(found[0], from);
                        assert!(runs == 1 || *found.last().expect("a run") == to, "{initializer:?}: {found:?}");
                        let step = if runs > 1 { (to - from) / (runs - 1) as f64 } else { 0.0 };
                        let even = found.windows(2).all(|pair| (pair[1] - pair[0] - step).abs() <= 1e-12);
                        assert!(even, "{initializer:?}: {found:?}");
                        // The runs' lengths differ by one at most.
                        let lengths = found.iter().map(|level| values.iter().filter(|&value| value == level).count());
                        let lengths: Vec<usize> = lengths.collect();
                        let (short, long) = (lengths.iter().min(), lengths.iter().max());
                        assert!(long <= short.map(|short| short + 1).as_ref(), "{initializer:?}: {lengths:?}");
                    }
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

/// Symmetric, and no eigenvalue below (0 + 1)/λmax(A + I), where λmax(A) is near 4 for large n.
#[test]
fn np_rnn_matrices_are_positive_definite() {
    let initializer = InitializerSpec::NpRnn(NpRnn {});
    for n in [1, 2, 16, 65] {
        let w = draw(&initializer, matrix(n, n), 0);
        assert!((0..n * n).all(|k| w[k] == w[k % n * n + k / n]), "n = {n}: not symmetric");
        let found = eigenvalues(&w, n).expect("finite");
        assert!(found.iter().all(|value| value.re >= 0.05 && value.im.abs() <= 1e-9), "n = {n}: {found:?}");
    }
}

/// e^S of the skew form is the orthogonal form of the same draws: eigenvalues e^±iθ.
#[test]
fn henaff_forms_are_one_rotation() {
    let form = |form| InitializerSpec::Henaff(Henaff { form });
    for n in [2, 7, 32] {
        let raw = draw(&form(Form::Skew), matrix(n, n), 5);
        let w = draw(&form(Form::Orthogonal), matrix(n, n), 5);
        for k in 0..n {
            let angle = if k + 1 < n && k % 2 == 0 { raw[k * n + k + 1] } else { 0.0 };
            if k % 2 == 1 {
                continue;
            }
            assert!((w[k * n + k] - libm::cos(angle)).abs() <= 1e-15, "n = {n}, unit {k}");
            if k + 1 < n {
                assert!((w[k * n + k + 1] - libm::sin(angle)).abs() <= 1e-15, "n = {n}, unit {k}");
                assert!((w[(k + 1) * n + k] + libm::sin(angle)).abs() <= 1e-15, "n = {n}, unit {k}");
            }
        }
    }
}

/// The Cayley transform of what `cayley` fills rotates every pair by s in [0, π/2], uniform there.
#[test]
fn cayley_starts_with_quarter_turns_at_most() {
    let n = 200;
    let raw = draw(&InitializerSpec::Cayley(Cayley {}), matrix(n, n), 0);
    let spec = ParametrizationSpec::OrthogonalCayley(OrthogonalCayley::default());
    let kept: Vec<f64> = spec.tensors(n)[0].kept().flat_map(|kept| raw[kept].to_vec()).collect();
    let formula = Formula::new();
    let mut evaluator = Evaluator::new(Isa::Portable, &formula, spec.formula(n, &formula));
    let mut w = vec![0.0; n * n];
    evaluator.evaluate(&kept);
    evaluator.value(&mut w);
    assert!(distance_from_orthogonal(&w, matrix(n, n), 1.0) <= 1e-12);
    let angles: Vec<f64> = (0..n).step_by(2).map(|k| libm::atan2(w[(k + 1) * n + k].abs(), w[k * n + k])).collect();
    let quarter = std::f64::consts::FRAC_PI_2;
    assert!(angles.iter().all(|angle| (0.0..=quarter).contains(angle)), "{angles:?}");
    let mean = angles.iter().sum::<f64>() / angles.len() as f64;
    // Five standard errors of the mean of uniform numbers.
    assert!((mean - 0.5 * quarter).abs() <= 5.0 * quarter / (12.0 * angles.len() as f64).sqrt(), "{mean}");
}
