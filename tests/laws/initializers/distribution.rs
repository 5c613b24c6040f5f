//! Moments and bounds of initializers with independent entries.

use longlag::component::init::Property;

use super::variants::{Law, definition, draw, every_initializer, matrix, shapes, vector};

/// Numbers to estimate moments from, over as many draws as it takes.
const NUMBERS: usize = 40_000;

/// Mean, variance and fourth moment are within five standard errors of what they should be. With entries of variance v and
/// k-th moment m_k in units of √v, these are √(v/n), v·√((m_4 − 1)/n) and √((m_8 − m_4²)/n).
#[test]
fn moments_are_the_declared_ones() {
    for initializer in every_initializer() {
        for shape in shapes(&initializer) {
            let (law, declared) = definition(&initializer, shape);
            let Property::Variance(variance) = declared else { continue };
            let (m4, m8) = match law {
                Law::Normal => (3.0, 105.0),
                Law::Uniform => (9.0 / 5.0, 9.0),
                Law::Other | Law::Joint => panic!("{initializer:?} declares a variance"),
            };
            let draws = NUMBERS.div_ceil(shape.rows * shape.columns) as u64;
            let values: Vec<f64> = (0..draws).flat_map(|address| draw(&initializer, shape, address)).collect();
            let count = values.len() as f64;
            let moment = |k: i32| values.iter().map(|x| (0..k).fold(1.0, |power, _| power * x)).sum::<f64>() / count;
            let within = |what: &str, got: f64, wanted: f64, error: f64| {
                let right = (got - wanted).abs() <= 5.0 * error;
                assert!(right, "{initializer:?} at {shape:?}: {what} {got}, not {wanted} ± {}", 5.0 * error);
            };
            within("mean", moment(1), 0.0, (variance / count).sqrt());
            within("variance", moment(2), variance, variance * ((m4 - 1.0) / count).sqrt());
            within("kurtosis", moment(4) / (variance * variance), m4, ((m8 - m4 * m4) / count).sqrt());

            let largest = values.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
            if law == Law::Uniform {
                let bound = (3.0 * variance).sqrt();
                let reached = bound * (1.0 - 20.0 / count);
                assert!(largest <= bound && largest >= reached, "{initializer:?} at {shape:?}: |x| up to {largest}");
            }
        }
    }
}

/// All entries are in the declared range, and half of them, within five standard errors, are below the
/// declared median, whatever their neighbours are.
#[test]
fn ranges_are_the_declared_ones() {
    for initializer in every_initializer() {
        for shape in shapes(&initializer) {
            let Property::Range { low, median, high } = definition(&initializer, shape).1 else { continue };
            let draws = NUMBERS.div_ceil(shape.rows * shape.columns) as u64;
            let values: Vec<f64> = (0..draws).flat_map(|address| draw(&initializer, shape, address)).collect();
            let slack = 1e-12 * (1.0 + median.abs());
            assert!(values.iter().all(|&x| x >= low - slack && x <= high + slack), "{initializer:?} at {shape:?}");
            let below: Vec<f64> = values.iter().map(|&x| if x < median { 1.0 } else { -1.0 }).collect();
            let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / below.len() as f64;
            let error = 5.0 / (below.len() as f64).sqrt();
            let surplus = mean(&mut below.iter().copied());
            assert!(surplus.abs() <= error, "{initializer:?} at {shape:?}: {surplus} more are below the median");
            for distance in [1, shape.columns] {
                let correlation = mean(&mut below.iter().zip(&below[distance..]).map(|(a, b)| a * b));
                assert!(correlation.abs() <= error, "{initializer:?} at {shape:?}, distance {distance}: {correlation}");
            }
        }
    }
}

/// Neighbours in a row and in a column are uncorrelated: products of two independent numbers of variance v have the
/// standard deviation v.
#[test]
fn entries_are_independent() {
    for initializer in every_initializer() {
        let shape = matrix(64, 64);
        let Property::Variance(variance) = definition(&initializer, shape).1 else { continue };
        for distance in [1, shape.columns] {
            let values: Vec<f64> = (0..10).flat_map(|address| draw(&initializer, shape, address)).collect();
            let products: Vec<f64> = values.iter().zip(&values[distance..]).map(|(a, b)| a * b / variance).collect();
            let count = products.len() as f64;
            let correlation = products.iter().sum::<f64>() / count;
            assert!(correlation.abs() <= 5.0 / count.sqrt(), "{initializer:?} at distance {distance}: {correlation}");
        }
    }
}

/// u = e^(b/factor) is uniform on [1, high]: its distribution function is within Kolmogorov's bound, which is passed once in
/// some thousand samples.
#[test]
fn logarithms_of_uniform_numbers_are_spread_evenly() {
    for initializer in every_initializer() {
        let shape = vector(4000);
        let Property::LogUniform { factor, high } = definition(&initializer, shape).1 else { continue };
        let values = draw(&initializer, shape, 1);
        let mut found: Vec<f64> = values.iter().map(|b| (libm::exp(b / factor) - 1.0) / (high - 1.0)).collect();
        found.sort_by(f64::total_cmp);
        let count = found.len() as f64;
        for (index, &place) in found.iter().enumerate() {
            assert!((-1e-12..=1.0 + 1e-12).contains(&place), "{initializer:?}: {place}");
            let away = (place - (index as f64 + 0.5) / count).abs();
            assert!(away <= 2.0 / count.sqrt(), "{initializer:?}: {place} is number {index} of {count}");
        }
    }
}
