//! Values of a random sweep from points of the unit interval.

use serde_json::{Value, json};

use super::Range;

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
        let ordered = |low: f64, high: f64| {
            if low < high {
                Ok(())
            } else {
                Err(format!("the range [{low}, {high}] is empty; the first number is to be below the second"))
            }
        };
        if let Some([low, high]) = self.uniform {
            ordered(low, high)?;
            return Ok(points.map(|u| json!(rounded(low + (high - low) * u))).collect());
        }
        if let Some([low, high]) = self.log_uniform {
            ordered(low, high)?;
            if low <= 0.0 {
                return Err(format!("a logarithmic range begins above 0 (found {low})"));
            }
            let (from, to) = (libm::log(low), libm::log(high));
            return Ok(points.map(|u| json!(rounded(libm::exp(from + (to - from) * u)))).collect());
        }
        if let Some([low, high]) = self.integer {
            ordered(low as f64, high as f64)?;
            let span = (high - low) as f64 + 1.0;
            return Ok(points.map(|u| json!(low + libm::floor(span * u) as i64)).collect());
        }
        let choice = self.choice.as_deref().unwrap_or_default();
        if choice.is_empty() {
            return Err("`choice` has no values; give at least one".to_owned());
        }
        Ok(points.map(|u| choice[((choice.len() as f64 * u) as usize).min(choice.len() - 1)].clone()).collect())
    }
}

/// To four significant digits: values that people can read and type again.
fn rounded(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}
