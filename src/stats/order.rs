//! The order in which results of trainings are ranked.

/// On which side of the numbers a value that is not finite ranks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worse {
    /// Above all numbers, for what should be low: losses, numbers of updates.
    High,
    /// Below all numbers, for what should be high: accuracies.
    Low,
}

impl Worse {
    /// What stands for every value that is not finite.
    pub fn infinity(self) -> f64 {
        match self {
            Self::High => f64::INFINITY,
            Self::Low => f64::NEG_INFINITY,
        }
    }
}

/// The values in ascending order, those that are not finite (NaN, +∞, −∞) replaced by [`Worse::infinity`].
pub fn ranked(values: &[f64], worse: Worse) -> Vec<f64> {
    let mut ranked: Vec<f64> =
        values.iter().map(|&value| if value.is_finite() { value } else { worse.infinity() }).collect();
    ranked.sort_by(f64::total_cmp);
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_not_finite_ranks_worst() {
        let values = [2.0, f64::NAN, -1.0, f64::NEG_INFINITY, -f64::NAN, f64::INFINITY];
        let bad = f64::INFINITY;
        assert_eq!(ranked(&values, Worse::High), [-1.0, 2.0, bad, bad, bad, bad]);
        assert_eq!(ranked(&values, Worse::Low), [-bad, -bad, -bad, -bad, -1.0, 2.0]);
    }
}
