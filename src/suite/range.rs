//! Ranges of a sweep or a tuning, and their values at points of the unit interval.

use std::{collections::HashSet, fmt::Display};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Where the points of a random sweep, or of a tuning, lie; give exactly one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Range {
    /// Evenly between two numbers.
    pub uniform: Option<[f64; 2]>,
    /// Evenly in the logarithm, between two positive numbers.
    pub log_uniform: Option<[f64; 2]>,
    /// Evenly among the whole numbers from the first to the second.
    pub integer: Option<[i64; 2]>,
    /// Evenly among these values.
    pub choice: Option<Vec<Value>>,
}

impl Range {
    /// The values at `points` of the unit interval.
    ///
    /// # Errors
    ///
    /// When not exactly one law is given, or its bounds are out of order.
    pub fn values(&self, points: impl Iterator<Item = f64>) -> Result<Vec<Value>, String> {
        let given = [self.uniform.is_some(), self.log_uniform.is_some(), self.integer.is_some(), self.choice.is_some()];
        if given.iter().filter(|&&given| given).count() != 1 {
            return Err("give exactly one of: uniform, log-uniform, integer, choice".to_owned());
        }
        let points: Vec<f64> = points.collect();
        if let Some([low, high]) = self.uniform {
            ordered(low, high)?;
            return Ok(distinct(&points, |u, digits| {
                rounded(low + (high - low) * u, high - low, digits).clamp(low, high)
            }));
        }
        if let Some([low, high]) = self.log_uniform {
            ordered(low, high)?;
            if low <= 0.0 {
                return Err(format!("a logarithmic range begins above 0 (found {low})"));
            }
            let (from, to) = (libm::log(low), libm::log(high));
            return Ok(distinct(&points, |u, digits| {
                let value = libm::exp(from + (to - from) * u);
                rounded(value, value.min(high - low), digits).clamp(low, high)
            }));
        }
        if let Some([low, high]) = self.integer {
            ordered(low, high)?;
            let span = i128::from(high) - i128::from(low) + 1;
            let value = |u: f64| i128::from(low) + (libm::floor(span as f64 * u) as i128).min(span - 1);
            // Between two numbers of 64 bits.
            return Ok(points.into_iter().map(|u| json!(value(u) as i64)).collect());
        }
        let choice = self.choice.as_deref().unwrap_or_default();
        if choice.is_empty() {
            return Err("`choice` has no values; give at least one".to_owned());
        }
        Ok(points
            .into_iter()
            .map(|u| choice[((choice.len() as f64 * u) as usize).min(choice.len() - 1)].clone())
            .collect())
    }
}

/// Refuses bounds that are out of order.
fn ordered<T: PartialOrd + Display>(low: T, high: T) -> Result<(), String> {
    if low < high {
        return Ok(());
    }
    Err(format!("the range [{low}, {high}] is empty; the first number is to be below the second"))
}

/// The values at the points with as few digits as tell them apart, four or more, so that people can read and type them again.
fn distinct(points: &[f64], value: impl Fn(f64, usize) -> f64) -> Vec<Value> {
    let apart = |digits: usize| -> Option<Vec<Value>> {
        let mut seen = HashSet::with_capacity(points.len());
        let values = points.iter().map(|&u| value(u, digits));
        values.map(|value| seen.insert(value.to_bits()).then(|| value.into())).collect()
    };
    let all = || points.iter().map(|&u| value(u, MOST_DIGITS).into()).collect();
    (4..MOST_DIGITS).find_map(apart).unwrap_or_else(all)
}

/// A double has no more significant digits.
const MOST_DIGITS: usize = 17;

/// The value, rounded at the place of the last of so many `digits` of `size`.
fn rounded(value: f64, size: f64, digits: usize) -> f64 {
    let place = |number: f64| libm::floor(libm::log10(number.abs())) as i32;
    if value == 0.0 || size == 0.0 {
        return value;
    }
    let behind_point = place(value) - place(size) + digits as i32 - 1;
    let Ok(digits) = usize::try_from(behind_point) else { return 0.0 };
    format!("{value:.digits$e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(range: &Range, points: &[f64]) -> Vec<f64> {
        let values = range.values(points.iter().copied()).expect("a range");
        values.iter().map(|value| value.as_f64().expect("a number")).collect()
    }

    #[test]
    fn values_have_as_many_digits_as_the_range_is_narrow() {
        let uniform = |low, high| Range { uniform: Some([low, high]), ..Range::default() };
        let log_uniform = |low, high| Range { log_uniform: Some([low, high]), ..Range::default() };
        assert_eq!(numbers(&uniform(0.9999, 0.99999), &[0.0, 0.123_456, 0.5]), [0.9999, 0.999_911_11, 0.999_945]);
        assert_eq!(numbers(&uniform(0.0, 1.0), &[0.0, 0.123_456, 0.000_01]), [0.0, 0.123_46, 0.000_01]);
        assert_eq!(numbers(&uniform(0.0, 1.0), &[0.0, 0.123_456]), [0.0, 0.123]);
        assert_eq!(numbers(&uniform(-2.0, 1.0), &[0.5]), [-0.5]);
        assert_eq!(numbers(&log_uniform(1e-4, 1e-1), &[0.5]), [0.003_162]);
        assert_eq!(numbers(&log_uniform(0.9999, 0.99999), &[0.5]), [0.999_945]);
    }

    #[test]
    fn the_widest_range_of_whole_numbers_is_a_range() {
        for bounds in [[i64::MIN, 1], [i64::MIN, i64::MAX], [0, i64::MAX], [i64::MAX - 1, i64::MAX], [-1, 0]] {
            let range = Range { integer: Some(bounds), ..Range::default() };
            let values = range.values([0.0, 0.5, 1.0_f64.next_down()].into_iter()).expect("a range");
            assert_eq!(values[0], json!(bounds[0]));
            assert!(values.iter().all(|value| (bounds[0]..=bounds[1]).contains(&value.as_i64().expect("whole"))));
        }
    }

    proptest! {
        #[test]
        fn points_keep_their_range_and_stay_apart(
            low in -1e6_f64..1e6, power in -12_i32..7, count in 2_usize..200, log in any::<bool>(),
        ) {
            let low = if log { low.abs() + 1e-9 } else { low };
            let high = low + libm::pow(10.0, power.into()).max(low.abs() * 1e-9);
            let range = match log {
                true => Range { log_uniform: Some([low, high]), ..Range::default() },
                false => Range { uniform: Some([low, high]), ..Range::default() },
            };
            let points: Vec<f64> = (0..count).map(|k| k as f64 / count as f64).collect();
            let values = numbers(&range, &points);
            prop_assert!(values.iter().all(|value| (low..=high).contains(value)), "{values:?}");
            // In the order of the points, and no two the same.
            prop_assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "{values:?}");
            // As close to the point as a four-digit number of the width can be.
            let exact = |u: f64| if log { low * libm::pow(high / low, u) } else { low + (high - low) * u };
            prop_assert!(points.iter().zip(&values).all(|(&u, value)| (exact(u) - value).abs() <= (high - low) * 1e-3));
        }
    }
}
